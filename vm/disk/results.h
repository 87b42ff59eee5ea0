/* SPDX-License-Identifier: GPL-2.0-only */
/* The results folder on the host, and the files that it gets from the guest's results disk. */
#ifndef VM_DISK_RESULTS_H
#define VM_DISK_RESULTS_H

#include <stdbool.h>
#include <stdio.h>

#include "vm/host/words.h"

struct vmtest;

/* Name of the guest's console log in the results folder. */
#define RESULTS_CONSOLE_LOG "console.log"
/* Name of the file with the output of a run, if there are several runs. */
#define RESULTS_OUTPUT_LOG  "output.log"

/**
 * struct results - the results folder
 * @path: the folder, or NULL: the guest has left no results yet
 * @fd: the folder, locked as long as it is open; -1 without a folder
 * @is_default: the user has named no folder, so that it is made only for results
 * @has_console_log: the console's log was copied into a default folder
 * @sent: paths of the files that the guest has sent while it ran
 * @full: a file did not fit on the guest's results disk or into the folder
 */
struct results {
	char *path;
	int fd;
	bool is_default;
	bool has_console_log;
	struct words sent;
	bool full;
};

/**
 * results__open() - Make and lock the results folder.
 * @vm: context
 * @path: the folder; NULL: a default one is made when there are results (results__open_default())
 * @results: filled in; close it with results__close(), also after an error
 *
 * Return: 0 or an exit status.
 */
int results__open(struct vmtest *vm, const char *path, struct results *results);

/**
 * results__open_default() - Make and lock the results folder for a user who has named none.
 * @results: the folder
 *
 * It is build/results in a checkout of this project, otherwise results in the working folder; if another
 * run has its lock, results-2 and so on.
 *
 * Return: 0 or an exit status.
 */
int results__open_default(struct results *results);

/** results__is_reserved() - true for a path, relative to the folder, that the guest must not use */
bool results__is_reserved(const char *path);

/**
 * results__create() - Create a file in the results folder, replacing an older one.
 * @results: the folder
 * @name: name of the file
 * @file: the open file
 *
 * Return: 0 or -errno.
 */
int results__create(const struct results *results, const char *name, FILE **file);

/**
 * results__extract() - Take the files out of the guest's results disk.
 * @vm: context
 * @results: the folder; full is set when not all files fit
 * @image: the disk
 * @is_complete: the guest has unmounted the disk (result_files__reconcile())
 *
 * Return: 0 or an exit status.
 */
int results__extract(struct vmtest *vm, struct results *results, const char *image,
		     bool is_complete);

/**
 * results__close() - Release the results folder.
 * @results: the folder
 */
void results__close(struct results *results);

#endif
