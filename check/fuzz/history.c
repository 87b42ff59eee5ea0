// SPDX-License-Identifier: GPL-2.0-only
/*
 * The history's file: what is taken can be asked for, added to and written, and what was written is
 * taken again and says the same.
 */
#include <errno.h>

#include "check/fuzz/fuzz.h"
#include "runner/schedule/history.h"

static const struct history_key key = { "program", "6.1", "build" };

static void ask(const struct history *history, const char *test)
{
	size_t i, cnt = history__subtests_cnt(history, &key, test);

	INVARIANT(history__duration_us(history, &key, test) >= -1);
	INVARIANT(cnt <= HISTORY_SUBTESTS_MAX);
	for (i = 0; i < cnt; i++)
		INVARIANT(history__subtest(history, &key, test, i));
}

static void write_and_read(const struct history *history)
{
	char *text = history__text(history), *again;
	struct history copy;

	INVARIANT(text && !history__parse(&copy, text, strlen(text)));
	again = history__text(&copy);
	INVARIANT(again && !strcmp(text, again));
	history__free(&copy);
	free(text);
	free(again);
}

static void add(struct history *history)
{
	static const char *const names[] = { "x", "y", "x" };
	size_t before = history__subtests_cnt(history, &key, "test"), after;

	INVARIANT(!history__begin_entry(history, &key));
	INVARIANT(history__subtests_cnt(history, &key, "test") == before);
	history__note(history, "test", 5, names, 3);
	INVARIANT(history__duration_us(history, &key, "test") == 5);
	after = history__subtests_cnt(history, &key, "test");
	INVARIANT(after >= 1 && after <= before + 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct history history;
	int err = history__parse(&history, (const char *)data, size);

	INVARIANT(err == 0 || err == -EINVAL);
	INVARIANT(!err == !!history.root);
	if (err)
		return 0;
	ask(&history, "test");
	ask(&history, "");
	write_and_read(&history);
	add(&history);
	write_and_read(&history);
	history__free(&history);
	return 0;
}
