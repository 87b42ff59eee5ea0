/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of several runs. matrix.c owns it; matrix_output.c and matrix_report.c use it. */
#ifndef VM_MATRIX_RUN_H
#define VM_MATRIX_RUN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "vm/disk/results.h"

struct json_object;
struct run_facts;

enum matrix_stream { MATRIX_STDOUT, MATRIX_STDERR, MATRIX_STREAMS };

/* A stream of a run's output. */
struct matrix_line {
	int fd;      /* the pipe; -1: the stream has ended */
	char *bytes; /* the beginning of a line that is not complete yet */
	size_t len_bytes;
};

/* The run of one kernel. */
struct matrix_run {
	char *name; /* unique name: the prefix of the output, and the name of the results folder */
	char *results;
	struct run_facts *facts; /* memory that is shared with the run's process */
	pid_t pid;               /* process of the run; 0: not started, or ended */
	int pidfd;
	struct matrix_line lines[MATRIX_STREAMS];
	FILE *log; /* file with the output of the run */
	int64_t start_ms;
	int64_t duration_ms;
	int status;
	struct json_object *report; /* JSON report of test_progs, or NULL */
};

struct matrix {
	struct matrix_run *runs; /* the runs, in the order of the command line */
	size_t count;
	unsigned int at_once;   /* number of runs that may go on at the same time */
	int width;              /* length of the longest name */
	struct results results; /* the folder of all runs */
	char *report_name;      /* test_progs' report in a results folder; NULL: another command */
};

#endif
