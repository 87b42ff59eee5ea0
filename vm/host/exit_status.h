/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways a run of vmtest can end.
 *
 * One table (exit_status.c) feeds the program, its --help and --list-exit-statuses. Statuses below
 * EXIT_PANIC belong to the command in the guest, 128 + N means that signal N ended it.
 */
#ifndef VM_HOST_EXIT_STATUS_H
#define VM_HOST_EXIT_STATUS_H

#include <stdio.h>

enum exit_status {
	EXIT_OK = 0,
	EXIT_USAGE_ERROR = 64,
	EXIT_RESTART = 75, /* of the command: boot again, as after a panic */
	EXIT_CANNOT_EXECUTE = 126,
	EXIT_NOT_FOUND = 127,
	EXIT_SIGNAL_BASE = 128,
	EXIT_PANIC = 240,
	EXIT_BOOT_TIMEOUT = 241,
	EXIT_TIMEOUT = 242,
	EXIT_RESULTS_FULL = 243,
	EXIT_NO_KERNEL = 244,
	EXIT_NO_PROGRAM = 245,
	EXIT_NO_REPORT = 246,
	EXIT_HOST_SETUP = 247,
	EXIT_RESULTS_BUSY = 248,
	EXIT_EMULATOR = 249,
};

/**
 * exit_status_print() - Write the table of exit statuses, one per line.
 * @out: where to write
 */
void exit_status_print(FILE *out);

/**
 * exit_status_meaning() - What a status of vmtest itself means.
 * @status: the status
 *
 * Return: a constant string, or NULL: a status of the command.
 */
const char *exit_status_meaning(int status);

/**
 * exit_status_text() - The table as text, for a help page.
 *
 * Return: a string that the caller frees.
 */
char *exit_status_text(void);

#endif
