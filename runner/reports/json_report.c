// SPDX-License-Identifier: GPL-2.0-only
/*
 * The JSON report (-J) is the object of the kernel's runner with more fields. `results` has every
 * selected test, and each test has `failed` and `subtests`.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "runner/reports/audit_report.h"
#include "runner/reports/json_outcome.h"
#include "runner/reports/json_report.h"
#include "runner/reports/splat_report.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_add.h"

#define REPORT_VERSION 1

/* A failure without a log has its reason as its message: many programs read only that. */
static void add_message(struct json_object *object, const struct outcome *outcome,
			const char *reason)
{
	autofree char *text = NULL;
	size_t len = 0;

	if (outcome->log.total_bytes || !result__is_failure(outcome->result))
		text = capped_log__text(&outcome->log, &len);
	else if (asprintf(&text, "%s\n", reason ?: "out of memory") < 0)
		text = NULL;
	else
		len = strlen(text);
	json_object_object_add(object, "message", json_add__new_text(text ?: "", len));
}

/* Return: the first failed assertion outside of subtests, or else the first one in a subtest. */
static const struct failed_assertion *first_failure(const struct test_outcome *test)
{
	int i;

	for (i = 0; !test->outcome.first_failure.text && i < test->subtests_cnt; i++) {
		if (test->subtests[i]->outcome.first_failure.text)
			return &test->subtests[i]->outcome.first_failure;
	}
	return &test->outcome.first_failure;
}

static struct json_object *outcome_object(const struct test_outcome *test,
					  const struct outcome *outcome,
					  const struct failed_assertion *failure)
{
	struct json_object *object = json_object_new_object();
	autofree char *reason = test_outcome__explain(test, outcome);

	json_add__text(object, "name", outcome->name);
	json_add__number(object, "number", outcome->number);
	add_message(object, outcome, reason);
	json_add__bool(object, "failed", result__is_failure(outcome->result));
	json_add__text(object, "result", result__word(outcome->result));
	if (reason)
		json_add__text(object, "reason", reason);
	json_add__number(object, "duration_ms", (outcome->end_ns - outcome->begin_ns) / NS_PER_MS);
	json_add__number(object, "failed_assertions", outcome->failures);
	/* A failure that the runner found has no source line. */
	if (failure->file) {
		json_add__text(object, "file", failure->file);
		json_add__number(object, "line", failure->line);
	}
	if (failure->text)
		json_add__text(object, "assertion", failure->text);
	if (outcome->captures_cnt)
		json_object_object_add(object, "captures", json_outcome__captures(outcome));
	return object;
}

static struct json_object *test_object(const struct test_outcome *test)
{
	struct json_object *object = outcome_object(test, &test->outcome, first_failure(test));
	struct json_object *subtests = json_object_new_array();
	struct json_object *left = json_object_new_array();
	int i, tolerated = 0;

	for (i = 0; i < test->subtests_cnt; i++) {
		const struct outcome *subtest = &test->subtests[i]->outcome;

		json_object_array_add(subtests,
				      outcome_object(test, subtest, &subtest->first_failure));
	}
	json_object_object_add(object, "subtests", subtests);
	for (i = 0; i < test->left_cnt; i++) {
		json_object_array_add(left, json_add__new_text(test->left_behind[i],
							       strlen(test->left_behind[i])));
		tolerated += test_outcome__tolerates(test, test->left_behind[i]) != NULL;
	}
	json_add__number(object, "attempt", test->attempts);
	json_object_object_add(object, "left_behind", left);
	if (tolerated)
		json_add__number(object, "tolerated", tolerated);
	if (test->left_processes)
		json_add__number(object, "left_processes", test->left_processes);
	return object;
}

int json_report__write(const struct json_report *report, FILE *file)
{
	struct json_object *object = json_object_new_object();
	struct json_object *results = json_object_new_array();
	const struct run_totals *totals = report->totals;
	const char *text;
	int i, err = 0;

	json_add__number(object, "version", REPORT_VERSION);
	json_add__number(object, "success", totals->tests_passed);
	json_add__number(object, "success_subtest", totals->subtests_passed);
	json_add__number(object, "skipped", totals->skipped);
	json_add__number(object, "failed", totals->tests_failed);
	json_add__number(object, "failed_subtest", totals->subtests_failed);
	json_add__number(object, "not_run", totals->tests_not_run);
	json_add__number(object, "interrupted", totals->tests_interrupted);
	json_add__number(object, "duration_ms", (clock__now_ns() - report->start_ns) / NS_PER_MS);
	for (i = 0; i < report->tests->cnt; i++)
		json_object_array_add(results, test_object(&report->tests->all[i]));
	json_object_object_add(object, "results", results);
	json_object_object_add(object, "kernel_log", splat_report__object(report->splats));
	json_object_object_add(object, "audit",
			       audit_report__object(report->audit, report->undecided));
	json_object_object_add(object, "run", run_info__object(report->info));

	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							      JSON_C_TO_STRING_NOSLASHESCAPE);
	errno = 0;
	if (!text)
		err = -ENOMEM;
	else if (fputs(text, file) < 0 || fputc('\n', file) < 0 || fflush(file))
		err = errno ? -errno : -EIO;
	json_object_put(object);
	return err;
}
