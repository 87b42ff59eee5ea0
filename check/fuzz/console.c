// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's log on the console in pieces of any size, and what is made of it in the end. */
#include <ctype.h>

#include "check/fuzz/fuzz.h"
#include "vm/host/exit_status.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/machine/console.h"
#include "vm/machine/session.h"
#include "vm/verdict.h"

/* Lines of the console as they should be kept, all of them. */
static void reference_lines(struct input input, struct words *lines)
{
	char line[sizeof(((struct console *)NULL)->line)] = "";
	size_t len = 0;

	for (; input.size; input.size--, input.data++) {
		if (*input.data == '\n' || len == sizeof(line) - 1) {
			words__add(lines, "%.*s", (int)len, line);
			len = 0;
		}
		if (*input.data == '\t' || (*input.data >= ' ' && *input.data <= '~'))
			line[len++] = *input.data;
	}
}

static void check_console(const struct console *console, const struct words *lines)
{
	const char *panic = NULL;
	size_t i;

	INVARIANT(console->lines == lines->count);
	for (i = 0; i < lines->count; i++) {
		if (!panic)
			panic = strstr(lines->v[i], "Kernel panic - not syncing");
		if (i + CONSOLE_TAIL_LINES >= lines->count)
			INVARIANT(!strcmp(console->tail[i % CONSOLE_TAIL_LINES], lines->v[i]));
	}
	INVARIANT(!panic == !console->marks[MARK_PANIC]);
	INVARIANT(!panic || !strcmp(panic, console->marks[MARK_PANIC]));
}

static void check_verdict(struct session *session, struct input *input)
{
	static const enum session_end ends[] = {
		SESSION_DONE,  SESSION_QEMU_ENDED,    SESSION_BOOT_TIMEOUT, SESSION_TIMEOUT,
		SESSION_STUCK, SESSION_CHANNEL_BROKE, SESSION_SIGNAL,       SESSION_ESCAPE,
	};
	struct vmtest vm = { .ending_signal = 15 };
	unsigned int flags = input__byte(input);
	const struct console *console = &session->console;
	struct verdict verdict;

	session->vm = &vm;
	session->end = ends[input__byte(input) % ARRAY_SIZE(ends)];
	session->up = flags & 1;
	session->exited = flags & 2;
	session->reason = flags & 4 ? (char *)"a reason" : NULL;
	session->qemu_status = flags & 8;
	session->exit_status = input__byte(input);
	verdict = verdict__of(session);

	INVARIANT(verdict.status >= 0 && verdict.status < 256);
	if (session->end == SESSION_DONE)
		INVARIANT(verdict.status == session->exit_status && !verdict.is_failure);
	else if (verdict.status == 0)
		INVARIANT(session->end == SESSION_STUCK && session->exited && !session->reason);
	if (session->end != SESSION_DONE && session->end != SESSION_SIGNAL &&
	    session->end != SESSION_ESCAPE && console->marks[MARK_PANIC])
		INVARIANT(verdict.status ==
			  (console->marks[MARK_EMULATOR] ? EXIT_EMULATOR : EXIT_PANIC));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session session = {};
	struct input input = { data, size }, verdict_input = { data, size }, pieces;
	autowords struct words lines = {};
	unsigned int seed = input__byte(&input) | 1;
	size_t len;

	for (pieces = input; pieces.size; pieces.data += len, pieces.size -= len) {
		seed = seed * 1103515245 + 12345;
		len = 1 + (seed >> 16) % 64;
		len = len < pieces.size ? len : pieces.size;
		console__add(&session.console, (const char *)pieces.data, len);
	}
	reference_lines(input, &lines);
	check_console(&session.console, &lines);
	console__print_tail(&session.console);
	check_verdict(&session, &verdict_input);
	console__close(&session.console);
	return 0;
}
