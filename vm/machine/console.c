// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the output of the guest's console to the log, and remembers the last lines and the lines
 * that show how a run ended. The remembered lines are printed without control characters.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vm/host/text.h"
#include "vm/machine/console.h"

static const char *const mark_texts[CONSOLE_MARKS] = {
	[MARK_PANIC] = "Kernel panic - not syncing",
	[MARK_EMULATOR] = "Oops: int3",
	[MARK_INIT] = "vmtest-init: ",
};

static void end_line(struct console *console)
{
	char **place = &console->tail[console->lines++ % CONSOLE_TAIL_LINES];

	console->line[console->line_len] = '\0';
	for (int i = 0; i < CONSOLE_MARKS; i++) {
		char *at = strstr(console->line, mark_texts[i]);

		if (!at || (console->marks[i] && i != MARK_INIT))
			continue;
		free(console->marks[i]);
		console->marks[i] = text__copy(i == MARK_INIT ? at + strlen(mark_texts[i]) : at);
	}
	free(*place);
	*place = text__copy(console->line);
	console->line_len = 0;
}

void console__add(struct console *console, const char *data, size_t len_bytes)
{
	if (console->log && !console->log_error &&
	    (fwrite(data, 1, len_bytes, console->log) != len_bytes || fflush(console->log)))
		console->log_error = errno;
	if (console->echo && write(STDERR_FILENO, data, len_bytes) < 0)
		console->echo = false;
	for (size_t i = 0; i < len_bytes; i++) {
		if (data[i] == '\n' || console->line_len == sizeof(console->line) - 1)
			end_line(console);
		if (isprint((unsigned char)data[i]) || data[i] == '\t')
			console->line[console->line_len++] = data[i];
	}
}

void console__print_tail(const struct console *console)
{
	unsigned int first =
		console->lines > CONSOLE_TAIL_LINES ? console->lines - CONSOLE_TAIL_LINES : 0;

	if (!console->lines) {
		fputs("  | (the console is empty)\n", stderr);
		return;
	}
	for (unsigned int i = first; i < console->lines; i++)
		fprintf(stderr, "  | %s\n", console->tail[i % CONSOLE_TAIL_LINES]);
}

void console__close(struct console *console)
{
	if (console->log && fclose(console->log) && !console->log_error)
		console->log_error = errno;
	console->log = NULL;
	for (size_t i = 0; i < CONSOLE_TAIL_LINES; i++)
		free(console->tail[i]);
	for (size_t i = 0; i < CONSOLE_MARKS; i++)
		free(console->marks[i]);
	memset(console->tail, 0, sizeof(console->tail));
	memset(console->marks, 0, sizeof(console->marks));
}
