/* SPDX-License-Identifier: GPL-2.0-only */
/* The results folder on the host, and the files that it gets from the guest's results disk. */
#ifndef VM_DISK_RESULTS_H
#define VM_DISK_RESULTS_H

#include <stdbool.h>
#include <stdio.h>

struct vmtest;

/* Name of the guest's console log in the results folder. */
#define RESULTS_CONSOLE_LOG "console.log"
/* Name of the file with the output of a run, if there are several runs. */
#define RESULTS_OUTPUT_LOG  "output.log"

/**
 * struct results - the results folder
 * @path: the folder, or NULL: results are not kept
 * @fd: the folder, locked as long as it is open; -1 without a folder
 * @full: a file did not fit on the guest's results disk or into the folder
 */
struct results {
	char *path;
	int fd;
	bool full;
};

/**
 * results__open() - Make and lock the results folder.
 * @vm: context
 * @path: the folder, or NULL
 * @results: filled in; close it with results__close(), also after an error
 *
 * Return: 0 or an exit status.
 */
int results__open(struct vmtest *vm, const char *path, struct results *results);

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
 *
 * Return: 0 or an exit status.
 */
int results__extract(struct vmtest *vm, struct results *results, const char *image);

/**
 * results__close() - Release the results folder.
 * @results: the folder
 */
void results__close(struct results *results);

#endif
