// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's log, line by line: a first byte of each line says how much later than the one
 * before it was logged, and whether user space has written it.
 */
#include "check/fuzz/fuzz.h"
#include "runner/splat.h"

#define USER_FACILITY 1

static void check(struct splat *splat)
{
	if (!splat)
		return;
	INVARIANT(splat->title && !strchr(splat->title, '\n'));
	INVARIANT(splat->text_bytes == strlen(splat->text));
	INVARIANT(splat->text_bytes <= SPLAT_TEXT_MAX_BYTES);
	INVARIANT(splat->head_bytes <= splat->text_bytes);
	INVARIANT(splat->lines > 0 && splat->lines <= SPLAT_LINES_MAX + 1);
	INVARIANT(splat->pid >= 0 && (splat->has_task || !splat->pid));
	INVARIANT(memchr(splat->comm, '\0', sizeof(splat->comm)));
	splat__free(splat);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct splat_parser parser = {};
	struct kernel_log_line line = {};
	unsigned int first;

	while (input.size) {
		first = input__byte(&input);
		line.time_us += (first & 0x7f) * 100000ULL;
		line.facility = first & 0x80 ? USER_FACILITY : 0;
		line.text = input__line(&input) ?: strdup("");
		check(splat_parser__add(&parser, &line));
		INVARIANT(!parser.open || !line.facility || parser.open->lines);
		free(line.text);
	}
	check(splat_parser__end(&parser));
	INVARIANT(!parser.open);
	return 0;
}
