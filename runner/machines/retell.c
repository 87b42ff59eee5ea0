// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts the events of a peer into the outcomes of its tests, and passes them on. Anything may come
 * from a peer that has lost its mind: an event that does not fit is refused.
 *
 * An outcome of a peer keeps the begin 0, as one from an earlier part of the run: with times of
 * this machine the audit would suspect the test of what was made here.
 */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "runner/coverage/feature_events.h"
#include "runner/machines/retell.h"
#include "runner/resume/outcome_events.h"
#include "runner/system/clock.h"
#include "runner/text/json_field.h"

#define LONGEST_RUN_US (366LL * 24 * 3600 * 1000000)

/* An event, and what it is about. */
struct retold {
	struct retelling *from;
	struct json_object *object;
	int index; /* the test, or -1 */
	struct test_outcome *test;
	struct outcome *where;
};

static bool has(struct json_object *object, const char *key)
{
	return json_object_object_get_ex(object, key, NULL);
}

static void tell(const struct retold *retold, struct event event)
{
	event.machine = retold->from->machine;
	event.test = retold->test;
	event.where = retold->where;
	event_sink__tell(retold->from->sink, &event);
}

static struct schedule_entry *entry_of(const struct retold *retold)
{
	return &retold->from->schedule->entries[retold->index];
}

/* As rerun__begin(): put the first result aside. */
static void begin_rerun(const struct retold *retold)
{
	struct retelling *from = retold->from;

	from->rerun = retold->index;
	from->first = *retold->test;
	*retold->test = (struct test_outcome){
		.entry = from->first.entry,
		.outcome.name = strdup(from->first.outcome.name),
		.outcome.number = from->first.outcome.number,
		.attempts = from->first.attempts,
	};
}

static int on_test_begin(const struct retold *retold)
{
	struct retelling *from = retold->from;
	bool is_rerun = has(retold->object, "again");

	if (from->begun[retold->index] || is_rerun != (entry_of(retold)->state == SCHEDULE_ENDED) ||
	    (is_rerun && from->rerun >= 0))
		return -EBADMSG;
	if (is_rerun)
		begin_rerun(retold);
	from->begun[retold->index] = true;
	retold->test->attempts++;
	tell(retold, (struct event){
			     .kind = EVENT_TEST_BEGIN,
			     .begin = { .pid = json_field__number(retold->object, "pid", INT_MAX),
					.is_rerun = is_rerun,
					.is_alone = has(retold->object, "alone") },
		     });
	return 0;
}

static int on_subtest_met(const struct retold *retold)
{
	const struct retelling *from = retold->from;
	const struct outcome *test = &retold->test->outcome;
	const char *name = json_field__text(retold->object, "name") ?: "";
	const char *description = json_field__text(retold->object, "description") ?: "";
	int number = json_field__number(retold->object, "met", INT_MAX);

	selection__note_subtest(from->selection, test->name, test->number, name, description,
				number);
	if (from->captured)
		selection__note_subtest(from->captured, test->name, 0, name, description, number);
	return 0;
}

static int on_subtest_begin(const struct retold *retold)
{
	if (retold->where == &retold->test->outcome)
		return -EBADMSG;
	tell(retold, (struct event){ .kind = EVENT_SUBTEST_BEGIN });
	return 0;
}

static int on_output(const struct retold *retold)
{
	struct json_object *text;

	if (!json_object_object_get_ex(retold->object, "text", &text))
		return -EBADMSG;
	tell(retold,
	     (struct event){
		     .kind = EVENT_OUTPUT,
		     .output = { json_object_get_string(text), json_object_get_string_len(text) },
	     });
	return 0;
}

static int on_assertion_failed(const struct retold *retold)
{
	struct json_object *object = retold->object;
	const struct record record = {
		.header.line = json_field__number(object, "line", INT_MAX),
		.header.pid = json_field__number(object, "pid", INT_MAX),
		.texts = { json_field__text(object, "file") ?: "",
			   json_field__text(object, "function") ?: "",
			   json_field__text(object, "name") ?: "",
			   json_field__text(object, "text") ?: "" },
	};

	outcome_events__take_failure(retold->where, object);
	tell(retold, (struct event){ .kind = EVENT_ASSERTION_FAILED, .failure = &record });
	return 0;
}

static int on_features(const struct retold *retold)
{
	struct feature_set features = {};

	if (feature_events__take(&features, retold->object))
		return -EBADMSG;
	tell(retold, (struct event){ .kind = EVENT_FEATURES, .features = &features });
	return 0;
}

/* Only for this event, the begin is the time that the listeners count from. */
static int on_slow(const struct retold *retold)
{
	int64_t running_us = json_field__number(retold->object, "running_us", LONGEST_RUN_US);

	retold->where->begin_ns = clock__now_ns() - running_us * NS_PER_US;
	tell(retold, (struct event){ .kind = EVENT_SLOW });
	retold->where->begin_ns = 0;
	return 0;
}

/* The log comes with the result, and only if it will be shown. */
static void take_log(struct outcome *outcome, struct json_object *object)
{
	struct json_object *log;

	capped_log__free(&outcome->log);
	if (json_object_object_get_ex(object, "log", &log))
		capped_log__set(&outcome->log, json_object_get_string(log),
				json_object_get_string_len(log));
}

static void take_end(const struct retold *retold)
{
	outcome_events__take_result(retold->test, retold->where, retold->object);
	retold->where->force_log |= has(retold->object, "force_log");
	retold->where->skipped |= has(retold->object, "skipped");
	take_log(retold->where, retold->object);
}

static int on_subtest_end(const struct retold *retold)
{
	if (retold->where == &retold->test->outcome)
		return -EBADMSG;
	take_end(retold);
	retold->test->subtests[retold->test->subtests_cnt - 1]->is_open = false;
	tell(retold, (struct event){ .kind = EVENT_SUBTEST_END });
	return 0;
}

/* Let the test have its first result again, as rerun__end(), and what its rerun has left behind. */
static void return_to_first(struct retelling *from)
{
	struct test_outcome *test = &from->tests->all[from->rerun], again = *test;
	int i;

	*test = from->first;
	test->attempts = again.attempts;
	for (i = 0; i < again.left_cnt; i++)
		test_outcome__add_left(test, again.left_behind[i]);
	test_outcome__free(&again);
	from->rerun = -1;
}

/* Return: false if no rerun of this test has begun. */
static bool ends_rerun(const struct retold *retold)
{
	return retold->from->rerun >= 0 && retold->from->rerun == retold->index;
}

/* A peer has no history. As in unit_result.c, a subtest that was not reached fails the test. */
static void add_unreached(const struct retold *retold)
{
	struct test_outcome *test = retold->test;
	int cnt = test->subtests_cnt;

	if (!retold->from->history || entry_of(retold)->state != SCHEDULE_RUNNING)
		return;
	run_history__add_unreached(retold->from->history, test, retold->from->sink);
	if (test->subtests_cnt > cnt && test->outcome.result == RESULT_PASS)
		test->outcome.result = RESULT_FAIL;
}

static int on_test_end(const struct retold *retold)
{
	struct retelling *from = retold->from;
	struct test_outcome *test = retold->test;

	if (retold->where != &test->outcome ||
	    !result__is_known(json_field__text(retold->object, "result")))
		return -EBADMSG;
	if (ends_rerun(retold) && has(retold->object, "first")) {
		return_to_first(from);
	} else if (ends_rerun(retold)) {
		test_outcome__free(&from->first);
		from->rerun = -1;
		open_splats__explain(&from->open, retold->index);
	}
	take_end(retold);
	test->left_processes = json_field__number(retold->object, "left_processes", INT_MAX);
	test->subtests_seen = json_field__number(retold->object, "subtests_seen", INT_MAX);
	test->is_whole = has(retold->object, "whole");
	test->skip_is_derived = has(retold->object, "skip_is_derived");
	add_unreached(retold);
	if (from->begun[retold->index] && has(retold->object, "has_run"))
		selection__note_test_has_run(from->selection, test->outcome.name);
	from->begun[retold->index] = false;
	if (entry_of(retold)->state == SCHEDULE_RUNNING)
		schedule__end(from->schedule, retold->index);
	tell(retold,
	     (struct event){ .kind = EVENT_TEST_END, .end = { has(retold->object, "suspected") } });
	return 0;
}

static int on_rerun_cleared(const struct retold *retold)
{
	struct retelling *from = retold->from;

	if (!ends_rerun(retold))
		return -EBADMSG;
	return_to_first(from);
	from->begun[retold->index] = false;
	open_splats__acquit(&from->open, retold->index);
	tell(retold, (struct event){
			     .kind = EVENT_RERUN_CLEARED,
			     .cleared = { has(retold->object, "incomplete") },
		     });
	return 0;
}

static int on_splat(const struct retold *retold)
{
	struct json_object *object = retold->object, *expected;
	const char *title = json_field__text(object, "title") ?: "";
	struct splat *splat = splat__new(title, title);

	if (!splat)
		return 0;
	splat->has_task = has(object, "pid");
	splat->pid = json_field__number(object, "pid", INT_MAX);
	snprintf(splat->comm, sizeof(splat->comm), "%s", json_field__text(object, "comm") ?: "");
	json_object_object_get_ex(object, "expected", &expected);
	tell(retold, (struct event){
			     .kind = EVENT_SPLAT,
			     .splat = { splat, json_object_get_boolean(expected) },
		     });
	splat__free(splat);
	if (!retold->test)
		open_splats__reopen(&retold->from->open, title, retold->from->begun,
				    retold->from->tests->cnt);
	return 0;
}

static int on_left_behind(const struct retold *retold)
{
	const char *what = json_field__text(retold->object, "what") ?: "";
	struct json_object *removed;

	json_object_object_get_ex(retold->object, "removed", &removed);
	if (retold->test)
		test_outcome__add_left(retold->test, what);
	else
		undecided__keep(retold->from->undecided, what);
	tell(retold, (struct event){
			     .kind = EVENT_LEFT_BEHIND,
			     .left = { what, json_object_get_boolean(removed) },
		     });
	return 0;
}

static const struct {
	const char *name;
	int (*take)(const struct retold *retold);
	bool has_no_test;  /* the event may be about no test */
	bool needs_no_run; /* the event may come while the test does not run */
} kinds[] = {
	{ "test_begin", on_test_begin, false, true },
	{ "subtest_met", on_subtest_met, false, false },
	{ "subtest_begin", on_subtest_begin, false, false },
	{ "output", on_output, false, false },
	{ "assertion_failed", on_assertion_failed, false, false },
	{ "features", on_features, false, false },
	{ "slow", on_slow, false, false },
	{ "subtest_end", on_subtest_end, false, false },
	{ "test_end", on_test_end, false, true },
	{ "rerun_cleared", on_rerun_cleared, false, false },
	{ "splat", on_splat, true, true },
	{ "left_behind", on_left_behind, true, true },
};

static int find_test(const struct tests *tests, const char *name)
{
	int i;

	for (i = 0; i < tests->cnt; i++) {
		if (!strcmp(tests->all[i].outcome.name, name))
			return i;
	}
	return -1;
}

/* Find the test of an event: one that this peer runs, or has run. Return: 0 or -EBADMSG. */
static int find_subject(struct retold *retold)
{
	const char *name = json_field__text(retold->object, "test");

	if (!name)
		return 0;
	retold->index = find_test(retold->from->tests, name);
	if (retold->index < 0 || entry_of(retold)->machine != retold->from->machine ||
	    entry_of(retold)->state == SCHEDULE_WAITING)
		return -EBADMSG;
	retold->test = &retold->from->tests->all[retold->index];
	return 0;
}

static int find_where(struct retold *retold)
{
	const char *subtest = json_field__text(retold->object, "subtest");

	if (subtest && !retold->from->begun[retold->index])
		return -EBADMSG;
	retold->where = outcome_events__where(retold->test, retold->object);
	return retold->where ? 0 : -ENOMEM;
}

int retell__event(struct retelling *retelling, struct json_object *event)
{
	struct retold retold = { .from = retelling, .object = event, .index = -1 };
	const char *name = json_field__text(event, "event") ?: "";
	size_t i = 0;
	int err;

	while (i < sizeof(kinds) / sizeof(kinds[0]) && strcmp(kinds[i].name, name))
		i++;
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return -EBADMSG;
	err = find_subject(&retold);
	if (err)
		return err;
	retelling->last = retold.index;
	if (!retold.test)
		return kinds[i].has_no_test ? kinds[i].take(&retold) : -EBADMSG;
	if (!kinds[i].needs_no_run && !retelling->begun[retold.index])
		return -EBADMSG;
	return find_where(&retold) ?: kinds[i].take(&retold);
}

int retelling__begin(struct retelling *retelling)
{
	retelling->begun = calloc(retelling->tests->cnt + 1, sizeof(*retelling->begun));
	retelling->rerun = -1;
	retelling->last = -1;
	return retelling->begun ? 0 : -ENOMEM;
}

void retell__end_rerun(struct retelling *retelling)
{
	if (retelling->rerun < 0)
		return;
	retelling->begun[retelling->rerun] = false;
	return_to_first(retelling);
}

void retelling__end(struct retelling *retelling)
{
	retell__end_rerun(retelling);
	open_splats__free(&retelling->open);
	free(retelling->begun);
	retelling->begun = NULL;
}
