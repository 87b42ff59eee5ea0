// SPDX-License-Identifier: GPL-2.0-only
/* Turns events of an earlier part of a run back into results. Has no other effects. */
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "runner/blame/open_splats.h"
#include "runner/result/result.h"
#include "runner/resume/journal_events.h"
#include "runner/selection/selection.h"
#include "runner/text/json_field.h"

#define NSEC_PER_USEC 1000LL
#define LONGEST_US    (366LL * 24 * 3600 * 1000000) /* a year: no test runs for so long */

/* The state of reading a journal. */
struct reading {
	struct test_outcome *tests;
	int tests_cnt;
	enum journal_state *states; /* state of each test */
	bool *running;              /* whether each test is running in the current part */
	char *boot_id;              /* boot id of the current part, or NULL */
	struct open_splats *splats; /* splats with suspects; or NULL, if nobody wants them */
};

static struct outcome *outcome_of(struct test_outcome *test, struct json_object *event)
{
	struct subtest_outcome *last = test->subtests_cnt ? test->subtests[test->subtests_cnt - 1] :
							    NULL;
	const char *subtest = json_field__text(event, "subtest");
	int number;

	if (!subtest)
		return &test->outcome;
	number = json_field__number(event, "subtest_number", INT_MAX);
	if (last && last->outcome.number == number && !strcmp(last->outcome.name, subtest))
		return &last->outcome;
	last = test_outcome__add_subtest(test, subtest, number);
	test->subtests_seen = test->subtests_cnt;
	return last ? &last->outcome : NULL;
}

/* Restore only the failed assertion in the log. The whole log is only in the results folder. */
static void take_failure(struct outcome *outcome, struct json_object *event)
{
	struct failed_assertion *first = &outcome->first_failure;
	const char *file = json_field__text(event, "file") ?: "",
		   *func = json_field__text(event, "function") ?: "";
	const char *name = json_field__text(event, "name") ?: "",
		   *text = json_field__text(event, "text") ?: "";
	int line = json_field__number(event, "line", INT_MAX), n;
	char *shown;

	n = asprintf(&shown, "%s:FAIL:%s %s (%s:%d)\n", func, name, text, file, line);
	if (n < 0)
		return;
	capped_log__add(&outcome->log, shown, n);
	free(shown);
	if (first->text)
		return;
	first->file = strdup(file);
	first->func = strdup(func);
	first->line = line;
	if (asprintf(&first->text, "%s: %s", name, text) < 0)
		first->text = NULL;
}

static void take_result(struct outcome *outcome, struct json_object *event)
{
	const char *reason = json_field__text(event, "reason");

	outcome->result = result__from_word(json_field__text(event, "result") ?: "");
	outcome->failures = json_field__number(event, "failed_assertions", INT_MAX);
	outcome->end_ns = outcome->begin_ns +
			  json_field__number(event, "duration_us", LONGEST_US) * NSEC_PER_USEC;
	if (reason)
		outcome__set_detail(outcome, "%s", reason);
}

/* Reset a test to the state before it ran. */
static void forget(struct test_outcome *test)
{
	struct test_outcome fresh = {
		.entry = test->entry,
		.outcome.name = test->outcome.name,
		.outcome.number = test->outcome.number,
		.attempts = test->attempts,
	};

	test->outcome.name = NULL;
	test_outcome__free(test);
	*test = fresh;
}

static void on_begin(struct test_outcome *test, struct json_object *event,
		     enum journal_state *state)
{
	struct json_object *alone;

	test->attempts++;
	/* A suspect of a splat had a result before its rerun began. */
	if (json_object_object_get_ex(event, "again", &alone)) {
		*state = JOURNAL_AGAIN;
		return;
	}
	forget(test);
	*state = json_object_object_get_ex(event, "alone", &alone) ? JOURNAL_GUILTY :
								     JOURNAL_SUSPECT;
}

static void take_event(struct test_outcome *test, struct json_object *event,
		       enum journal_state *state)
{
	const char *what = json_field__text(event, "event") ?: "";
	struct outcome *outcome;

	if (!strcmp(what, "test_begin")) {
		on_begin(test, event, state);
		return;
	}
	if (!strcmp(what, "left_behind") && json_field__text(event, "what")) {
		test_outcome__add_left(test, json_field__text(event, "what"));
		return;
	}
	/* Skip the events of a rerun: the second test_end has its result. */
	if ((*state == JOURNAL_ENDED || *state == JOURNAL_AGAIN) && strcmp(what, "test_end"))
		return;
	if (strcmp(what, "subtest_begin") && strcmp(what, "subtest_end") &&
	    strcmp(what, "assertion_failed") && strcmp(what, "test_end"))
		return;
	outcome = outcome_of(test, event);
	if (!outcome || (outcome == &test->outcome && !strncmp(what, "subtest_", 8)))
		return;
	if (!strcmp(what, "assertion_failed")) {
		take_failure(outcome, event);
	} else if (!strcmp(what, "subtest_end")) {
		take_result(outcome, event);
		test->subtests[test->subtests_cnt - 1]->is_open = false;
	} else if (!strcmp(what, "test_end")) {
		take_result(outcome, event);
		test->left_processes = json_field__number(event, "left_processes", INT_MAX);
		*state = JOURNAL_ENDED;
	}
}

static int find_test(const struct test_outcome *tests, int tests_cnt, const char *name)
{
	int i;

	for (i = 0; name && i < tests_cnt; i++) {
		if (!strcmp(tests[i].outcome.name, name))
			return i;
	}
	return -1;
}

/* A splat has suspects only if no test was charged with it. */
static void take_splat(struct reading *reading, struct json_object *event)
{
	if (reading->splats && !json_field__text(event, "test"))
		open_splats__reopen(reading->splats, json_field__text(event, "title") ?: "",
				    reading->running, reading->tests_cnt);
}

/* A suspect has ended its rerun: drop the splats that it explains, or clear it of them. */
static void decide_suspect(struct reading *reading, int i)
{
	if (!reading->splats)
		return;
	if (reading->tests[i].outcome.result == RESULT_SPLAT)
		open_splats__explain(reading->splats, i);
	else
		open_splats__acquit(reading->splats, i);
}

/* Decide about a test that was cut short. In the same boot it is not to blame, and runs again. */
static void cut_short(struct reading *reading, int i, bool is_same_boot)
{
	enum journal_state *state = &reading->states[i];

	if (*state != JOURNAL_AGAIN && *state != JOURNAL_GUILTY)
		return;
	if (is_same_boot) {
		*state = *state == JOURNAL_AGAIN ? JOURNAL_ENDED : JOURNAL_SUSPECT;
		return;
	}
	/*
	 * The test ran alone when the kernel went down, so it is guilty, whatever its first result
	 * was.
	 */
	*state = JOURNAL_GUILTY;
	if (reading->splats)
		open_splats__explain(reading->splats, i);
}

/* @boot_id: boot id of the part that begins now, or NULL */
static void begin_part(struct reading *reading, const char *boot_id)
{
	bool is_same_boot = boot_id && reading->boot_id && !strcmp(boot_id, reading->boot_id);
	int i;

	for (i = 0; i < reading->tests_cnt; i++) {
		if (reading->running[i])
			cut_short(reading, i, is_same_boot);
		reading->running[i] = false;
	}
	free(reading->boot_id);
	reading->boot_id = boot_id ? strdup(boot_id) : NULL;
}

static void read_event(struct reading *reading, struct json_object *event)
{
	const char *what = json_field__text(event, "event") ?: "";
	int i = find_test(reading->tests, reading->tests_cnt, json_field__text(event, "test"));
	bool is_end = !strcmp(what, "test_end"), was_again;

	if (!strcmp(what, "splat"))
		take_splat(reading, event);
	if (!strcmp(what, "run_begin"))
		begin_part(reading, json_field__text(event, "boot_id"));
	if (i < 0)
		return;
	was_again = reading->states[i] == JOURNAL_AGAIN;
	take_event(&reading->tests[i], event, &reading->states[i]);
	if (is_end || !strcmp(what, "test_begin"))
		reading->running[i] = !is_end;
	if (is_end && was_again)
		decide_suspect(reading, i);
}

static void note_subtests(struct selection *selection, const struct test_outcome *test)
{
	int i;

	for (i = 0; i < test->subtests_cnt; i++) {
		const struct outcome *subtest = &test->subtests[i]->outcome;

		selection__note_subtest(selection, test->outcome.name, test->outcome.number,
					subtest->name, NULL, subtest->number);
	}
	selection__note_test_has_run(selection, test->outcome.name);
}

void journal__parse(char *text, struct test_outcome *tests, int tests_cnt,
		    enum journal_state *states, const char *boot_id, struct selection *selection,
		    struct open_splats *splats)
{
	struct reading reading = {
		.tests = tests,
		.tests_cnt = tests_cnt,
		.states = states,
		.running = calloc(tests_cnt + 1, sizeof(bool)),
		.splats = splats,
	};
	struct json_object *event;
	char *line;
	int i;

	if (!reading.running)
		return;
	while ((line = strsep(&text, "\n"))) {
		event = *line == '{' ? json_tokener_parse(line) : NULL;
		if (event)
			read_event(&reading, event);
		json_object_put(event);
	}
	begin_part(&reading, boot_id);
	free(reading.boot_id);
	free(reading.running);
	for (i = 0; i < tests_cnt; i++) {
		/* Run a test again if this program does not know the word of its result. */
		if (states[i] == JOURNAL_ENDED && tests[i].outcome.result == RESULT_NOTRUN)
			states[i] = JOURNAL_SUSPECT;
		if (states[i] == JOURNAL_SUSPECT)
			forget(&tests[i]);
		if (states[i] == JOURNAL_ENDED && selection)
			note_subtests(selection, &tests[i]);
	}
}
