/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PID 1 of the guest.
 */
#ifndef VM_GUEST_GUEST_H
#define VM_GUEST_GUEST_H

#include "vm/guest/channel.h"
#include "vm/host/text.h"

/* Where the launcher leaves what PID 1 has to do, in the guest's root. */
#define GUEST_ORDER_FILE     "/.vmtest-order"
#define GUEST_RESULTS_SERIAL "vmtest-results"
#define GUEST_RESULTS_FOLDER "/results"
/* The journal of PROGRAM is GUEST_JOURNAL.PROGRAM, until its run is complete (runner/journal.h). */
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
 * order_write() - Write an order to a file.
 * @path: the file
 * @order: the order
 *
 * Return: 0 or -errno.
 */
int order_write(const char *path, const struct order *order);

/**
 * order_read() - Read an order from a file.
 * @path: the file
 * @order: filled in
 *
 * Return: 0 or -errno.
 */
int order_read(const char *path, struct order *order);

/**
 * guest_main() - What PID 1 does. Never returns.
 */
void guest_main(void) __attribute__((noreturn));

/**
 * guest_log() - Write a line to the guest's console.
 * @fmt: as for printf, without a newline
 */
void guest_log(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* guest_setup.c */

/**
 * guest_mount_all() - Mount the table of file systems and open the console.
 *
 * Return: 0 or -errno of a required one.
 */
int guest_mount_all(void);

/**
 * guest_load_modules() - Load the modules that the channel needs; built-in ones are no error.
 */
void guest_load_modules(void);

/**
 * guest_settle() - Host name, loopback device, limits.
 */
void guest_settle(void);

/**
 * guest_mount_results() - Mount the results disk.
 * @wait_ms: how long to wait for the disk
 *
 * Return: 0 or -errno.
 */
int guest_mount_results(int wait_ms);

/* guest_command.c */

/**
 * guest_run() - Run the command and carry its streams until it ends.
 * @channel: the channel to the launcher
 * @order: the command
 *
 * Return: its exit status, 128 + N after signal N.
 */
int guest_run(struct channel *channel, const struct order *order);

#endif
