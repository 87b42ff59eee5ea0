// SPDX-License-Identifier: GPL-2.0-only
/*
 * The argument of -n. A regular expression says which texts are valid; which numbers a text has is
 * looked up in the text itself.
 */
#include <regex.h>

#include "check/fuzz/fuzz.h"
#include "runner/selection/number_set.h"
#include "runner/selection/selection.h"

#define NUMBER_MAX 1000000
#define GRAMMAR    "^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*,?$"

static bool has_shape(const char *text)
{
	static regex_t regex;
	static bool compiled;

	if (!compiled)
		INVARIANT(!regcomp(&regex, GRAMMAR, REG_EXTENDED | REG_NOSUB));
	compiled = true;
	return !regexec(&regex, text, 0, NULL, 0);
}

/* For a text with the right shape: whether its values are valid; @has is set if @number is in it. */
static bool is_valid(const char *text, long number, bool *has)
{
	char *end;

	*has = false;
	while (*text) {
		/* strtol() saturates, and a number that is too large stays so. */
		long first = strtol(text, &end, 10);
		long last = *end == '-' ? strtol(end + 1, &end, 10) : first;

		if (first < 1 || last < first || last > NUMBER_MAX)
			return false;
		*has |= number >= first && number <= last;
		text = end + (*end == ',');
	}
	return true;
}

static void check_number(const struct number_set *set, const char *text, int number)
{
	bool has;

	INVARIANT(is_valid(text, number, &has));
	INVARIANT(number_set__has(set, number) == has);
}

static void check_set(const char *text)
{
	struct number_set set = {};
	char error[256] = "";
	bool valid, has;
	int err, i;

	err = number_set__parse(&set, text, strlen(text), error, sizeof(error));
	valid = has_shape(text) && is_valid(text, 0, &has);
	INVARIANT(valid == !err);
	INVARIANT(err ? *error && !set.cnt && !set.ranges : set.cnt > 0);
	for (i = -1; !err && i < 40; i++)
		check_number(&set, text, i);
	for (i = 0; i < set.cnt; i++) {
		check_number(&set, text, set.ranges[i].first - 1);
		check_number(&set, text, set.ranges[i].first);
		check_number(&set, text, set.ranges[i].last);
		check_number(&set, text, set.ranges[i].last + 1);
	}
	number_set__free(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct selection selection = {};
	char *text = input__rest(&input), *slash = strchr(text, '/');
	struct number_set tests = {}, subtests = {};
	char error[256];
	bool valid;

	valid = !selection__set_numbers(&selection, text, error, sizeof(error));
	if (slash)
		*slash = '\0';
	INVARIANT(valid == (!number_set__parse(&tests, text, strlen(text), error, sizeof(error)) &&
			    (!slash || !number_set__parse(&subtests, slash + 1, strlen(slash + 1),
							  error, sizeof(error)))));
	number_set__free(&tests);
	number_set__free(&subtests);
	check_set(text);
	selection__free(&selection);
	free(text);
	return 0;
}
