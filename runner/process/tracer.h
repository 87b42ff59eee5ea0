/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run of one test under gdb (--gdb) or strace (--strace): which program, and where it writes. How
 * it gets hold of the test is for unit_tracer.c.
 */
#ifndef RUNNER_PROCESS_TRACER_H
#define RUNNER_PROCESS_TRACER_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "runner/command_line/options.h"

struct runner;
struct test_entry;

/*
 * What a traced test and its waits take longer, where time counts at all: under strace a system
 * call takes some 20 times as long (measured); under gdb somebody is thinking.
 */
#define TRACER_TIME_SCALE_STRACE 10
#define TRACER_TIME_SCALE_GDB    100
/* With that of an emulated machine; a minute of it is an int of milliseconds. */
#define TRACER_TIME_SCALE_MAX    10000

struct tracer {
	char *program;     /* path of gdb or strace, or NULL */
	char *trace_path;  /* that strace writes to, or NULL */
	int complaints_fd; /* a pipe that strace's stderr goes to, or -1 */
	struct termios terminal;
	bool has_terminal; /* @terminal is how it was found */
};

/** tracer__name() - "gdb" or "strace" */
const char *tracer__name(enum tracer_kind kind);

/**
 * tracer__check() - whether the run is one of a single test, and the program is there
 *
 * Return: 0, or one of enum run_exit with a message on stderr.
 */
int tracer__check(struct runner *runner);

/**
 * tracer__open() - make the file for strace's output, and name it
 *
 * In the results folder if there is one, else in $TMPDIR or /tmp.
 *
 * Return: 0, or a negative errno with a message on stderr.
 */
int tracer__open(struct runner *runner);

/**
 * tracer__start() - start gdb or strace for a test that waits before its function (gate.h)
 * @pid_fd: set to its pidfd, close-on-exec
 *
 * Return: its pid, or a negative errno.
 */
pid_t tracer__start(struct runner *runner, const struct test_entry *test, pid_t test_pid,
		    int *pid_fd);

/**
 * tracer__end() - it has ended: pass on what strace complained about, and have the terminal as it was
 *	before gdb, which may have been killed at its prompt
 */
void tracer__end(struct tracer *tracer);

/** tracer__has_terminal() - whether ^C is meant for gdb now */
bool tracer__has_terminal(const struct runner *runner);

/** tracer__report() - print where the trace is, and say if its end is missing; no result changes */
void tracer__report(struct runner *runner);

/** tracer__free() - free what @tracer holds; the trace stays */
void tracer__free(struct tracer *tracer);

#endif
