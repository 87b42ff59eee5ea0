// SPDX-License-Identifier: GPL-2.0-only
/* Names results, and derives the result of a test from its subtests. Has no side effects. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/result/result.h"
#include "runner/text/glob.h"
#include "test_progs.h"

extern const struct test_tolerates __start_test_tolerates[] __attribute__((weak));
extern const struct test_tolerates __stop_test_tolerates[] __attribute__((weak));

static const struct {
	const char *word;
	bool is_failure;
} results[] = {
	/* clang-format off */
	[RESULT_NOTRUN]	 = { "NOTRUN",	false },
	[RESULT_PASS]	 = { "PASS",	false },
	[RESULT_SKIP]	 = { "SKIP",	false },
	[RESULT_FAIL]	 = { "FAIL",	true },
	[RESULT_TIMEOUT] = { "TIMEOUT",	true },
	[RESULT_CRASH]	 = { "CRASH",	true },
	[RESULT_LOST]	 = { "LOST",	true },
	[RESULT_UNREACHED] = { "UNREACHED", true },
	[RESULT_SPLAT]	 = { "SPLAT",	true },
	[RESULT_PANIC]	 = { "PANIC",	true },
	[RESULT_INTERRUPTED] = { "INTERRUPTED", false },
	/* clang-format on */
};

const char *result__word(enum result result)
{
	return results[result].word;
}

enum result result__from_word(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (!strcmp(results[i].word, word))
			return i;
	}
	return RESULT_NOTRUN;
}

bool result__is_known(const char *word)
{
	return word && result__from_word(word) != RESULT_NOTRUN;
}

bool result__is_failure(enum result result)
{
	return results[result].is_failure;
}

struct subtest_outcome *test_outcome__add_subtest(struct test_outcome *test, const char *name,
						  int number)
{
	struct subtest_outcome *subtest, **grown;

	if (test->subtests_cnt == test->subtests_room) {
		int room = test->subtests_room ? 2 * test->subtests_room : 16;

		grown = reallocarray(test->subtests, room, sizeof(*grown));
		if (!grown)
			return NULL;
		test->subtests = grown;
		test->subtests_room = room;
	}
	subtest = calloc(1, sizeof(*subtest));
	if (!subtest)
		return NULL;
	subtest->outcome.name = strdup(name);
	if (!subtest->outcome.name) {
		free(subtest);
		return NULL;
	}
	subtest->outcome.number = number;
	subtest->is_open = true;
	test->subtests[test->subtests_cnt++] = subtest;
	return subtest;
}

struct subtest_outcome *test_outcome__open_subtest(struct test_outcome *test)
{
	struct subtest_outcome *last;

	last = test->subtests_cnt ? test->subtests[test->subtests_cnt - 1] : NULL;
	return last && last->is_open ? last : NULL;
}

void outcome__set_detail(struct outcome *outcome, const char *fmt, ...)
{
	char *detail;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vasprintf(&detail, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	free(outcome->detail);
	outcome->detail = detail;
}

/* Return: whether a line is more than an assertion that held, and so may be the reason of a skip. */
static bool is_a_reason(const char *line)
{
	return *line && !strstr(line, ":PASS:");
}

/* Tests of a kernel tree print a reason before they skip: let the last line of the log be it. */
static void take_reason_from_log(struct outcome *outcome)
{
	size_t len_bytes;
	char *text = capped_log__text(&outcome->log, &len_bytes);
	char *reason = NULL, *line, *rest;

	for (rest = text; (line = strsep(&rest, "\n"));)
		if (is_a_reason(line))
			reason = line;
	if (reason)
		outcome__set_detail(outcome, "%s", reason);
	free(text);
}

void outcome__finish(struct outcome *outcome)
{
	bool is_interrupted = outcome->result == RESULT_INTERRUPTED;

	if (outcome->result != RESULT_NOTRUN &&
	    !(is_interrupted && (outcome->splat || outcome->failures)))
		return;
	if (is_interrupted) {
		free(outcome->detail);
		outcome->detail = NULL;
	}
	if (outcome->splat) {
		outcome->result = RESULT_SPLAT;
		outcome__set_detail(outcome, "splat: %s", outcome->splat);
	} else if (outcome->failures) {
		outcome->result = RESULT_FAIL;
		/* Drop the reason of a skip, because it does not explain the failure. */
		if (outcome->skipped) {
			free(outcome->detail);
			outcome->detail = NULL;
		}
	} else {
		outcome->result = outcome->skipped ? RESULT_SKIP : RESULT_PASS;
		if (outcome->skipped && !outcome->detail)
			take_reason_from_log(outcome);
	}
}

int test_outcome__skipped_subtests(const struct test_outcome *test)
{
	int i, skipped = 0;

	for (i = 0; i < test->subtests_cnt; i++)
		skipped += test->subtests[i]->outcome.result == RESULT_SKIP;
	return skipped;
}

void test_outcome__finish(struct test_outcome *test)
{
	struct outcome *own = &test->outcome;
	int i, failed = 0, skipped;

	for (i = 0; i < test->subtests_cnt; i++) {
		struct subtest_outcome *subtest = test->subtests[i];

		if (subtest->is_open) {
			subtest->is_open = false;
			subtest->outcome.end_ns = own->end_ns;
		}
		outcome__finish(&subtest->outcome);
		failed += result__is_failure(subtest->outcome.result);
	}
	if (own->result == RESULT_INTERRUPTED && !failed && !own->failures && !own->splat)
		return;
	if (own->result != RESULT_NOTRUN && own->result != RESULT_INTERRUPTED)
		return;
	own->failures += failed;
	skipped = test_outcome__skipped_subtests(test);
	if (!own->failures && !own->skipped && test->subtests_seen &&
	    skipped == test->subtests_cnt) {
		own->skipped = true;
		test->skip_is_derived = true;
		if (!test->subtests_cnt)
			outcome__set_detail(own, "no subtest is selected");
		else if (skipped == 1 && test->subtests[0]->outcome.detail)
			outcome__set_detail(own, "%s", test->subtests[0]->outcome.detail);
		else
			outcome__set_detail(own, "all %d subtests", skipped);
	}
	outcome__finish(own);
	own->failures -= failed;
}

/* Return: as test_outcome__explain(); NULL if no subtest has failed. */
static char *explain_by_subtests(const struct test_outcome *test)
{
	const struct outcome *first = NULL;
	int i, more = 0, n;
	char *text, *why;

	for (i = 0; i < test->subtests_cnt; i++) {
		if (!result__is_failure(test->subtests[i]->outcome.result))
			continue;
		more += first != NULL;
		first = first ?: &test->subtests[i]->outcome;
	}
	why = first ? test_outcome__explain(test, first) : NULL;
	if (!why)
		return NULL;
	if (more)
		n = asprintf(&text, "subtest %s: %s; %d more failed", first->name, why, more);
	else
		n = asprintf(&text, "subtest %s: %s", first->name, why);
	free(why);
	return n < 0 ? NULL : text;
}

static bool has_text(const char *text)
{
	return text && *text;
}

char *test_outcome__explain(const struct test_outcome *test, const struct outcome *outcome)
{
	char *text = NULL;

	if (!result__is_failure(outcome->result) && outcome->result != RESULT_SKIP)
		return NULL;
	if (has_text(outcome->detail))
		return strdup(outcome->detail);
	if (outcome->result == RESULT_SKIP)
		return strdup("reason not given");
	if (has_text(outcome->first_failure.text))
		return strdup(outcome->first_failure.text);
	if (outcome == &test->outcome)
		text = explain_by_subtests(test);
	return text ?: strdup("it failed, and the reason is not known");
}

bool test_outcome__ended_in_subtest(const struct test_outcome *test)
{
	const struct outcome *last =
		test->subtests_cnt ? &test->subtests[test->subtests_cnt - 1]->outcome : NULL;

	return last && has_text(test->outcome.detail) && has_text(last->detail) &&
	       last->result == test->outcome.result && !strcmp(last->detail, test->outcome.detail);
}

void test_outcome__add_left(struct test_outcome *test, const char *what)
{
	char **grown = reallocarray(test->left_behind, test->left_cnt + 1, sizeof(*grown));

	if (!grown)
		return;
	test->left_behind = grown;
	grown[test->left_cnt] = strdup(what);
	if (grown[test->left_cnt])
		test->left_cnt++;
}

const char *test_outcome__tolerates(const struct test_outcome *test, const char *what)
{
	const struct test_tolerates *declared;

	for (declared = __start_test_tolerates; declared < __stop_test_tolerates; declared++) {
		if (!strcmp(declared->test, test->outcome.name) &&
		    glob__match(what, declared->finding))
			return declared->reason;
	}
	return NULL;
}

void test_outcome__fail_for_left(struct test_outcome *test)
{
	struct outcome *outcome = &test->outcome;
	const char *first = NULL;
	int i, cnt = 0;

	for (i = 0; i < test->left_cnt; i++) {
		if (test_outcome__tolerates(test, test->left_behind[i]))
			continue;
		first = first ?: test->left_behind[i];
		cnt++;
	}
	if (!cnt || (result__is_failure(outcome->result) && outcome->detail))
		return;
	if (!result__is_failure(outcome->result))
		outcome->failures++;
	outcome->result = RESULT_FAIL;
	if (cnt == 1)
		outcome__set_detail(outcome, "left behind: %s", first);
	else
		outcome__set_detail(outcome, "left behind: %s and %d more", first, cnt - 1);
}

static void free_outcome(struct outcome *outcome)
{
	int i;

	free(outcome->name);
	free(outcome->detail);
	free(outcome->splat);
	free(outcome->first_failure.file);
	free(outcome->first_failure.func);
	free(outcome->first_failure.text);
	for (i = 0; i < outcome->captures_cnt; i++)
		free(outcome->captures[i].file);
	free(outcome->captures);
	capped_log__free(&outcome->log);
}

void test_outcome__free(struct test_outcome *test)
{
	int i;

	for (i = 0; i < test->subtests_cnt; i++) {
		free_outcome(&test->subtests[i]->outcome);
		free(test->subtests[i]);
	}
	free(test->subtests);
	for (i = 0; i < test->left_cnt; i++)
		free(test->left_behind[i]);
	free(test->left_behind);
	free_outcome(&test->outcome);
}
