// SPDX-License-Identifier: GPL-2.0-only
/* Reads logs/TEST.log, which results_folder.c writes with a heading in front of each subtest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/kept_logs.h"
#include "runner/text/cleanup.h"

static struct outcome *find_subtest(struct test_outcome *test, int number)
{
	int i;

	for (i = test->subtests_cnt - 1; i >= 0; i--) {
		if (test->subtests[i]->outcome.number == number)
			return &test->subtests[i]->outcome;
	}
	return NULL;
}

static bool needs_log(const struct report_test *test, const struct outcome *outcome)
{
	return !outcome->log.total_bytes &&
	       (!test->has_ended || result__is_failure(outcome->result));
}

static bool any_needs_log(const struct report_test *test)
{
	int i;

	if (needs_log(test, &test->outcome.outcome))
		return true;
	for (i = 0; i < test->outcome.subtests_cnt; i++) {
		if (needs_log(test, &test->outcome.subtests[i]->outcome))
			return true;
	}
	return false;
}

static void read_log(FILE *file, struct report_test *test)
{
	struct outcome *to = &test->outcome.outcome;
	bool is_wanted = needs_log(test, to);
	autofree char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int number;

	while ((len = getline(&line, &room, file)) > 0) {
		if (sscanf(line, "--- subtest %d: ", &number) == 1) {
			to = find_subtest(&test->outcome, number) ?: &test->outcome.outcome;
			is_wanted = needs_log(test, to);
		} else if (is_wanted) {
			capped_log__add(&to->log, line, len);
		}
	}
}

void kept_logs__take(struct report_run *run)
{
	int i;

	for (i = 0; run->logs_dir && i < run->tests_cnt; i++) {
		struct report_test *test = &run->tests[i];
		const char *name = test->outcome.outcome.name;
		autofclose FILE *file = NULL;
		autofree char *path = NULL;

		/* The name comes from a file, and must not lead out of the folder. */
		if (!any_needs_log(test) || strchr(name, '/'))
			continue;
		if (asprintf(&path, "%s/%.200s.log", run->logs_dir, name) < 0)
			path = NULL;
		file = path ? fopen(path, "re") : NULL;
		if (file)
			read_log(file, test);
	}
}
