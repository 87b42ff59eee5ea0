// SPDX-License-Identifier: GPL-2.0-only
/* The table of exit statuses: printed by --help and --list-exit-statuses, and used in messages. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "vm/host/exit_status.h"

#define STATUSES (sizeof(statuses) / sizeof(statuses[0]))

static const struct {
	const char *status;
	const char *meaning;
} statuses[] = {
	{ "0..125", "the command's own exit status" },
	{ "126", "the command was found in the guest but cannot be executed" },
	{ "127", "the command was not found" },
	{ "128+N", "signal N ended the command in the guest" },
	{ "130, 143", "vmtest itself was ended by SIGINT, SIGTERM (129: SIGHUP)" },
	{ "64", "the command line of vmtest is wrong" },
	{ "240", "the guest's kernel panicked" },
	{ "241", "the guest did not come up within --boot-timeout" },
	{ "242", "the command ran longer than --timeout" },
	{ "243", "the results did not fit: guest's results disk or host's folder full" },
	{ "244", "the kernel or package was not found or cannot be fetched" },
	{ "245", "QEMU or another program that vmtest needs is missing" },
	{ "246", "the guest or QEMU ended without reporting an exit status" },
	{ "247", "setting up on the host failed (for example: disk full)" },
	{ "248", "the results folder is in use by another vmtest" },
	{ "249", "the emulator broke the guest (Oops: int3), not the kernel" },
	{ "255", "with --bisect: no kernel was tested, and no other commit would change that" },
};

void exit_status__print(FILE *out)
{
	for (size_t i = 0; i < STATUSES; i++)
		fprintf(out, "  %-9s %s\n", statuses[i].status, statuses[i].meaning);
}

const char *exit_status__meaning(int status)
{
	for (size_t i = 0; status >= EXIT_PANIC && i < STATUSES; i++)
		if (atoi(statuses[i].status) == status)
			return statuses[i].meaning;
	return NULL;
}
