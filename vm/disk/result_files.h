/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of a results folder whose paths come from a guest, which is not trusted. */
#ifndef VM_DISK_RESULT_FILES_H
#define VM_DISK_RESULT_FILES_H

#include <stdbool.h>

struct words;

/**
 * result_files__open_folder() - open the folder that a file is in, without following links
 * @top_fd: the folder that @path begins in
 * @path: a relative path without ".."; it is changed and restored
 * @make: make the folders that do not exist
 * @name: set to the last part of @path
 *
 * Return: a descriptor, or -errno.
 */
int result_files__open_folder(int top_fd, char *path, bool make, char **name);

/**
 * result_files__reconcile() - decide between files that a guest has sent while it ran, and those of its
 *	disk
 * @sent_paths: the files that were sent
 * @results_fd: the folder that has them
 * @extracted_fd: the folder with the files of the disk, which will replace those of @results_fd
 * @is_complete: the guest has unmounted the disk, so that it has everything
 *
 * A disk that is not complete may have an older file: then the longer one is kept. The other one is
 * removed, as are files that a complete disk does not have.
 */
void result_files__reconcile(const struct words *sent_paths, int results_fd, int extracted_fd,
			     bool is_complete);

#endif
