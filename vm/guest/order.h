/* SPDX-License-Identifier: GPL-2.0-only */
/* The launcher's order to PID 1 of the guest, and the names that both use. */
#ifndef VM_GUEST_ORDER_H
#define VM_GUEST_ORDER_H

#include <stdbool.h>

#include "vm/host/words.h"

/* The file with the order, in the guest's root folder. */
#define GUEST_ORDER_FILE     "/.vmtest-order"
#define GUEST_RESULTS_SERIAL "vmtest-results"
#define GUEST_RESULTS_FOLDER "/results"
/*
 * The journal of PROGRAM is GUEST_JOURNAL.PROGRAM. It exists until the run is complete
 * (runner/resume/journal.h).
 */
#define GUEST_JOURNAL_NAME   ".journal"
#define GUEST_JOURNAL        GUEST_RESULTS_FOLDER "/" GUEST_JOURNAL_NAME

/**
 * struct order - what PID 1 has to do
 * @folder: working folder of the command
 * @terminal: run the command on a terminal
 * @environment: NAME=VALUE of the command
 * @argv: the command
 * @rows: height of the terminal
 * @columns: width of the terminal
 */
struct order {
	char *folder;
	bool terminal;
	struct words environment;
	struct words argv;
	unsigned int rows, columns;
};

/**
 * order__write() - Write an order to a file.
 * @path: the file
 * @order: the order
 *
 * Return: 0 or -errno.
 */
int order__write(const char *path, const struct order *order);

/**
 * order__read() - Read an order from a file.
 * @path: the file
 * @order: filled in
 *
 * Return: 0 or -errno.
 */
int order__read(const char *path, struct order *order);

#endif
