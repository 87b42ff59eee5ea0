/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways a run of vmtest can end.
 *
 * Statuses below EXIT_PANIC belong to the command in the guest; 128 + N means that signal N ended
 * it. The table in exit_status.c has the texts for users.
 */
#ifndef VM_HOST_EXIT_STATUS_H
#define VM_HOST_EXIT_STATUS_H

#include <stdio.h>

enum exit_status {
	EXIT_OK = 0,
	EXIT_USAGE_ERROR = 64,
	EXIT_RESTART = 75,   /* the command asks vmtest to boot the guest again, as after a panic */
	EXIT_BISECT_BAD = 1, /* --bisect: this commit has the fault */
	EXIT_BISECT_UNKNOWN = 125, /* --bisect: git bisect tries another commit */
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
	EXIT_BISECT_STOP = 255, /* --bisect: git bisect ends, as for each status from 128 */
};

/** exit_status__print() - write the table of exit statuses, one status on each line */
void exit_status__print(FILE *out);

/** exit_status__meaning() - the text for a status of vmtest; NULL for a status of the command */
const char *exit_status__meaning(int status);

#endif
