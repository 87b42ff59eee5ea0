// SPDX-License-Identifier: GPL-2.0-only
/* Finds the cases of a report, and says what people want to know about each. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/cases.h"
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

/* Return: the path of the first frame with a file that is not of the system, to be freed; or NULL. */
static char *first_frame(const char *log, int *line)
{
	static const char before[] = " at ";
	const char *at = strstr(log, "backtrace");

	while (at && (at = strstr(at, before))) {
		size_t len;

		at += strlen(before);
		len = strcspn(at, ": \n");
		if (!strchr("./", *at) && at[len] == ':' && sscanf(at + len, ":%d", line) == 1)
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

/* Put a word into single quotes if a shell would change it. Return: to be freed, or NULL. */
static char *quote(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_-./=:+@%";
	char *quoted = malloc(4 * strlen(word) + 3), *out = quoted;

	if (!quoted)
		return NULL;
	if (*word && word[strspn(word, plain)] == '\0')
		return strcpy(quoted, word);
	*out++ = '\'';
	for (; *word; word++) {
		if (*word == '\'')
			out = stpcpy(out, "'\\''");
		else
			*out++ = *word;
	}
	strcpy(out, "'");
	return quoted;
}

/* A list of names is split at commas, and a name cannot hold a newline: use numbers then. */
static char *selector(const struct report_case *found)
{
	const struct outcome *test = &found->test->outcome.outcome;
	const char *name = found->is_subtest ? found->outcome->name : "";
	autofree char *full = NULL;
	char *option = NULL;
	autofree char *quoted = NULL;

	if (name[strcspn(name, ",\n")] || *name == ' ') {
		if (asprintf(&option, "-n %d/%d", test->number, found->outcome->number) < 0)
			return NULL;
		return option;
	}
	if (asprintf(&full, "%s%s%s", test->name, *name ? "/" : "", name) < 0) {
		full = NULL;
		return NULL;
	}
	quoted = quote(full);
	if (!quoted || asprintf(&option, "-a %s", quoted) < 0)
		return NULL;
	return option;
}

char *report_case__command(const struct report_case *found)
{
	const struct report_run *run = found->run;
	autofree char *what = selector(found);
	struct json_object *guest = NULL, *seed = NULL;
	char boot[64] = "", order[32] = "", jobs[16] = "";
	char *command = NULL;

	if (!what)
		return NULL;
	json_object_object_get_ex(run->info, "guest", &guest);
	/* Debian's releases go on behind the version, which is what -k takes. */
	if (json_object_get_boolean(guest))
		snprintf(boot, sizeof(boot), "./vmtest -k %.*s -- ",
			 (int)strspn(run->release, "0123456789."), run->release);
	if (json_object_object_get_ex(run->info, "shuffle_seed", &seed))
		snprintf(order, sizeof(order), " --shuffle=%lld",
			 (long long)json_object_get_int64(seed));
	if (run->jobs > 1)
		snprintf(jobs, sizeof(jobs), " -j%d", run->jobs);
	if (asprintf(&command, "%s./%s%s%s %s", boot,
		     json_field__text(run->info, "program") ?: "test_progs", jobs, order, what) < 0)
		return NULL;
	return command;
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
