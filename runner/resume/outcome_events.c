// SPDX-License-Identifier: GPL-2.0-only
/* Reads the fields of events that are about the outcome of a test. */
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/resume/outcome_events.h"
#include "runner/text/json_field.h"

#define NSEC_PER_USEC 1000LL
#define LONGEST_US    (366LL * 24 * 3600 * 1000000) /* a year: no test runs for so long */

struct outcome *outcome_events__where(struct test_outcome *test, struct json_object *event)
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
void outcome_events__take_failure(struct outcome *outcome, struct json_object *event)
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
	/* A failure that the runner found has no source line. */
	if (*file)
		first->file = strdup(file);
	first->func = strdup(func);
	first->line = line;
	if (asprintf(&first->text, "%s: %s", name, text) < 0)
		first->text = NULL;
}

static void take_captures(struct outcome *outcome, struct json_object *captures)
{
	int i, cnt = json_object_array_length(captures);

	for (i = 0; i < outcome->captures_cnt; i++)
		free(outcome->captures[i].file);
	free(outcome->captures);
	outcome->captures = calloc(cnt + 1, sizeof(*outcome->captures));
	outcome->captures_cnt = outcome->captures ? cnt : 0;
	for (i = 0; i < outcome->captures_cnt; i++) {
		struct json_object *capture = json_object_array_get_idx(captures, i);

		outcome->captures[i] = (struct packet_capture){
			.file = strdup(json_field__text(capture, "file") ?: ""),
			.packets = json_field__number(capture, "packets", INT64_MAX),
			.lost = json_field__number(capture, "lost", INT64_MAX),
		};
	}
}

/* What follows from the failures that were taken before is no detail of its own. */
static void take_reason(const struct test_outcome *test, struct outcome *outcome,
			const char *reason)
{
	char *known = test_outcome__explain(test, outcome);

	if (!known || strcmp(known, reason))
		outcome__set_detail(outcome, "%s", reason);
	free(known);
}

void outcome_events__take_result(const struct test_outcome *test, struct outcome *outcome,
				 struct json_object *event)
{
	const char *reason = json_field__text(event, "reason");
	struct json_object *captures;

	outcome->result = result__from_word(json_field__text(event, "result") ?: "");
	outcome->failures = json_field__number(event, "failed_assertions", INT_MAX);
	outcome->end_ns = outcome->begin_ns +
			  json_field__number(event, "duration_us", LONGEST_US) * NSEC_PER_USEC;
	if (json_object_object_get_ex(event, "captures", &captures) &&
	    json_object_is_type(captures, json_type_array))
		take_captures(outcome, captures);
	if (reason)
		take_reason(test, outcome, reason);
}

void outcome_events__forget(struct test_outcome *test)
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
