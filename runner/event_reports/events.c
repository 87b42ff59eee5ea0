// SPDX-License-Identifier: GPL-2.0-only
/* Puts events into a run. Needs nothing but the events: the tests need not be in this program. */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runner/coverage/feature_events.h"
#include "runner/event_reports/events.h"
#include "runner/event_reports/grow.h"
#include "runner/resume/outcome_events.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_field.h"

#define MACHINES_MAX 1000000
#define LONGEST_US   (366LL * 24 * 3600 * 1000000)
#define US_PER_S     1000000LL

static bool has(struct json_object *object, const char *key)
{
	return json_object_object_get_ex(object, key, NULL);
}

static int machine_of(struct json_object *event)
{
	return json_field__number(event, "machine", MACHINES_MAX);
}

/* Return: the span of a test that has begun and not ended, or NULL. */
static struct report_span *open_span(struct report_test *test)
{
	struct report_span *last = test->spans_cnt ? &test->spans[test->spans_cnt - 1] : NULL;

	return last && !last->end_us ? last : NULL;
}

/* End a rerun without a result of its own: the first result stays. */
static void return_to_first(struct report_test *test)
{
	struct test_outcome again = test->outcome;
	int i;

	if (!test->has_first)
		return;
	test->outcome = test->first;
	test->outcome.attempts = again.attempts;
	for (i = 0; i < again.left_cnt; i++)
		test_outcome__add_left(&test->outcome, again.left_behind[i]);
	test_outcome__free(&again);
	test->has_first = false;
}

static void cut_short(const struct event_reading *reading, struct report_test *test)
{
	struct report_span *span = open_span(test);

	if (!span)
		return;
	span->end_us = reading->now_us;
	span->is_cut_short = true;
	return_to_first(test);
}

/* @machine: the machine of the tests; -1: all machines */
static void cut_all_short(struct event_reading *reading, int machine)
{
	int i;

	for (i = 0; i < reading->run->tests_cnt; i++) {
		struct report_test *test = &reading->run->tests[i];
		struct report_span *span = open_span(test);

		if (span && (machine < 0 || span->machine == machine))
			cut_short(reading, test);
	}
}

static void end_part(struct event_reading *reading)
{
	struct report_run *run = reading->run;

	if (run->parts_cnt)
		run->parts[run->parts_cnt - 1].end_us = reading->now_us;
	cut_all_short(reading, -1);
}

/* Return: microseconds since 1970 of a time such as "2026-11-15T10:00:00Z", or 0. */
static int64_t parse_time(const char *text)
{
	struct tm utc = {};

	return text && strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc) ? timegm(&utc) * US_PER_S : 0;
}

/* The flavour is in the name of the program. Streams of older programs have only the command. */
static char *flavour_of(struct json_object *info)
{
	const char *name = json_field__text(info, "program"), *command, *slash;
	autofree char *word = NULL;

	command = json_field__text(info, "command") ?: "test_progs";
	if (!name) {
		word = strndup(command, strcspn(command, " "));
		slash = word ? strrchr(word, '/') : NULL;
		name = slash ? slash + 1 : word ?: "test_progs";
	}
	if (!strncmp(name, "test_progs-", 11))
		return strdup(name + 11);
	return strdup(strcmp(name, "test_progs") ? name : "base");
}

/* The header is that of the first part: after a restart it says the same. */
static bool take_header(struct report_run *run, struct json_object *event)
{
	struct json_object *info = NULL;

	if (run->info)
		return true;
	if (!json_object_object_get_ex(event, "run", &info) ||
	    !json_object_is_type(info, json_type_object))
		return false;
	run->info = json_object_get(info);
	run->started = strdup(json_field__text(event, "started") ?: "");
	run->release = strdup(json_field__text(info, "release") ?: "unknown kernel");
	run->flavour = flavour_of(info);
	run->shard = json_field__number(info, "shard", INT_MAX);
	run->shards = json_field__number(info, "shards", INT_MAX);
	run->jobs = json_field__number(event, "jobs", INT_MAX);
	run->pid = json_field__number(event, "pid", INT_MAX);
	run->tests_selected = json_field__number(event, "tests", INT_MAX);
	return run->started && run->release && run->flavour;
}

static enum event_meaning run_begin(struct event_reading *reading, struct json_object *event,
				    struct report_test *test)
{
	const char *boot_id = json_field__text(event, "boot_id");
	int64_t time_us = json_field__number(event, "time_us", LONGEST_US);
	int64_t started_us = json_field__number(event, "started_us", INT64_MAX);
	struct report_part *part;

	reading->version = json_field__number(event, "version", INT_MAX);
	if (reading->version > EVENTS_VERSION)
		return EVENT_IS_TOO_NEW;
	if (!take_header(reading->run, event))
		return EVENT_IS_BROKEN;
	end_part(reading);
	started_us = started_us ?: parse_time(json_field__text(event, "started"));
	reading->now_us = started_us;
	reading->base_us = started_us - time_us;
	part = GROW(reading->run->parts, reading->run->parts_cnt);
	if (!part)
		return EVENT_IS_BROKEN;
	part->begin_us = part->end_us = started_us;
	part->uptime_us = json_field__number(event, "uptime_us", LONGEST_US);
	part->boot_id = boot_id ? strdup(boot_id) : NULL;
	return EVENT_IS_TAKEN;
}

/* The splats and leftovers whose tests were found later are no longer open. */
static void drop_loose(struct report_run *run, const char *beginning)
{
	int i, kept = 0;

	for (i = 0; i < run->loose_cnt; i++) {
		if (strncmp(run->loose[i], beginning, strlen(beginning)))
			run->loose[kept++] = run->loose[i];
		else
			free(run->loose[i]);
	}
	run->loose_cnt = kept;
}

#define LOOSE_SPLAT "splat: "
#define LOOSE_LEFT  "left behind: "

static enum event_meaning run_end(struct event_reading *reading, struct json_object *event,
				  struct report_test *test)
{
	struct report_run *run = reading->run;

	run->is_complete = true;
	run->exit_status = json_field__number(event, "exit_status", INT_MAX);
	run->not_run = json_field__number(event, "not_run", INT_MAX);
	if (!json_field__number(event, "splats_not_charged", INT_MAX))
		drop_loose(run, LOOSE_SPLAT);
	if (!json_field__number(event, "left_not_charged", INT_MAX))
		drop_loose(run, LOOSE_LEFT);
	return EVENT_IS_TAKEN;
}

static void forget(struct report_test *test)
{
	int i;

	return_to_first(test);
	outcome_events__forget(&test->outcome);
	test->has_ended = false;
	for (i = 0; i < test->splats_cnt; i++)
		free(test->splats[i]);
	free(test->splats);
	test->splats = NULL;
	test->splats_cnt = 0;
	test->uses_cnt = 0;
}

/* Put the first result aside: only the end of the rerun tells which of the two stays. */
static void begin_rerun(struct report_test *test)
{
	return_to_first(test);
	test->first = test->outcome;
	test->has_first = true;
	test->outcome = (struct test_outcome){
		.outcome.name = strdup(test->first.outcome.name),
		.outcome.number = test->first.outcome.number,
		.attempts = test->first.attempts,
	};
}

static void take_locks(struct report_test *test, struct json_object *event)
{
	struct json_object *locks, *exclusive;
	size_t i;

	report_test__forget_locks(test);
	if (!json_object_object_get_ex(event, "locks", &locks) ||
	    !json_object_is_type(locks, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(locks); i++) {
		struct json_object *lock = json_object_array_get_idx(locks, i);
		const char *name = json_field__text(lock, "name");

		exclusive = NULL;
		json_object_object_get_ex(lock, "exclusive", &exclusive);
		if (name)
			report_test__add_lock(test, name, json_object_get_boolean(exclusive));
	}
}

static enum event_meaning test_begin(struct event_reading *reading, struct json_object *event,
				     struct report_test *test)
{
	bool is_rerun = has(event, "again") && test->has_ended;
	struct report_span *span;

	cut_short(reading, test);
	span = report_test__add_span(test);
	if (!span)
		return EVENT_IS_BROKEN;
	span->begin_us = reading->now_us;
	span->machine = machine_of(event);
	take_locks(test, event);
	span->is_rerun = is_rerun;
	if (is_rerun)
		begin_rerun(test);
	else
		forget(test);
	test->outcome.attempts++;
	test->outcome.outcome.begin_ns = reading->now_us * NS_PER_US;
	return EVENT_IS_TAKEN;
}

static void take_log(struct outcome *outcome, struct json_object *event)
{
	struct json_object *log;

	if (!json_object_object_get_ex(event, "log", &log))
		return;
	capped_log__free(&outcome->log);
	capped_log__set(&outcome->log, json_object_get_string(log),
			json_object_get_string_len(log));
}

static enum event_meaning subtest_begin(struct event_reading *reading, struct json_object *event,
					struct report_test *test)
{
	struct outcome *outcome = outcome_events__where(&test->outcome, event);

	if (!outcome || outcome == &test->outcome.outcome)
		return EVENT_IS_BROKEN;
	outcome->begin_ns = reading->now_us * NS_PER_US;
	return EVENT_IS_TAKEN;
}

static enum event_meaning assertion_failed(struct event_reading *reading, struct json_object *event,
					   struct report_test *test)
{
	struct outcome *outcome = outcome_events__where(&test->outcome, event);

	if (!outcome)
		return EVENT_IS_BROKEN;
	outcome_events__take_failure(outcome, event);
	return EVENT_IS_TAKEN;
}

static enum event_meaning subtest_end(struct event_reading *reading, struct json_object *event,
				      struct report_test *test)
{
	struct outcome *outcome = outcome_events__where(&test->outcome, event);

	if (!outcome || outcome == &test->outcome.outcome ||
	    !result__is_known(json_field__text(event, "result")))
		return EVENT_IS_BROKEN;
	outcome_events__take_result(&test->outcome, outcome, event);
	take_log(outcome, event);
	return EVENT_IS_TAKEN;
}

/* A rerun that did not convict the test is followed by the end of the first run again. */
static bool is_end_of_first(const struct report_test *test, struct json_object *event)
{
	const struct outcome *first = &test->first.outcome;

	return test->has_first && json_field__number(event, "duration_us", LONGEST_US) ==
					  (int64_t)((first->end_ns - first->begin_ns) / NS_PER_US);
}

static enum event_meaning test_end(struct event_reading *reading, struct json_object *event,
				   struct report_test *test)
{
	struct report_span *span = open_span(test);

	if (!result__is_known(json_field__text(event, "result")))
		return EVENT_IS_BROKEN;
	if (is_end_of_first(test, event)) {
		return_to_first(test);
	} else if (test->has_first) {
		test_outcome__free(&test->first);
		test->has_first = false;
	}
	outcome_events__take_result(&test->outcome, &test->outcome.outcome, event);
	take_log(&test->outcome.outcome, event);
	test->outcome.left_processes = json_field__number(event, "left_processes", INT_MAX);
	test->has_ended = true;
	if (span)
		span->end_us = reading->now_us;
	return EVENT_IS_TAKEN;
}

static enum event_meaning test_dropped(struct event_reading *reading, struct json_object *event,
				       struct report_test *test)
{
	bool had_first = test->has_first;

	cut_short(reading, test);
	if (!had_first)
		forget(test);
	return EVENT_IS_TAKEN;
}

static enum event_meaning features(struct event_reading *reading, struct json_object *event,
				   struct report_test *test)
{
	struct report_use *use = GROW(test->uses, test->uses_cnt);

	if (!use)
		return EVENT_IS_BROKEN;
	use->subtest = json_field__number(event, "subtest_number", INT_MAX);
	return feature_events__take(&use->features, event) ? EVENT_IS_BROKEN : EVENT_IS_TAKEN;
}

static enum event_meaning slow(struct event_reading *reading, struct json_object *event,
			       struct report_test *test)
{
	return EVENT_IS_TAKEN;
}

static void add_loose(struct report_run *run, const char *beginning, const char *text)
{
	autofree char *line = NULL;

	if (asprintf(&line, "%s%s", beginning, text) < 0)
		line = NULL;
	else
		report_run__add_loose(run, line);
}

static enum event_meaning splat(struct event_reading *reading, struct json_object *event,
				struct report_test *test)
{
	const char *title = json_field__text(event, "title") ?: "";
	struct json_object *expected = NULL;

	if (json_object_object_get_ex(event, "expected", &expected) &&
	    json_object_get_boolean(expected))
		return EVENT_IS_TAKEN;
	if (test)
		report_test__add_splat(test, title);
	else
		add_loose(reading->run, LOOSE_SPLAT, title);
	return EVENT_IS_TAKEN;
}

static enum event_meaning left_behind(struct event_reading *reading, struct json_object *event,
				      struct report_test *test)
{
	const char *what = json_field__text(event, "what") ?: "";

	if (test)
		test_outcome__add_left(&test->outcome, what);
	else
		add_loose(reading->run, LOOSE_LEFT, what);
	return EVENT_IS_TAKEN;
}

static enum event_meaning machine_gone(struct event_reading *reading, struct json_object *event,
				       struct report_test *test)
{
	cut_all_short(reading, machine_of(event));
	return EVENT_IS_TAKEN;
}

static enum event_meaning mutant(struct event_reading *reading, struct json_object *event,
				 struct report_test *test)
{
	const char *result = json_field__text(event, "result");
	struct report_run *run = reading->run;
	struct json_object **survivor;

	if (!result)
		return EVENT_IS_BROKEN;
	run->mutants_killed += !strcmp(result, "killed") || !strcmp(result, "timeout");
	if (strcmp(result, "survived") || has(event, "explained"))
		return EVENT_IS_TAKEN;
	survivor = GROW(run->survivors, run->survivors_cnt);
	if (survivor)
		*survivor = json_object_get(event);
	return EVENT_IS_TAKEN;
}

static const struct {
	const char *name;
	/* @test: the test of the event; NULL only if needs_test is false */
	enum event_meaning (*take)(struct event_reading *reading, struct json_object *event,
				   struct report_test *test);
	bool needs_test;
} kinds[] = {
	{ "run_begin", run_begin, false },
	{ "run_end", run_end, false },
	{ "test_begin", test_begin, true },
	{ "subtest_begin", subtest_begin, true },
	{ "assertion_failed", assertion_failed, true },
	{ "features", features, true },
	{ "slow", slow, true },
	{ "subtest_end", subtest_end, true },
	{ "test_end", test_end, true },
	{ "test_dropped", test_dropped, true },
	{ "splat", splat, false },
	{ "left_behind", left_behind, false },
	{ "machine_gone", machine_gone, false },
	{ "mutant", mutant, true },
};

enum event_meaning events__take(struct event_reading *reading, struct json_object *event)
{
	const char *what = json_field__text(event, "event");
	const char *name = json_field__text(event, "test");
	struct report_test *test = NULL;
	size_t i = 0;

	if (!what)
		return EVENT_IS_BROKEN;
	if (!reading->run->parts_cnt && strcmp(what, "run_begin"))
		return EVENT_IS_TOO_EARLY;
	while (i < sizeof(kinds) / sizeof(kinds[0]) && strcmp(kinds[i].name, what))
		i++;
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return EVENT_IS_UNKNOWN;
	if (name)
		test = report_run__test(reading->run, name,
					json_field__number(event, "number", INT_MAX));
	if (kinds[i].needs_test && !test)
		return EVENT_IS_BROKEN;
	if (has(event, "time_us"))
		reading->now_us =
			reading->base_us + json_field__number(event, "time_us", LONGEST_US);
	return kinds[i].take(reading, event, test);
}

int events__end(struct event_reading *reading)
{
	struct report_run *run = reading->run;
	int i;

	end_part(reading);
	/* What was dropped with its machine, and did not begin again, was not run. */
	for (i = 0; i < run->tests_cnt; i++) {
		struct report_test *test = &run->tests[i];

		if (test->has_first)
			return_to_first(test);
	}
	if (!run->is_complete)
		run->not_run = run->tests_selected > run->tests_cnt ?
				       run->tests_selected - run->tests_cnt :
				       0;
	return 0;
}
