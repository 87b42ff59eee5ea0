/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The results folder of a run (--results): report.json, events.jsonl, kernel.log, strace.log with
 * --strace, and for each test logs/NAME.log. verifier/NAME.log is there if programs were rejected
 * or annotated.
 */
#ifndef RUNNER_REPORTS_RESULTS_FOLDER_H
#define RUNNER_REPORTS_RESULTS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "runner/result/event.h"

/* The size limit of a test's log. The rest is dropped, and a line says so. */
#define RESULTS_LOG_MAX_BYTES (16 << 20)

/* The log of a test that is running. */
struct results_log {
	const struct test_outcome *test; /* the test that writes the log; NULL: this slot is free */
	int fd;                          /* descriptor of the log file, or -1 */
	size_t room_bytes;
};

struct results_folder {
	char *path;      /* path of the folder; NULL: no folder is wanted */
	bool is_resumed; /* keep the files that an earlier part of the run has written */
	int dir_fd, logs_fd, verifier_fd;
	struct results_log *logs;
	int logs_cnt;
	int error; /* the first error of a log: a negative errno */
};

/**
 * results_folder__open() - make the folder, and remove the files of an earlier run
 * @path: path of the folder; is copied
 * @error: receives a message, without newline
 *
 * Return: 0 or a negative errno.
 */
int results_folder__open(struct results_folder *folder, const char *path, char *error,
			 size_t size_bytes);

/**
 * results_folder__create() - create one of the fixed files
 *
 * Return: a file to be closed by the caller; NULL with errno set.
 */
FILE *results_folder__create(struct results_folder *folder, const char *name);

/** results_folder__append() - as results_folder__create(), but append if the run is resumed */
FILE *results_folder__append(struct results_folder *folder, const char *name);

/**
 * results_folder__kernel_log() - begin to keep the kernel's log of a machine, 0 for the head
 *
 * Return: a file to be closed by the caller; NULL after an error, which @folder then has.
 */
FILE *results_folder__kernel_log(struct results_folder *folder, int machine);

/** results_folder__listen() - a listener of the event sink; @context is a struct results_folder */
void results_folder__listen(void *context, const struct event *event);

/** results_folder__close() - close the folder; also allowed if it was never opened */
void results_folder__close(struct results_folder *folder);

#endif
