// SPDX-License-Identifier: GPL-2.0-only
/* Finds the cases of a report, and says what people want to know about each. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/cases.h"
#include "runner/reports/repeat_command.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_field.h"
#include "runner/text/printable.h"

bool cases__has_own(const struct report_test *test)
{
	const struct test_outcome *outcome = &test->outcome;
	bool is_failure = result__is_failure(outcome->outcome.result);
	int i;

	if (!outcome->subtests_cnt || !test->has_ended)
		return true;
	for (i = 0; is_failure && i < outcome->subtests_cnt; i++) {
		if (result__is_failure(outcome->subtests[i]->outcome.result))
			is_failure = outcome->outcome.failures || outcome->left_cnt;
	}
	return is_failure;
}

bool report_case__is_interrupted(const struct report_case *found)
{
	enum result result = found->outcome->result;

	return result == RESULT_INTERRUPTED || (!found->test->has_ended && result == RESULT_NOTRUN);
}

bool report_case__is_failure(const struct report_case *found)
{
	return result__is_failure(found->outcome->result);
}

static void take_cases(const struct report_run *run,
		       void (*take)(void *context, const struct report_case *found), void *context)
{
	int i, j;

	for (i = 0; i < run->tests_cnt; i++) {
		const struct report_test *test = &run->tests[i];
		struct report_case found = { run, test, &test->outcome.outcome, false };

		if (cases__has_own(test))
			take(context, &found);
		found.is_subtest = true;
		for (j = 0; j < test->outcome.subtests_cnt; j++) {
			found.outcome = &test->outcome.subtests[j]->outcome;
			take(context, &found);
		}
	}
}

void cases__each(const struct report *report, int column,
		 void (*take)(void *context, const struct report_case *found), void *context)
{
	int i, j;

	for (i = 0; i < report->columns_cnt; i++) {
		for (j = 0; (column < 0 || column == i) && j < report->runs_cnt; j++) {
			if (report->runs[j].column == i)
				take_cases(&report->runs[j], take, context);
		}
	}
}

static void count(void *context, const struct report_case *found)
{
	struct case_totals *totals = context;
	enum result result = found->outcome->result;

	totals->passed += result == RESULT_PASS;
	totals->skipped += result == RESULT_SKIP;
	totals->failed += report_case__is_failure(found);
	totals->errors += report_case__is_failure(found) && result != RESULT_FAIL;
	totals->interrupted += report_case__is_interrupted(found);
}

struct case_totals cases__count(const struct report *report, int column)
{
	struct case_totals totals = {};
	int i, j;

	cases__each(report, column, count, &totals);
	for (i = 0; i < report->runs_cnt; i++) {
		const struct report_run *run = &report->runs[i];

		if (column >= 0 && run->column != column)
			continue;
		totals.tests += run->tests_cnt;
		totals.not_run += run->not_run;
		for (j = 0; j < run->tests_cnt; j++) {
			const struct outcome *outcome = &run->tests[j].outcome.outcome;

			totals.duration_us += (outcome->end_ns - outcome->begin_ns) / 1000;
		}
	}
	return totals;
}

char *report_case__message(const struct report_case *found)
{
	const struct outcome *outcome = found->outcome;
	const char *text = outcome->detail ?: outcome->first_failure.text;

	if (report_case__is_interrupted(found))
		text = "the run ended while this ran";
	else if (!text && outcome->result == RESULT_SKIP)
		text = "reason not given";
	else if (!text && found->test->splats_cnt && report_case__is_failure(found))
		text = found->test->splats[0];
	return text ? printable_line(text, strlen(text)) : NULL;
}

/*
 * Return: the path of the first frame with a file that is not of the system, to be freed; or NULL. The C
 * library has relative paths that begin with "..", clang makes absolute ones of all others.
 */
static char *first_frame(const char *log, int *line)
{
	static const char before[] = " at ";
	const char *at = strstr(log, "backtrace");

	while (at && (at = strstr(at, before))) {
		size_t len;

		at += strlen(before);
		len = strcspn(at, ": \n");
		if (*at != '.' && strncmp(at, "/usr/", strlen("/usr/")) != 0 && at[len] == ':' &&
		    sscanf(at + len, ":%d", line) == 1)
			return strndup(at, len);
	}
	return NULL;
}

char *report_case__place(const struct report_case *found, int *line)
{
	const struct failed_assertion *failure = &found->outcome->first_failure;
	autofree char *log = NULL;

	*line = 0;
	if (!report_case__is_failure(found) && !report_case__is_interrupted(found))
		return NULL;
	if (failure->file) {
		*line = failure->line;
		return printable_line(failure->file, strlen(failure->file));
	}
	log = report_case__log(found);
	return log ? first_frame(log, line) : NULL;
}

char *report_case__command(const struct report_case *found)
{
	const struct report_run *run = found->run;
	autofree char *program = NULL;
	struct json_object *shuffled = NULL;
	struct repeated_run repeated = { .vmtest = json_field__text(run->info, "vmtest") };
	uint32_t seed;

	if (asprintf(&program, "./%s", json_field__text(run->info, "program") ?: "test_progs") <
	    0) {
		program = NULL;
		return NULL;
	}
	repeated.program = program;
	repeated.jobs = run->jobs > 1 ? run->jobs : 0;
	if (json_object_object_get_ex(run->info, "shuffle_seed", &shuffled)) {
		seed = json_object_get_int64(shuffled);
		repeated.seed = &seed;
	}
	return repeat_command(&repeated, &found->test->outcome.outcome,
			      found->is_subtest ? found->outcome : NULL);
}

char *report_case__log(const struct report_case *found)
{
	autofree char *text = NULL;
	size_t len = 0;

	if (!found->outcome->log.total_bytes)
		return NULL;
	text = capped_log__text(&found->outcome->log, &len);
	return text && len ? printable(text, len) : NULL;
}
