/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The results folder of a run (--results): report.json, events.jsonl, kernel.log, strace.log with
 * --strace, and for each test logs/NAME.log and, where programs were rejected or looked at,
 * verifier/NAME.log.
 */
#ifndef RUNNER_REPORTS_RESULTS_FOLDER_H
#define RUNNER_REPORTS_RESULTS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Of each log of a test; what comes behind it is dropped, and a line says so. */
#define RESULTS_LOG_MAX_BYTES (16 << 20)

struct results_folder {
	char *path;      /* NULL: none is wanted */
	bool is_resumed; /* what is there is of an earlier part of the run, and is kept */
	int dir_fd, logs_fd, verifier_fd;
	int error; /* the first that a log had: a negative errno */
};

/* The log of one test. */
struct results_log {
	int fd; /* or -1 */
	size_t room_bytes;
};

/**
 * results_folder__open() - make the folder, and empty it of an earlier run
 * @path: of the folder; copied
 * @error: where the text of a problem goes, without newline
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

/** results_folder__append() - the same, or go on with it if the run is resumed */
FILE *results_folder__append(struct results_folder *folder, const char *name);

/** results_folder__open_log() - begin a test's log; does nothing without a folder */
void results_folder__open_log(struct results_folder *folder, struct results_log *log,
			      const char *test);

/** results_folder__log() - append to it */
void results_folder__log(struct results_folder *folder, struct results_log *log, const char *text,
			 size_t len_bytes);

/** results_folder__close() - also if it was never opened */
void results_folder__close(struct results_folder *folder);

#endif
