/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sends what the command writes to its results folder to the launcher, while it runs. So these
 * files are on the host even if the guest or the launcher ends at any moment.
 */
#ifndef VM_GUEST_GUEST_RESULTS_H
#define VM_GUEST_GUEST_RESULTS_H

#include <stddef.h>
#include <stdint.h>

#include "vm/host/words.h"

struct channel;

/**
 * struct guest_results - files and folders below the results folder
 * @inotify_fd: watches the folders; -1: results are not sent
 * @folders: path of each folder, relative to the results folder; its index is @watches' index
 * @watches: inotify's number of each folder
 * @files: the files, as far as they are known
 * @file_count: number of @files
 * @changed: number of files that have bytes to send
 * @next_ms: do not send before this time
 */
struct guest_results {
	int inotify_fd;
	struct words folders;
	int *watches;
	struct guest_results_file *files;
	size_t file_count;
	size_t changed;
	int64_t next_ms;
};

/** guest_results__start() - watch the results folder; a kernel without inotify sends nothing */
void guest_results__start(struct guest_results *results);

/** guest_results__note() - read which files have changed; call it when @inotify_fd is readable */
void guest_results__note(struct guest_results *results);

/**
 * guest_results__wait_ms() - the longest time until guest_results__send() has something to do
 * @limit_ms: the longest time that the caller wants to wait
 *
 * Return: milliseconds, at most @limit_ms.
 */
int guest_results__wait_ms(const struct guest_results *results, int limit_ms);

/**
 * guest_results__send() - send as much as the channel takes now, if it is time
 *
 * Return: 0, or -errno of the channel.
 */
int guest_results__send(struct guest_results *results, struct channel *channel);

/** guest_results__end() - stop watching, and free everything */
void guest_results__end(struct guest_results *results);

#endif
