// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of exit statuses and its printing. Talks to nobody; decides nothing.
 */
#include <stdlib.h>

#include "vm/host/exit_status.h"
#include "vm/host/text.h"

static const struct {
	const char *status;
	const char *meaning;
} statuses[] = {
	{ "0..125", "the command's own exit status" },
	{ "126", "the command was found in the guest but cannot be executed" },
	{ "127", "the command was not found in the guest" },
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
};

void exit_status_print(FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		fprintf(out, "  %-9s %s\n", statuses[i].status, statuses[i].meaning);
}

const char *exit_status_meaning(int status)
{
	autofree char *number = text_format("%d", status);

	for (size_t i = 0; status >= EXIT_PANIC && i < ARRAY_SIZE(statuses); i++)
		if (!strcmp(statuses[i].status, number))
			return statuses[i].meaning;
	return NULL;
}

char *exit_status_text(void)
{
	char *text = NULL;
	size_t len_bytes;
	FILE *out = open_memstream(&text, &len_bytes);

	if (!out)
		return text_copy("");
	exit_status_print(out);
	fclose(out);
	return text;
}
