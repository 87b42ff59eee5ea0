// SPDX-License-Identifier: GPL-2.0-only
/* Applies the rules of selection.h. Knows names and numbers, but not the functions of tests. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/selection/selection.h"
#include "runner/text/glob.h"

int selection__set_numbers(struct selection *selection, const char *text, char *error,
			   size_t size_bytes)
{
	size_t tests_len = strcspn(text, "/");
	struct number_set tests = {}, subtests = {};
	char *origin;
	int err;

	err = number_set__parse(&tests, text, tests_len, error, size_bytes);
	if (!err && text[tests_len])
		err = number_set__parse(&subtests, text + tests_len + 1,
					strlen(text + tests_len + 1), error, size_bytes);
	origin = err ? NULL : strdup(text);
	if (!origin) {
		number_set__free(&tests);
		if (!err)
			snprintf(error, size_bytes, "out of memory");
		return err ?: -ENOMEM;
	}
	number_set__free(&selection->tests);
	number_set__free(&selection->subtests);
	free(selection->numbers_origin);
	selection->tests = tests;
	selection->subtests = subtests;
	selection->numbers_origin = origin;
	return 0;
}

static bool subtest_matches(const struct name_pattern *pattern, const char *name,
			    const char *description)
{
	return glob__match(name, pattern->subtest) ||
	       (description && glob__match(description, pattern->subtest));
}

bool selection__has_test(const struct selection *selection, const char *name, int number)
{
	int i;

	for (i = 0; i < selection->deny.cnt; i++) {
		const struct name_pattern *pattern = &selection->deny.items[i];

		if (!pattern->subtest && glob__match(name, pattern->test))
			return false;
	}
	if (!selection->allow.cnt && !selection->tests.cnt)
		return true;
	for (i = 0; i < selection->allow.cnt; i++) {
		if (glob__match(name, selection->allow.items[i].test))
			return true;
	}
	return number_set__has(&selection->tests, number);
}

bool selection__has_subtest(const struct selection *selection, const char *test_name,
			    int test_number, const char *name, const char *description, int number)
{
	int i;

	for (i = 0; i < selection->deny.cnt; i++) {
		const struct name_pattern *pattern = &selection->deny.items[i];

		if (pattern->subtest && glob__match(test_name, pattern->test) &&
		    subtest_matches(pattern, name, description))
			return false;
	}
	if (!selection->allow.cnt && !selection->tests.cnt)
		return true;
	for (i = 0; i < selection->allow.cnt; i++) {
		const struct name_pattern *pattern = &selection->allow.items[i];

		if (glob__match(test_name, pattern->test) &&
		    (!pattern->subtest || subtest_matches(pattern, name, description)))
			return true;
	}
	return number_set__has(&selection->tests, test_number) &&
	       (!selection->subtests.cnt || number_set__has(&selection->subtests, number));
}

/* Two patterns that both have a star are taken to have a text in common. */
static bool may_overlap(const char *a, const char *b)
{
	if (strchr(a, '*') && strchr(b, '*'))
		return true;
	return strchr(a, '*') ? glob__match(b, a) : glob__match(a, b);
}

bool selection__may_have_subtest(const struct selection *selection, const char *test_name,
				 int test_number, const char *pattern)
{
	int i;

	if (!selection->allow.cnt || number_set__has(&selection->tests, test_number))
		return true;
	for (i = 0; i < selection->allow.cnt; i++) {
		const struct name_pattern *allowed = &selection->allow.items[i];

		if (glob__match(test_name, allowed->test) &&
		    (!allowed->subtest || may_overlap(allowed->subtest, pattern)))
			return true;
	}
	return false;
}

bool selection__has_subtests_only(const struct selection *selection, const char *name, int number)
{
	bool selected = false;
	int i;

	if (number_set__has(&selection->tests, number)) {
		if (!selection->subtests.cnt)
			return false;
		selected = true;
	}
	for (i = 0; i < selection->allow.cnt; i++) {
		const struct name_pattern *pattern = &selection->allow.items[i];

		if (!glob__match(name, pattern->test))
			continue;
		if (!pattern->subtest)
			return false;
		selected = true;
	}
	return selected;
}

static void note_test_in(struct name_list *list, const char *name)
{
	int i;

	for (i = 0; i < list->cnt; i++) {
		if (!glob__match(name, list->items[i].test))
			continue;
		list->items[i].test_is_known = true;
		if (!list->items[i].subtest)
			list->items[i].matched = true;
	}
}

/* A test that does not run here begins no subtests, so a pattern for them is not an error. */
static void excuse_subtests(struct name_list *list, const char *name)
{
	int i;

	for (i = 0; i < list->cnt; i++) {
		if (list->items[i].subtest && glob__match(name, list->items[i].test))
			list->items[i].matched = true;
	}
}

void selection__note_test(struct selection *selection, const char *name, int number)
{
	note_test_in(&selection->allow, name);
	note_test_in(&selection->deny, name);
	if (!selection__has_test(selection, name, number))
		excuse_subtests(&selection->allow, name);
	if (number > selection->highest_test)
		selection->highest_test = number;
	if (number_set__has(&selection->tests, number)) {
		selection->number_is_known = true;
		selection->numbers_matched |= !selection->subtests.cnt;
	}
}

void selection__note_elsewhere(struct selection *selection, const char *name, int number)
{
	excuse_subtests(&selection->allow, name);
	if (number_set__has(&selection->tests, number))
		selection->numbers_matched = true;
}

static void note_subtest_in(struct name_list *list, const char *test_name, const char *name,
			    const char *description)
{
	int i;

	for (i = 0; i < list->cnt; i++) {
		struct name_pattern *pattern = &list->items[i];

		if (pattern->subtest && glob__match(test_name, pattern->test) &&
		    subtest_matches(pattern, name, description))
			pattern->matched = true;
	}
}

void selection__note_subtest(struct selection *selection, const char *test_name, int test_number,
			     const char *name, const char *description, int number)
{
	note_subtest_in(&selection->allow, test_name, name, description);
	note_subtest_in(&selection->deny, test_name, name, description);
	if (!number_set__has(&selection->tests, test_number))
		return;
	if (number > selection->highest_subtest)
		selection->highest_subtest = number;
	if (number_set__has(&selection->subtests, number))
		selection->numbers_matched = true;
}

void selection__note_test_has_run(struct selection *selection, const char *name)
{
	int i;

	for (i = 0; i < selection->deny.cnt; i++) {
		if (glob__match(name, selection->deny.items[i].test))
			selection->deny.items[i].test_has_run = true;
	}
}

/* Before the run, a pattern with a subtest part is checked by its test part alone. */
static int report_allowed(const struct name_list *allow, bool tests_only, FILE *out)
{
	int i, errors = 0;

	for (i = 0; i < allow->cnt; i++) {
		const struct name_pattern *pattern = &allow->items[i];

		if (tests_only ? pattern->test_is_known : pattern->matched)
			continue;
		fprintf(out, "%s: '%s' matches no %s\n", pattern->from_file ? "warning" : "error",
			pattern->origin,
			tests_only ? "test (-l lists them)" :
				     "subtest (--list=all lists those that are known)");
		errors += !pattern->from_file;
	}
	return errors;
}

/* A pattern for a whole test is reported before the run, and not a second time after it. */
static void report_denied(const struct name_list *deny, bool tests_only, FILE *out)
{
	int i;

	for (i = 0; i < deny->cnt; i++) {
		const struct name_pattern *pattern = &deny->items[i];

		if (tests_only ? pattern->test_is_known :
				 !pattern->subtest || pattern->matched || !pattern->test_has_run)
			continue;
		fprintf(out, "warning: denied '%s' matches no %s\n", pattern->origin,
			tests_only ? "test" : "subtest");
	}
}

static int report_numbers(const struct selection *selection, bool tests_only, FILE *out)
{
	if (!selection->tests.cnt || selection->numbers_matched ||
	    (tests_only && selection->number_is_known))
		return 0;
	fprintf(out, "error: -n %s: ", selection->numbers_origin);
	if (!selection->number_is_known)
		fprintf(out, "no test has such a number, the highest is %d\n",
			selection->highest_test);
	else if (selection->highest_subtest)
		fprintf(out, "no subtest has such a number, the highest is %d\n",
			selection->highest_subtest);
	else
		fprintf(out, "no subtest has such a number, the tests began none\n");
	return 1;
}

int selection__report_unmatched(const struct selection *selection, bool tests_only, FILE *out)
{
	int errors = report_allowed(&selection->allow, tests_only, out);

	report_denied(&selection->deny, tests_only, out);
	return errors + report_numbers(selection, tests_only, out);
}

void selection__free(struct selection *selection)
{
	name_list__free(&selection->allow);
	name_list__free(&selection->deny);
	number_set__free(&selection->tests);
	number_set__free(&selection->subtests);
	free(selection->numbers_origin);
	memset(selection, 0, sizeof(*selection));
}
