/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several kernels: one run each, in processes of their own, and one table at the end.
 */
#ifndef VM_MATRIX_H
#define VM_MATRIX_H

#include <json-c/json.h>
#include <stdio.h>
#include <sys/types.h>

#include "vm/run.h"

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

/**
 * matrix_main() - Run the command on every kernel that -k names.
 * @vm: context
 *
 * Return: 1 if it failed on one, else the exit status of the first run that could not be carried
 * out, else 0.
 */
int matrix_main(struct vmtest *vm);

/* matrix_output.c */

/**
 * matrix_output_open() - Create the log of a run's output.
 * @run: the run
 *
 * Return: 0 or an exit status.
 */
int matrix_output_open(struct matrix_run *run);

/**
 * matrix_output_read() - Pass on whole lines of a run, with its name in front.
 * @vm: context
 * @matrix: all runs
 * @run: the run; its stream's fd becomes -1 at the end of the stream
 * @stream: which stream
 */
void matrix_output_read(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run,
			enum matrix_stream stream);

/**
 * matrix_output_close() - Pass on what is left and close everything.
 * @vm: context
 * @matrix: all runs
 * @run: the run
 */
void matrix_output_close(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run);

/* matrix_report.c */

/**
 * matrix_report_read() - Read the report that a run left.
 * @matrix: all runs
 * @run: the run; report is set if there is one
 */
void matrix_report_read(const struct matrix *matrix, struct matrix_run *run);

/**
 * matrix_report_print() - Print the table of all runs, and where results differ.
 * @matrix: all runs
 * @out: where to
 */
void matrix_report_print(const struct matrix *matrix, FILE *out);

#endif
