// SPDX-License-Identifier: GPL-2.0-only
/*
 * The splats that a test expects, and the splats that fail it. Both belong to the running subtest,
 * or to the test if no subtest is running.
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "runner/blame/expected_splats.h"

struct expected_splat {
	struct expected_splat *next;
	const struct outcome *where;
	char *text;
	regex_t regex;
	bool came;
};

void expected_splats__add(struct unit *unit, const struct record *record)
{
	struct expected_splat *expected = calloc(1, sizeof(*expected));
	char error[256];
	int err;

	if (!expected)
		return;
	err = regcomp(&expected->regex, record->texts[0], REG_EXTENDED | REG_NOSUB);
	if (err) {
		regerror(err, &expected->regex, error, sizeof(error));
		unit__fail(unit, "expected splat", "'%s' is no regular expression: %s",
			   record->texts[0], error);
		free(expected);
		return;
	}
	expected->text = strdup(record->texts[0]);
	expected->where = unit__current_outcome(unit);
	expected->next = unit->expected_splats;
	unit->expected_splats = expected;
}

static bool fits(const struct expected_splat *expected, const struct splat *splat)
{
	char *head = strndup(splat->text, splat->head_bytes), *line, *rest = head;
	bool found = !regexec(&expected->regex, splat->title, 0, NULL, 0);

	/* The message of a WARN() is a line before the header. */
	while (!found && (line = strsep(&rest, "\n")))
		found = *line && !regexec(&expected->regex, line, 0, NULL, 0);
	free(head);
	return found;
}

static struct expected_splat *find_expected(const struct unit *unit, const struct splat *splat)
{
	struct expected_splat *expected;

	for (expected = unit->expected_splats; expected; expected = expected->next) {
		if (fits(expected, splat))
			return expected;
	}
	return NULL;
}

bool expected_splats__has(const struct unit *unit, const struct splat *splat)
{
	return find_expected(unit, splat);
}

static void set_splat(struct outcome *outcome, const struct splat *splat)
{
	if (!outcome->splat)
		outcome->splat = strdup(splat->title);
}

void expected_splats__take(struct unit *unit, const struct splat *splat)
{
	struct expected_splat *expected = find_expected(unit, splat);

	unit__log_line(unit, "%ssplat in the kernel's log:\n", expected ? "expected " : "");
	unit__log_text(unit, splat->text, splat->text_bytes);
	if (expected) {
		expected->came = true;
		return;
	}
	set_splat(unit__current_outcome(unit), splat);
	set_splat(&unit->test->outcome, splat);
}

void expected_splats__end_part(struct unit *unit, const struct outcome *where, bool is_read)
{
	struct expected_splat **at = &unit->expected_splats, *expected;

	while ((expected = *at)) {
		if (where && expected->where != where) {
			at = &expected->next;
			continue;
		}
		if (!expected->came && is_read)
			unit__fail(unit, "expected splat", "'%s' did not come", expected->text);
		*at = expected->next;
		regfree(&expected->regex);
		free(expected->text);
		free(expected);
	}
}
