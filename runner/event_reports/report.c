// SPDX-License-Identifier: GPL-2.0-only
/* Keeps what was read about runs. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/grow.h"
#include "runner/event_reports/report.h"

struct report_run *report__add_run(struct report *report)
{
	return GROW(report->runs, report->runs_cnt);
}

/* Most events are about a test that has begun a short time ago, so the search starts at the end. */
struct report_test *report_run__test(struct report_run *run, const char *name, int number)
{
	struct report_test *test;
	int i;

	for (i = run->tests_cnt - 1; i >= 0; i--) {
		if (!strcmp(run->tests[i].outcome.outcome.name, name))
			return &run->tests[i];
	}
	test = GROW(run->tests, run->tests_cnt);
	if (!test)
		return NULL;
	test->outcome.outcome.name = strdup(name);
	test->outcome.outcome.number = number;
	if (test->outcome.outcome.name)
		return test;
	run->tests_cnt--;
	return NULL;
}

static void add_text(char ***all, int *cnt, const char *text)
{
	char **fresh = GROW(*all, *cnt);

	if (fresh)
		*fresh = strdup(text);
	if (fresh && !*fresh)
		(*cnt)--;
}

void report_run__add_loose(struct report_run *run, const char *text)
{
	add_text(&run->loose, &run->loose_cnt, text);
}

void report_test__add_splat(struct report_test *test, const char *title)
{
	add_text(&test->splats, &test->splats_cnt, title);
}

struct report_span *report_test__add_span(struct report_test *test)
{
	return GROW(test->spans, test->spans_cnt);
}

void report_test__add_lock(struct report_test *test, const char *name, bool is_exclusive)
{
	struct report_lock *lock = GROW(test->locks, test->locks_cnt);

	if (!lock)
		return;
	lock->is_exclusive = is_exclusive;
	lock->name = strdup(name);
	if (!lock->name)
		test->locks_cnt--;
}

void report_test__forget_locks(struct report_test *test)
{
	int i;

	for (i = 0; i < test->locks_cnt; i++)
		free(test->locks[i].name);
	free(test->locks);
	test->locks = NULL;
	test->locks_cnt = 0;
}

static void free_texts(char **texts, int cnt)
{
	int i;

	for (i = 0; i < cnt; i++)
		free(texts[i]);
	free(texts);
}

static void free_run(struct report_run *run)
{
	int i;

	for (i = 0; i < run->tests_cnt; i++) {
		test_outcome__free(&run->tests[i].outcome);
		if (run->tests[i].has_first)
			test_outcome__free(&run->tests[i].first);
		free(run->tests[i].spans);
		free(run->tests[i].uses);
		report_test__forget_locks(&run->tests[i]);
		free_texts(run->tests[i].splats, run->tests[i].splats_cnt);
	}
	free(run->tests);
	for (i = 0; i < run->parts_cnt; i++)
		free(run->parts[i].boot_id);
	free(run->parts);
	free_texts(run->loose, run->loose_cnt);
	for (i = 0; i < run->survivors_cnt; i++)
		json_object_put(run->survivors[i]);
	free(run->survivors);
	free(run->path);
	free(run->logs_dir);
	free(run->started);
	free(run->release);
	free(run->flavour);
	json_object_put(run->info);
}

void report__drop_last_run(struct report *report)
{
	free_run(&report->runs[--report->runs_cnt]);
}

void report__free(struct report *report)
{
	int i;

	for (i = 0; i < report->runs_cnt; i++)
		free_run(&report->runs[i]);
	free(report->runs);
	for (i = 0; i < report->columns_cnt; i++)
		free(report->columns[i].label);
	free(report->columns);
	*report = (struct report){};
}
