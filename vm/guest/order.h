/* SPDX-License-Identifier: GPL-2.0-only */
/* The launcher's order to PID 1 of the guest, and the names that both use. */
#ifndef VM_GUEST_ORDER_H
#define VM_GUEST_ORDER_H

#include <stdbool.h>
#include <stdio.h>

#include "vm/host/words.h"

/* The serial numbers of the disks, by which PID 1 finds them. */
#define GUEST_SYSTEM_SERIAL  "vmtest-system"
#define GUEST_TREE_SERIAL    "vmtest-tree"
#define GUEST_RESULTS_SERIAL "vmtest-results"
#define GUEST_RESULTS_FOLDER "/results"
/* The command's first descriptor of a socket to another guest. */
#define GUEST_PEER_FD        3
/*
 * The journal of PROGRAM is GUEST_JOURNAL.PROGRAM. It exists until the run is complete
 * (runner/resume/journal.h).
 */
#define GUEST_JOURNAL_NAME   ".journal"
#define GUEST_JOURNAL        GUEST_RESULTS_FOLDER "/" GUEST_JOURNAL_NAME

/**
 * struct order - the command for PID 1 to run, and its surroundings
 * @tree: mount point of the disk with the tree: the tree's path on the host, with all symbolic
 *	links resolved
 * @folder: working folder of the command; a symbolic link to @tree if the paths differ
 * @terminal: whether to run the command on a terminal
 * @environment: NAME=VALUE words for the command
 * @argv: words of the command
 * @sends_results: send files of the results folder while the command runs
 * @peers: number of sockets to other guests; the command has them as descriptors from
 *	GUEST_PEER_FD on
 * @console_level: level of kernel messages that the console shows while the command runs, as for
 *	loglevel=; 0: the level of the boot
 * @rows: height of the terminal
 * @columns: width of the terminal
 */
struct order {
	char *tree;
	char *folder;
	bool terminal;
	struct words environment;
	struct words argv;
	bool sends_results;
	unsigned int peers;
	unsigned int console_level;
	unsigned int rows, columns;
};

/** order__write() - write an order to a stream; fclose() of the stream reports errors */
void order__write(FILE *out, const struct order *order);

/**
 * order__read() - read an order up to the end of a stream
 * @order: filled in; free it with order__free(), also after an error
 *
 * Return: 0 or -EINVAL.
 */
int order__read(FILE *in, struct order *order);

void order__free(struct order *order);

#endif
