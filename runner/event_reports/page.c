// SPDX-License-Identifier: GPL-2.0-only
/* Makes the JSON that page.html shows. The names of its members are short: a case has many. */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/cases.h"
#include "runner/event_reports/page.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_add.h"
#include "runner/text/json_field.h"

/* page.html, which the Makefile links in as it is. The results take the place of the marker. */
extern const char _binary_runner_event_reports_page_html_start[];
extern const char _binary_runner_event_reports_page_html_end[];
static const char marker[] = "@DATA@";

static void add_optional(struct json_object *object, const char *key, const char *text)
{
	if (text && *text)
		json_add__text(object, key, text);
}

static struct json_object *texts(char *const *all, int cnt)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < cnt; i++)
		json_object_array_add(array, json_add__new_text(all[i], strlen(all[i])));
	return array;
}

static const char *word_of(const struct report_case *found)
{
	return report_case__is_interrupted(found) ? "INTERRUPTED" :
						    result__word(found->outcome->result);
}

static void add_duration(struct json_object *object, const struct outcome *outcome)
{
	if (outcome->end_ns > outcome->begin_ns)
		json_add__number(object, "d", (outcome->end_ns - outcome->begin_ns) / NS_PER_US);
}

static void add_captures(struct json_object *object, const struct outcome *outcome)
{
	struct json_object *captures = json_object_new_array();
	int i;

	for (i = 0; i < outcome->captures_cnt; i++)
		json_object_array_add(captures,
				      json_add__new_text(outcome->captures[i].file,
							 strlen(outcome->captures[i].file)));
	json_object_object_add(object, "k", captures);
}

/* What only a failure has. */
static void add_failure(struct json_object *object, const struct report_case *found)
{
	autofree char *log = report_case__log(found), *command = report_case__command(found);
	autofree char *place = NULL, *file = NULL;
	int line;

	file = report_case__place(found, &line);
	if (file && asprintf(&place, "%s:%d", file, line) < 0)
		place = NULL;
	add_optional(object, "f", place);
	add_optional(object, "x", command);
	add_optional(object, "l", log);
	if (found->test->splats_cnt)
		json_object_object_add(object, "p",
				       texts(found->test->splats, found->test->splats_cnt));
	if (found->outcome->captures_cnt)
		add_captures(object, found->outcome);
	if (found->test->outcome.attempts > 1)
		json_add__number(object, "a", found->test->outcome.attempts);
}

static void add_case(void *context, const struct report_case *found)
{
	const struct outcome *test = &found->test->outcome.outcome;
	autofree char *message = report_case__message(found);
	struct json_object *object = json_object_new_object();
	char number[32];

	json_add__number(object, "c", found->run->column);
	json_add__text(object, "t", test->name);
	if (found->is_subtest)
		json_add__text(object, "s", found->outcome->name);
	snprintf(number, sizeof(number), found->is_subtest ? "%d/%d" : "%d", test->number,
		 found->outcome->number);
	json_add__text(object, "n", number);
	json_add__text(object, "r", word_of(found));
	add_duration(object, found->outcome);
	add_optional(object, "m", message);
	if (report_case__is_failure(found) || report_case__is_interrupted(found))
		add_failure(object, found);
	json_object_array_add(context, object);
}

static struct json_object *test_object(const struct report_run *run, const struct report_test *test)
{
	const struct report_case found = { run, test, &test->outcome.outcome, false };
	struct json_object *object = json_object_new_object();

	json_add__number(object, "c", run->column);
	json_add__text(object, "t", test->outcome.outcome.name);
	json_add__text(object, "r", word_of(&found));
	add_duration(object, found.outcome);
	return object;
}

static struct json_object *span_object(const struct report_run *run, const struct report_test *test,
				       const struct report_span *span)
{
	const struct report_case found = { run, test, &test->outcome.outcome, false };
	struct json_object *object = json_object_new_object();
	int64_t begin_us = span->begin_us - run->parts[0].begin_us;
	int64_t end_us = span->end_us - run->parts[0].begin_us;

	json_add__text(object, "t", found.outcome->name);
	json_add__text(object, "r", word_of(&found));
	json_add__number(object, "m", span->machine);
	json_add__number(object, "l", span->lane);
	json_add__number(object, "b", begin_us);
	json_add__number(object, "e", end_us > begin_us ? end_us : begin_us);
	if (span->is_rerun)
		json_add__bool(object, "again", true);
	if (span->is_cut_short)
		json_add__bool(object, "cut", true);
	return object;
}

static struct json_object *spans_array(const struct report_run *run)
{
	struct json_object *array = json_object_new_array();
	int i, j;

	for (i = 0; i < run->tests_cnt; i++) {
		for (j = 0; j < run->tests[i].spans_cnt; j++)
			json_object_array_add(array, span_object(run, &run->tests[i],
								 &run->tests[i].spans[j]));
	}
	return array;
}

static int boots_of(const struct report_run *run)
{
	int i, boots = 1;

	for (i = 1; i < run->parts_cnt; i++) {
		const char *id = run->parts[i].boot_id, *before = run->parts[i - 1].boot_id;

		boots += !id || !before || strcmp(id, before) != 0;
	}
	return boots;
}

/* What is shown of a mutant, if its event has it. */
static struct json_object *survivor_object(const struct report_run *run, struct json_object *event)
{
	static const char *const keys[] = { "test",   "file",   "text", "operator",
					    "detail", "mutant", "patch" };
	struct json_object *object = json_object_new_object();
	size_t i;

	json_add__number(object, "c", run->column);
	json_add__number(object, "line", json_field__number(event, "line", INT_MAX));
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		add_optional(object, keys[i], json_field__text(event, keys[i]));
	return object;
}

static struct json_object *run_object(const struct report_run *run)
{
	struct json_object *object = json_object_new_object(), *guest = NULL;
	const struct report_part *last = &run->parts[run->parts_cnt - 1];

	json_add__number(object, "c", run->column);
	json_add__text(object, "path", run->path);
	json_add__text(object, "started", run->started);
	json_add__number(object, "us", last->end_us - run->parts[0].begin_us);
	json_add__bool(object, "complete", run->is_complete);
	json_add__number(object, "exit", run->exit_status);
	json_add__number(object, "notRun", run->not_run);
	json_add__number(object, "boots", boots_of(run));
	/* Any other machine was booted for something else. */
	if (json_object_object_get_ex(run->info, "guest", &guest) && json_object_get_boolean(guest))
		json_add__number(object, "bootUs", run->parts[0].uptime_us);
	if (run->shards) {
		json_add__number(object, "shard", run->shard);
		json_add__number(object, "shards", run->shards);
	}
	json_object_object_add(object, "loose", texts(run->loose, run->loose_cnt));
	json_object_object_add(object, "spans", spans_array(run));
	json_object_object_add(object, "header", json_object_get(run->info));
	return object;
}

static struct json_object *report_object(const struct report *report)
{
	struct json_object *object = json_object_new_object();
	struct json_object *columns = json_object_new_array(), *cases = json_object_new_array();
	struct json_object *tests = json_object_new_array(), *runs = json_object_new_array();
	struct json_object *survivors = json_object_new_array();
	int killed = 0;
	int i, j;

	for (i = 0; i < report->columns_cnt; i++)
		json_object_array_add(columns,
				      json_add__new_text(report->columns[i].label,
							 strlen(report->columns[i].label)));
	cases__each(report, -1, add_case, cases);
	for (i = 0; i < report->runs_cnt; i++) {
		const struct report_run *run = &report->runs[i];

		json_object_array_add(runs, run_object(run));
		killed += run->mutants_killed;
		for (j = 0; j < run->survivors_cnt; j++)
			json_object_array_add(survivors, survivor_object(run, run->survivors[j]));
		for (j = 0; j < run->tests_cnt; j++)
			json_object_array_add(tests, test_object(run, &run->tests[j]));
	}
	json_object_object_add(object, "columns", columns);
	json_object_object_add(object, "runs", runs);
	json_object_object_add(object, "tests", tests);
	json_object_object_add(object, "cases", cases);
	json_object_object_add(object, "survivors", survivors);
	json_add__number(object, "killed", killed);
	return object;
}

/*
 * A "<" in a script element could end it, or begin a comment. It stands only in strings of JSON,
 * where it has another spelling.
 */
static void write_json(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("\\u003c", out);
		else
			fputc(*text, out);
	}
}

int page__write(const struct report *report, FILE *out)
{
	const char *begin = _binary_runner_event_reports_page_html_start;
	const char *end = _binary_runner_event_reports_page_html_end;
	const char *at = memmem(begin, end - begin, marker, strlen(marker));
	struct json_object *object = report_object(report);
	const char *text =
		json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							       JSON_C_TO_STRING_NOSLASHESCAPE);

	if (text && at) {
		fwrite(begin, 1, at - begin, out);
		write_json(out, text);
		at += strlen(marker);
		fwrite(at, 1, end - at, out);
	}
	json_object_put(object);
	if (!text || !at)
		return -ENOMEM;
	return fflush(out) || ferror(out) ? -EIO : 0;
}
