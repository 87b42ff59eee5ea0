// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's log, line by line: a first byte of each line says how much later than the one before
 * it was logged, and whether user space has written it or which of some callers.
 */
#include "check/fuzz/fuzz.h"
#include "runner/kernel_log/splat_callers.h"

#define USER_FACILITY 1
/* More than there are parsers. */
#define CALLERS       (SPLAT_CALLERS_MAX + 2)

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
	struct splat_callers callers = {};
	struct kernel_log_line line = {};
	unsigned int first;
	struct splat *ended;
	bool goes_on;

	while (input.size) {
		first = input__byte(&input);
		line.time_us += (first & 0x7f) * 100000ULL;
		line.facility = first >= 0xf0 ? USER_FACILITY : 0;
		snprintf(line.caller, sizeof(line.caller), "%.*u", (first & 0x80) != 0,
			 first % CALLERS);
		line.text = input__line(&input) ?: strdup("");
		goes_on = splat_callers__add(&callers, &line, &ended);
		INVARIANT(!goes_on || (!line.facility && splat_callers__is_open(&callers)));
		check(ended);
		free(line.text);
	}
	while ((ended = splat_callers__end(&callers)))
		check(ended);
	INVARIANT(!splat_callers__is_open(&callers));
	return 0;
}
