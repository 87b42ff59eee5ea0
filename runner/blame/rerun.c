// SPDX-License-Identifier: GPL-2.0-only
/* Runs suspects again. Which tests are suspects is for splats.c and audit.c to say. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/blame/rerun.h"
#include "runner/reports/status_lines.h"
#include "runner/kernel_log/warn_once.h"

bool again__is_needed(const struct runner *runner, const struct test_outcome *test)
{
	return splats__is_suspected(runner, test) || audit__is_suspected(runner, test);
}

int again__prepare(struct runner *runner)
{
	bool *wanted = calloc(runner->tests_cnt + 1, sizeof(*wanted));
	int i, cnt = 0;

	if (!wanted)
		return -ENOMEM;
	for (i = 0; i < runner->tests_cnt; i++) {
		wanted[i] = again__is_needed(runner, &runner->tests[i]);
		cnt += wanted[i];
	}
	schedule__only(&runner->schedule, wanted, true);
	free(wanted);
	runner->again.is_running = cnt;
	return cnt;
}

void again__begin(struct runner *runner, struct test_outcome *test)
{
	struct test_outcome *first = &runner->again.first;
	/* Nothing is to be cleared in the kernel that runs if the log is that of none. */
	int err = runner->kernel_log.is_stream ? 0 : warn_once__forget();

	/* Each suspect may be the one, so the one before must not have silenced it. */
	if (err)
		runner__debug(runner, "%s: what the kernel warns of once stays silent: %s",
			      test->outcome.name, strerror(-err));
	audit__look_at_all(runner);
	*first = *test;
	*test = (struct test_outcome){
		.entry = first->entry,
		.outcome.name = strdup(first->outcome.name),
		.outcome.number = first->outcome.number,
		.attempts = first->attempts,
	};
}

/* How it went before is what counts: one that times out both times has gone as far. */
static bool has_shown_nothing(const struct test_outcome *test, const struct test_outcome *first)
{
	enum result result = test->outcome.result;

	return result != first->outcome.result &&
	       (result == RESULT_TIMEOUT || result == RESULT_CRASH || result == RESULT_LOST);
}

void again__end(struct runner *runner, struct test_outcome *test)
{
	struct test_outcome *first = &runner->again.first, again;

	first->attempts = test->attempts;
	/* Also one that cannot be killed any more: nothing of it is an earlier test's doing. */
	if (test->outcome.result == RESULT_SPLAT || runner->needs_restart) {
		splats__convict(runner, test);
		test_outcome__free(first);
		report__test(runner, test);
		return;
	}
	if (test->left_cnt) {
		again = *test;
		*test = *first;
		audit__convict(runner, test, &again);
		test_outcome__free(&again);
		return;
	}
	printf("again alone: #%d %s: %s\n", test->outcome.number, test->outcome.name,
	       has_shown_nothing(test, first) ? "it did not come to its end" : "nothing of it");
	fflush(stdout);
	test_outcome__free(test);
	*test = *first;
	events__test_end(&runner->events, test);
}
