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
#include "runner/result/tests.h"

struct test_entry;

struct tracer {
	enum tracer_kind kind;
	char *program;     /* path of gdb or strace, or NULL */
	bool is_temporary; /* @trace_path is not in a results folder */
	bool has_attached; /* to the test */
	char *trace_path;  /* that strace writes to, or NULL */
	int complaints_fd; /* a pipe that strace's stderr goes to, or -1 */
	struct termios terminal;
	bool has_terminal; /* @terminal is how it was found */
};

/**
 * tracer__check() - whether the run is one of a single test, and the program is there
 *
 * Return: 0, or one of enum run_exit with a message on stderr.
 */
int tracer__check(struct tracer *tracer, enum tracer_kind kind, const struct tests *tests);

/**
 * tracer__open() - make the file for strace's output, and name it
 *
 * @results_path: the folder that it is made in; NULL: $TMPDIR or /tmp
 *
 * Return: 0, or a negative errno with a message on stderr.
 */
int tracer__open(struct tracer *tracer, const char *results_path, const struct tests *tests);

/**
 * tracer__start() - start gdb or strace for a test that waits before its function (gate.h)
 * @pid_fd: set to its pidfd, close-on-exec
 *
 * Return: its pid, or a negative errno.
 */
pid_t tracer__start(struct tracer *tracer, const struct test_entry *test, pid_t test_pid,
		    int *pid_fd);

/**
 * tracer__end() - it has ended: pass on what strace complained about, and have the terminal as it
 *	was
 *	before gdb, which may have been killed at its prompt
 */
void tracer__end(struct tracer *tracer);

/**
 * tracer__report() - print where the trace is, and say if its end is missing; no result changes
 *
 * Return: 0, or a negative errno if the trace is not whole.
 */
int tracer__report(struct tracer *tracer);

/** tracer__free() - free what @tracer holds; the trace stays */
void tracer__free(struct tracer *tracer);

#endif
