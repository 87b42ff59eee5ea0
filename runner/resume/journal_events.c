// SPDX-License-Identifier: GPL-2.0-only
/* Turns events of an earlier part of a run back into results. Has no other effects. */
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "runner/blame/open_splats.h"
#include "runner/result/result.h"
#include "runner/resume/journal_events.h"
#include "runner/resume/outcome_events.h"
#include "runner/selection/selection.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_field.h"

#define NOT_RUNNING  (-1)
#define MACHINES_MAX 1000000

/* The state of reading a journal. */
struct reading {
	struct test_outcome *tests;
	int tests_cnt;
	enum journal_state *states; /* state of each test */
	int *running; /* machine on which each test is running in the current part, or NOT_RUNNING */
	char *boot_id;              /* boot id of the current part, or NULL */
	struct open_splats *splats; /* splats with suspects; or NULL, if nobody wants them */
};

static int machine_of(struct json_object *event)
{
	return json_field__number(event, "machine", MACHINES_MAX);
}

/* A test of another machine is no suspect: that machine reports why it went down by itself. */
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
	outcome_events__forget(test);
	if (machine_of(event))
		*state = JOURNAL_ELSEWHERE;
	else
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
	outcome = outcome_events__where(test, event);
	if (!outcome || (outcome == &test->outcome && !strncmp(what, "subtest_", 8)))
		return;
	if (!strcmp(what, "assertion_failed")) {
		outcome_events__take_failure(outcome, event);
	} else if (!strcmp(what, "subtest_end")) {
		outcome_events__take_result(test, outcome, event);
		test->subtests[test->subtests_cnt - 1]->is_open = false;
	} else if (!strcmp(what, "test_end")) {
		outcome_events__take_result(test, outcome, event);
		test->left_processes = json_field__number(event, "left_processes", INT_MAX);
		test->waits_for_rerun = json_object_object_get_ex(event, "suspected", NULL);
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

/*
 * A splat has suspects only if no test was charged with it: the tests that were running on its
 * machine.
 */
static void take_splat(struct reading *reading, struct json_object *event)
{
	autofree bool *suspects = calloc(reading->tests_cnt + 1, sizeof(*suspects));
	int i;

	if (!suspects || !reading->splats || json_field__text(event, "test"))
		return;
	for (i = 0; i < reading->tests_cnt; i++)
		suspects[i] = reading->running[i] == machine_of(event);
	open_splats__reopen(reading->splats, json_field__text(event, "title") ?: "", suspects,
			    reading->tests_cnt);
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
	/* On another machine, only a rerun is in one of these states. Its first result stays. */
	if (is_same_boot || reading->running[i]) {
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
		if (reading->running[i] != NOT_RUNNING)
			cut_short(reading, i, is_same_boot);
		reading->running[i] = NOT_RUNNING;
	}
	free(reading->boot_id);
	reading->boot_id = boot_id ? strdup(boot_id) : NULL;
}

/* The first results of the suspects that were being rerun on a machine stay. */
static void end_reruns_on(struct reading *reading, int machine)
{
	int i;

	for (i = 0; i < reading->tests_cnt; i++) {
		if (reading->states[i] != JOURNAL_AGAIN || reading->running[i] != machine)
			continue;
		reading->states[i] = JOURNAL_ENDED;
		reading->running[i] = NOT_RUNNING;
	}
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
	if (!strcmp(what, "machine_gone"))
		end_reruns_on(reading, machine_of(event));
	if (i < 0)
		return;
	was_again = reading->states[i] == JOURNAL_AGAIN;
	take_event(&reading->tests[i], event, &reading->states[i]);
	if (!strcmp(what, "test_begin"))
		reading->running[i] = machine_of(event);
	if (is_end || !strcmp(what, "test_dropped"))
		reading->running[i] = NOT_RUNNING;
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
		.running = calloc(tests_cnt + 1, sizeof(int)),
		.splats = splats,
	};
	struct json_object *event;
	char *line;
	int i;

	if (!reading.running)
		return;
	for (i = 0; i < tests_cnt; i++)
		reading.running[i] = NOT_RUNNING;
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
		/* An interrupted test runs again, and is no suspect. */
		if (states[i] == JOURNAL_ENDED && tests[i].outcome.result == RESULT_INTERRUPTED)
			states[i] = JOURNAL_ELSEWHERE;
		/* Run a test again if this program does not know the word of its result. */
		if (states[i] == JOURNAL_ENDED && tests[i].outcome.result == RESULT_NOTRUN)
			states[i] = JOURNAL_SUSPECT;
		if (states[i] == JOURNAL_SUSPECT || states[i] == JOURNAL_ELSEWHERE)
			outcome_events__forget(&tests[i]);
		if (states[i] != JOURNAL_ENDED)
			tests[i].waits_for_rerun = false;
		if (states[i] == JOURNAL_ENDED && selection)
			note_subtests(selection, &tests[i]);
	}
}
