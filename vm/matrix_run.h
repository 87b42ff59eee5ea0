/* SPDX-License-Identifier: GPL-2.0-only */
/* The runs of several kernels, as vm/matrix.c and its two helpers know them. */
#ifndef VM_MATRIX_RUN_H
#define VM_MATRIX_RUN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct run_facts;

enum matrix_stream { MATRIX_STDOUT, MATRIX_STDERR, MATRIX_STREAMS };

/**
 * struct matrix_line - the line of a run's output that is not complete yet
 * @fd: the pipe that it comes from, -1: ended
 * @bytes: the beginning of the line
 * @len_bytes: how much there is
 */
struct matrix_line {
	int fd;
	char *bytes;
	size_t len_bytes;
};

/**
 * struct matrix_run - one kernel's run
 * @name: stands in front of its lines and names its results folder, unique
 * @results: its results folder
 * @facts: what the run found out, shared with its process
 * @pid: its process, 0: not started or ended
 * @pidfd: becomes readable when it ends
 * @lines: its output
 * @log: where its output is kept
 * @start_ms: when it was started, 0: not
 * @duration_ms: how long it took
 * @status: how it ended
 * @report: the report that test_progs left, or NULL
 */
struct matrix_run {
	char *name;
	char *results;
	struct run_facts *facts;
	pid_t pid;
	int pidfd;
	struct matrix_line lines[MATRIX_STREAMS];
	FILE *log;
	int64_t start_ms;
	int64_t duration_ms;
	int status;
	struct json_object *report;
};

/**
 * struct matrix - all runs
 * @runs: in the order of the command line
 * @count: how many
 * @at_once: how many may run at the same time
 * @width: of the longest name
 * @report_name: where test_progs leaves its report in a results folder, NULL: another command
 */
struct matrix {
	struct matrix_run *runs;
	size_t count;
	unsigned int at_once;
	int width;
	char *report_name;
};

#endif
