/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run of one test under gdb (--gdb) or strace (--strace): finds the program and names its output
 * file. unit_tracer.c attaches it to the test.
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
	bool has_attached; /* gdb or strace has attached to the test */
	char *trace_path;  /* the file that strace writes, or NULL */
	int complaints_fd; /* a pipe from strace's stderr, or -1 */
	struct termios terminal;
	bool has_terminal; /* @terminal has the terminal's settings from before gdb */
};

/**
 * tracer__check() - check that exactly one test is selected, and that gdb or strace is installed
 *
 * Return: 0, or one of enum run_exit with a message on stderr.
 */
int tracer__check(struct tracer *tracer, enum tracer_kind kind, const struct tests *tests);

/**
 * tracer__open() - name and create the file for strace's output
 *
 * @results_path: the folder for the file; NULL: $TMPDIR or /tmp
 *
 * Return: 0, or a negative errno with a message on stderr.
 */
int tracer__open(struct tracer *tracer, const char *results_path, const struct tests *tests);

/**
 * tracer__start() - start gdb or strace for a test that waits before its function (gate.h)
 * @pid_fd: set to the pidfd of gdb or strace, close-on-exec
 *
 * Return: the pid of gdb or strace, or a negative errno.
 */
pid_t tracer__start(struct tracer *tracer, const struct test_entry *test, pid_t test_pid,
		    int *pid_fd);

/**
 * tracer__end() - after gdb or strace has ended: print the messages of strace, and restore the
 *	terminal settings, which a killed gdb may have changed
 */
void tracer__end(struct tracer *tracer);

/**
 * tracer__report() - print where the trace is, and say if its end is missing; no result changes
 *
 * Return: 0, or a negative errno if the trace is incomplete.
 */
int tracer__report(struct tracer *tracer);

/** tracer__free() - free the paths; the trace file stays */
void tracer__free(struct tracer *tracer);

#endif
