/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes what a guest sends of its results, while it runs, into the results folder. */
#ifndef VM_DISK_RESULTS_STREAM_H
#define VM_DISK_RESULTS_STREAM_H

#include <stddef.h>

struct results;
struct vmtest;

/**
 * results_stream__take() - write a piece of a file, or remove a file that the guest has removed
 * @results: the folder, which is opened if it has only a default; full is set when the piece does not fit
 * @payload: struct file_chunk, the path, and the bytes
 * @len_bytes: length of all this
 *
 * The guest is not trusted: no path leads out of the folder. A piece that cannot be written is dropped,
 * because the end of the run brings the whole file.
 *
 * Return: 0, or -EPROTO for something that is no piece of a file.
 */
int results_stream__take(struct vmtest *vm, struct results *results, const void *payload,
			 size_t len_bytes);

#endif
