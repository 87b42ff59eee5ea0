// SPDX-License-Identifier: GPL-2.0-only
/* Makes the object with json-c, in the "JSON Object Format" of the trace event format. */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/cases.h"
#include "runner/event_reports/trace.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_add.h"

/* The threads of a process: the boots and parts of the run, then the workers. */
#define TID_RUN      1
#define TID_WORKERS  10
/* Processes of a run have numbers from a multiple of this one on. */
#define PIDS_PER_RUN 10000

struct tracing {
	struct json_object *events;
	int64_t zero_us; /* the earliest time in the report */
	int flows;       /* number of arrows so far */
	int pid;         /* of the first process of the run */
	const struct report_run *run;
};

static struct json_object *add_event(struct tracing *tracing, const char *phase, const char *name,
				     int pid, int tid)
{
	struct json_object *event = json_object_new_object();

	json_add__text(event, "ph", phase);
	json_add__text(event, "name", name);
	json_add__number(event, "pid", pid);
	json_add__number(event, "tid", tid);
	json_object_array_add(tracing->events, event);
	return event;
}

/* @what: "process_name" or "thread_name" */
static void name(struct tracing *tracing, const char *what, int pid, int tid, const char *text)
{
	struct json_object *event = add_event(tracing, "M", what, pid, tid);
	struct json_object *args = json_object_new_object();

	json_add__text(args, "name", text);
	json_object_object_add(event, "args", args);
}

/* Return: the arguments of the slice, which are owned by @tracing. */
static struct json_object *add_slice(struct tracing *tracing, const char *category,
				     const char *text, int pid, int tid, int64_t begin_us,
				     int64_t end_us)
{
	struct json_object *event = add_event(tracing, "X", text, pid, tid);
	struct json_object *args = json_object_new_object();

	json_add__text(event, "cat", category);
	json_add__number(event, "ts", begin_us - tracing->zero_us);
	json_add__number(event, "dur", end_us > begin_us ? end_us - begin_us : 0);
	json_object_object_add(event, "args", args);
	return args;
}

static void add_outcome(struct json_object *args, const struct report_case *found)
{
	autofree char *message = report_case__message(found);

	json_add__text(args, "result",
		       report_case__is_interrupted(found) ? "INTERRUPTED" :
							    result__word(found->outcome->result));
	if (message)
		json_add__text(args, "reason", message);
}

/* Only the subtests of the run of the test that counts are known. */
static void add_subtests(struct tracing *tracing, const struct report_test *test,
			 const struct report_span *span, int pid, int tid)
{
	int i;

	for (i = 0; i < test->outcome.subtests_cnt; i++) {
		const struct outcome *subtest = &test->outcome.subtests[i]->outcome;
		int64_t begin_us = subtest->begin_ns / NS_PER_US;
		int64_t end_us = subtest->end_ns / NS_PER_US;
		const struct report_case found = { tracing->run, test, subtest, true };

		if (begin_us < span->begin_us || begin_us > span->end_us)
			continue;
		/* The run ended while it ran; and a slice must not be longer than the one around. */
		if (end_us < begin_us || end_us > span->end_us)
			end_us = span->end_us;
		add_outcome(add_slice(tracing, "subtest", subtest->name, pid, tid, begin_us,
				      end_us),
			    &found);
	}
}

static void add_locks(struct json_object *args, const struct report_test *test)
{
	struct json_object *locks = json_object_new_array();
	int i;

	for (i = 0; i < test->locks_cnt; i++) {
		autofree char *text = NULL;

		if (asprintf(&text, "%s%s", test->locks[i].name,
			     test->locks[i].is_exclusive ? " (exclusive)" : "") < 0)
			text = NULL;
		json_object_array_add(locks, json_object_new_string(text ?: ""));
	}
	if (test->locks_cnt)
		json_object_object_add(args, "locks", locks);
	else
		json_object_put(locks);
}

/* Return: the name of a lock that keeps two tests apart, or NULL. */
static const char *shared_lock(const struct report_test *a, const struct report_test *b)
{
	int i, j;

	for (i = 0; i < a->locks_cnt; i++) {
		for (j = 0; j < b->locks_cnt; j++) {
			if (!strcmp(a->locks[i].name, b->locks[j].name) &&
			    (a->locks[i].is_exclusive || b->locks[j].is_exclusive))
				return a->locks[i].name;
		}
	}
	return NULL;
}

/* Find the test that was the last to release a lock before another one began with it. */
static const struct report_span *last_holder(const struct tracing *tracing,
					     const struct report_test *test,
					     const struct report_span *span, const char **lock)
{
	const struct report_span *last = NULL;
	int i, j;

	for (i = 0; test->locks_cnt && i < tracing->run->tests_cnt; i++) {
		const struct report_test *other = &tracing->run->tests[i];
		const char *shared = other == test ? NULL : shared_lock(test, other);

		for (j = 0; shared && j < other->spans_cnt; j++) {
			const struct report_span *held = &other->spans[j];

			if (held->machine != span->machine || held->end_us > span->begin_us ||
			    (last && held->end_us <= last->end_us))
				continue;
			last = held;
			*lock = shared;
		}
	}
	return last;
}

/* An arrow leads from the test that held a lock to the next one, which could not begin before. */
static void add_arrow(struct tracing *tracing, const struct report_test *test,
		      const struct report_span *span)
{
	const char *lock = NULL;
	const struct report_span *holder = last_holder(tracing, test, span, &lock);
	struct json_object *begin, *end;
	int pid = tracing->pid + span->machine;

	if (!holder)
		return;
	tracing->flows++;
	begin = add_event(tracing, "s", lock, pid, TID_WORKERS + holder->lane);
	json_add__text(begin, "cat", "lock");
	json_add__number(begin, "id", tracing->flows);
	/* An arrow begins inside of a slice. */
	json_add__number(begin, "ts",
			 (holder->end_us > holder->begin_us ? holder->end_us - 1 : holder->end_us) -
				 tracing->zero_us);
	end = add_event(tracing, "f", lock, pid, TID_WORKERS + span->lane);
	json_add__text(end, "cat", "lock");
	json_add__number(end, "id", tracing->flows);
	json_add__text(end, "bp", "e");
	json_add__number(end, "ts", span->begin_us - tracing->zero_us);
}

static void add_span(struct tracing *tracing, const struct report_test *test, int number)
{
	const struct report_span *span = &test->spans[number];
	const char *test_name = test->outcome.outcome.name;
	const struct report_case found = { tracing->run, test, &test->outcome.outcome, false };
	int pid = tracing->pid + span->machine, tid = TID_WORKERS + span->lane;
	struct json_object *args;

	args = add_slice(tracing, "test", test_name, pid, tid, span->begin_us, span->end_us);
	json_add__number(args, "number", test->outcome.outcome.number);
	if (span->is_rerun)
		json_add__bool(args, "rerun", true);
	if (span->is_cut_short)
		json_add__text(args, "result", "cut short");
	else if (!span->is_rerun)
		add_outcome(args, &found);
	add_locks(args, test);
	add_subtests(tracing, test, span, pid, tid);
	add_arrow(tracing, test, span);
}

/* Return: the highest number of a lane of a machine; -1 if nothing ran there. */
static int last_lane(const struct report_run *run, int machine)
{
	int i, j, last = -1;

	for (i = 0; i < run->tests_cnt; i++) {
		for (j = 0; j < run->tests[i].spans_cnt; j++) {
			const struct report_span *span = &run->tests[i].spans[j];

			if (span->machine == machine && span->lane > last)
				last = span->lane;
		}
	}
	return last;
}

static void name_workers(struct tracing *tracing, int machine)
{
	int lane, last = last_lane(tracing->run, machine);

	for (lane = 0; lane <= last; lane++) {
		char text[32];

		snprintf(text, sizeof(text), "worker %d", lane + 1);
		name(tracing, "thread_name", tracing->pid + machine, TID_WORKERS + lane, text);
	}
}

static void name_machines(struct tracing *tracing, const char *label)
{
	const struct report_run *run = tracing->run;
	char shard[48] = "";
	int i, j, last = 0;

	for (i = 0; i < run->tests_cnt; i++) {
		for (j = 0; j < run->tests[i].spans_cnt; j++) {
			if (run->tests[i].spans[j].machine > last)
				last = run->tests[i].spans[j].machine;
		}
	}
	if (run->shards)
		snprintf(shard, sizeof(shard), ", shard %d of %d", run->shard, run->shards);
	for (i = 0; i <= last; i++) {
		autofree char *text = NULL;
		char machine[32] = "";

		if (last)
			snprintf(machine, sizeof(machine), ", machine %d", i);
		if (asprintf(&text, "%s%s%s", label, shard, machine) < 0)
			text = NULL;
		name(tracing, "process_name", tracing->pid + i, TID_RUN, text ?: label);
		name_workers(tracing, i);
	}
	name(tracing, "thread_name", tracing->pid, TID_RUN, "run");
}

/* A part with the boot id of the one before was started again on the same kernel. */
static bool has_booted(const struct report_run *run, int part)
{
	const char *id = run->parts[part].boot_id;
	const char *before = part ? run->parts[part - 1].boot_id : NULL;

	return run->parts[part].uptime_us && !(id && before && !strcmp(id, before));
}

/* On a machine that has been up for long, its boot is not a part of the run. */
#define BOOT_MAX_US (10LL * 60 * 1000000)

static void add_parts(struct tracing *tracing)
{
	const struct report_run *run = tracing->run;
	int i;

	for (i = 0; i < run->parts_cnt; i++) {
		const struct report_part *part = &run->parts[i];

		if (has_booted(run, i) && part->uptime_us < BOOT_MAX_US)
			add_slice(tracing, "boot", "boot and set-up", tracing->pid, TID_RUN,
				  part->begin_us - part->uptime_us, part->begin_us);
		add_slice(tracing, "run", i ? "run, after a restart" : "run", tracing->pid, TID_RUN,
			  part->begin_us, part->end_us);
	}
}

static int64_t earliest(const struct report *report)
{
	int64_t first = INT64_MAX;
	int i;

	for (i = 0; i < report->runs_cnt; i++) {
		const struct report_part *part = &report->runs[i].parts[0];
		int64_t begin_us =
			part->begin_us - (part->uptime_us < BOOT_MAX_US ? part->uptime_us : 0);

		first = begin_us < first ? begin_us : first;
	}
	return first;
}

int trace__write(const struct report *report, FILE *out)
{
	struct tracing tracing = { .events = json_object_new_array(), .zero_us = earliest(report) };
	struct json_object *object = json_object_new_object();
	const char *text;
	int i, j, k;

	for (i = 0; i < report->runs_cnt; i++) {
		const struct report_run *run = &report->runs[i];

		tracing.run = run;
		tracing.pid = 1 + i * PIDS_PER_RUN;
		name_machines(&tracing, report->columns[run->column].label);
		add_parts(&tracing);
		for (j = 0; j < run->tests_cnt; j++) {
			for (k = 0; k < run->tests[j].spans_cnt; k++)
				add_span(&tracing, &run->tests[j], k);
		}
	}
	json_object_object_add(object, "traceEvents", tracing.events);
	json_add__text(object, "displayTimeUnit", "ms");
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
	if (text)
		fprintf(out, "%s\n", text);
	json_object_put(object);
	if (!text)
		return -ENOMEM;
	return fflush(out) || ferror(out) ? -EIO : 0;
}
