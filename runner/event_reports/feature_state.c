// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "runner/coverage/exercised.h"
#include "runner/event_reports/feature_state.h"
#include "runner/text/error.h"
#include "runner/text/kernel_version.h"

static const char *const words[FEATURE_STATES_CNT] = {
	[FEATURE_WORKS] = "works",
	[FEATURE_ABSENT] = "absent",
	[FEATURE_BROKEN] = "broken",
	[FEATURE_NOT_TESTED] = "not tested",
	[FEATURE_PLACEHOLDER] = "placeholder",
};

const char *feature_state__word(enum feature_state_kind kind)
{
	return words[kind];
}

static const struct outcome *outcome_of(const struct report_test *test, int subtest)
{
	int i;

	if (!subtest)
		return &test->outcome.outcome;
	for (i = 0; i < test->outcome.subtests_cnt; i++) {
		if (test->outcome.subtests[i]->outcome.number == subtest)
			return &test->outcome.subtests[i]->outcome;
	}
	return NULL;
}

/* Return: whether the test or one of its subtests has used a row, and passed. */
static bool has_used(const struct report_test *test, int row)
{
	const struct outcome *outcome;
	int i;

	for (i = 0; i < test->uses_cnt; i++) {
		if (!feature_set__has(&test->uses[i].features, row))
			continue;
		outcome = outcome_of(test, test->uses[i].subtest);
		if (outcome && outcome->result == RESULT_PASS)
			return true;
	}
	return false;
}

/* Return: the next test of a column, beginning with the first for NULL; NULL behind the last. */
static const struct report_test *next_test(const struct report *report, int column,
					   const struct report_test *last)
{
	bool is_behind = !last;
	int i, j;

	for (i = 0; i < report->runs_cnt; i++) {
		for (j = 0; report->runs[i].column == column && j < report->runs[i].tests_cnt;
		     j++) {
			if (is_behind)
				return &report->runs[i].tests[j];
			is_behind = &report->runs[i].tests[j] == last;
		}
	}
	return NULL;
}

bool feature_state__has_uses(const struct report *report)
{
	int i, k;

	for (i = 0; i < report->runs_cnt; i++) {
		for (k = 0; k < report->runs[i].tests_cnt; k++) {
			if (report->runs[i].tests[k].uses_cnt)
				return true;
		}
	}
	error__say("no features in the events: run the tests with --coverage or --conformance");
	return false;
}

void feature_state__tests(const struct report *report, int column, int row, char *names,
			  size_t size_bytes)
{
	const struct report_test *test, *found;
	const char *last = "";
	size_t len = 0;

	*names = 0;
	do {
		found = NULL;
		test = NULL;
		while ((test = next_test(report, column, test))) {
			const char *name = test->outcome.outcome.name;

			if (strcmp(name, last) > 0 && has_used(test, row) &&
			    (!found || strcmp(name, found->outcome.outcome.name) < 0))
				found = test;
		}
		if (!found)
			break;
		last = found->outcome.outcome.name;
		len += snprintf(names + len, size_bytes - len, "%s%s", len ? "," : "", last);
	} while (len < size_bytes);
}

static const struct report_run *run_of(const struct report *report, int column)
{
	int i;

	for (i = 0; i < report->runs_cnt; i++) {
		if (report->runs[i].column == column)
			return &report->runs[i];
	}
	return NULL;
}

static bool is_newer(const char *since, const char *release)
{
	struct kernel_version needed, has;

	return !kernel_version__parse(since, &needed) && !kernel_version__parse(release, &has) &&
	       kernel_version__compare(&needed, &has) > 0;
}

/* Return: an option that the row needs and that the kernel was built without, or NULL. */
static const char *missing_option(const struct report_run *run, const struct feature *feature)
{
	struct json_object *options;
	size_t i, len;

	if (!json_object_object_get_ex(run->info, "options_off", &options) ||
	    !json_object_is_type(options, json_type_array))
		return NULL;
	for (i = 0; i < json_object_array_length(options); i++) {
		const char *option =
			json_object_get_string(json_object_array_get_idx(options, i)) ?: "";
		const char *at = strstr(feature->needs, option);

		len = strlen(option);
		if (len && at && (!at[len] || strchr(" ;,", at[len])))
			return option;
	}
	return NULL;
}

static const struct report_test *find_test(const struct report *report, int column,
					   const char *name, size_t len)
{
	const struct report_test *test = NULL;

	while ((test = next_test(report, column, test))) {
		const char *found = test->outcome.outcome.name;

		if (!strncmp(found, name, len) && !found[len])
			return test;
	}
	return NULL;
}

static const char *skip_reason(const struct report_test *test)
{
	int i;

	if (test->outcome.outcome.detail)
		return test->outcome.outcome.detail;
	for (i = 0; i < test->outcome.subtests_cnt; i++) {
		if (test->outcome.subtests[i]->outcome.detail)
			return test->outcome.subtests[i]->outcome.detail;
	}
	return "it passed without";
}

/* Judge by the tests that use the feature on the pinned kernel: broken, or not tested and why. */
static void judge_by_tests(const struct report *report, int column, int row,
			   struct feature_state *state)
{
	const char *name = exercised__tests(row);
	const struct report_test *test;
	size_t len;

	state->kind = FEATURE_NOT_TESTED;
	snprintf(state->reason, sizeof(state->reason), "%s", *name ? "" : "no test uses it");
	for (; *name; name += len + (name[len] == ',')) {
		len = strcspn(name, ",");
		test = find_test(report, column, name, len);
		if (!test && !*state->reason)
			snprintf(state->reason, sizeof(state->reason), "%.*s did not run", (int)len,
				 name);
		if (!test)
			continue;
		if (result__is_failure(test->outcome.outcome.result)) {
			state->kind = FEATURE_BROKEN;
			snprintf(state->reason, sizeof(state->reason), "%.*s failed", (int)len,
				 name);
			return;
		}
		snprintf(state->reason, sizeof(state->reason), "%.*s: %s", (int)len, name,
			 skip_reason(test));
	}
}

struct feature_state feature_state__of(const struct report *report, int column, int row)
{
	int cnt = 0;
	const struct feature *feature = &features__all(&cnt)[row];
	const struct report_run *run = run_of(report, column);
	struct feature_state state = { .kind = FEATURE_WORKS };
	const char *option;

	feature_state__tests(report, column, row, state.reason, sizeof(state.reason));
	if (*state.reason)
		return state;
	if (!strncmp(feature->note, "placeholder", strlen("placeholder"))) {
		state.kind = FEATURE_PLACEHOLDER;
		return state;
	}
	state.kind = FEATURE_ABSENT;
	if (is_newer(feature->since, run->release)) {
		snprintf(state.reason, sizeof(state.reason), "since Linux %s", feature->since);
		return state;
	}
	option = missing_option(run, feature);
	if (option) {
		snprintf(state.reason, sizeof(state.reason), "needs %s", option);
		return state;
	}
	judge_by_tests(report, column, row, &state);
	return state;
}
