// SPDX-License-Identifier: GPL-2.0-only
/* The matcher of names against one that tries everything. */
#include "check/fuzz/fuzz.h"
#include "runner/text/glob.h"

/* What tries everything takes exponential time. */
#define STARS_MAX  5
#define LENGTH_MAX 64

static bool matches(const char *text, const char *pattern)
{
	if (*pattern == '*')
		return matches(text, pattern + 1) || (*text && matches(text + 1, pattern));
	if (!*pattern || !*text)
		return *pattern == *text;
	return *pattern == *text && matches(text + 1, pattern + 1);
}

static int stars(const char *pattern)
{
	int cnt = 0;

	for (; *pattern; pattern++)
		cnt += *pattern == '*';
	return cnt;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	char *pattern = input__line(&input), *text = input__rest(&input);

	if (pattern && strlen(text) <= LENGTH_MAX && stars(pattern) <= STARS_MAX) {
		INVARIANT(glob__match(text, pattern) == matches(text, pattern));
		INVARIANT(glob__match(pattern, pattern));
	}
	free(pattern);
	free(text);
	return 0;
}
