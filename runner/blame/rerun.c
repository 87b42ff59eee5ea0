// SPDX-License-Identifier: GPL-2.0-only
/* Reruns suspects. splats.c and left_behind.c decide which tests are suspects. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/blame/rerun.h"
#include "runner/kernel_log/warn_once.h"
#include "runner/text/error.h"

bool rerun__is_needed(const struct rerun *rerun, const struct test_outcome *test)
{
	return splats__is_suspected(rerun->splats, test) ||
	       left_behind__is_suspected(rerun->audit, test);
}

bool rerun__may_be_needed(const struct rerun *rerun, const struct test_outcome *test)
{
	return splats__is_suspected(rerun->splats, test) ||
	       left_behind__may_be_suspected(rerun->audit, test);
}

static void set_phase(struct rerun *rerun, enum unit_phase phase)
{
	rerun->units->phase = phase;
	rerun->audit->is_rerun = phase == UNIT_PHASE_RERUN;
}

int rerun__prepare(struct rerun *rerun, const struct tests *tests, struct schedule *schedule)
{
	bool *wanted = calloc(tests->cnt + 1, sizeof(*wanted));
	int i, cnt = 0;

	if (!wanted)
		return -ENOMEM;
	for (i = 0; i < tests->cnt; i++) {
		wanted[i] = rerun__is_needed(rerun, &tests->all[i]);
		cnt += wanted[i];
	}
	schedule__only(schedule, wanted, true);
	free(wanted);
	if (cnt)
		set_phase(rerun, UNIT_PHASE_RERUN);
	return cnt;
}

void rerun__begin(struct rerun *rerun, struct test_outcome *test)
{
	struct test_outcome *first = &rerun->first;
	/* A log that is read from a file is not from this kernel: nothing to forget here. */
	int err = rerun->splats->log->is_stream ? 0 : warn_once__forget();

	/* Let WARN_ONCE() print again: an earlier suspect may have used up a warning. */
	if (err)
		event_sink__debug(
			rerun->units->sink,
			"%s: cannot make the kernel print its one-time warnings again: " ERRNO_FMT,
			test->outcome.name, ERRNO_ARG(err));
	audit__look_at_all(rerun->audit);
	*first = *test;
	*test = (struct test_outcome){
		.entry = first->entry,
		.outcome.name = strdup(first->outcome.name),
		.outcome.number = first->outcome.number,
		.attempts = first->attempts,
	};
}

/* A rerun that times out like the first run has got just as far, so it counts. */
static bool is_incomplete(const struct test_outcome *test, const struct test_outcome *first)
{
	enum result result = test->outcome.result;

	return result != first->outcome.result &&
	       (result == RESULT_TIMEOUT || result == RESULT_CRASH || result == RESULT_LOST ||
		result == RESULT_INTERRUPTED);
}

/* Make the result of the rerun the result of the test. */
static void keep_second(struct rerun *rerun, struct test_outcome *test)
{
	splats__convict(rerun->splats, test);
	test_outcome__free(&rerun->first);
	event_sink__tell(rerun->units->sink, &(struct event){
						     .kind = EVENT_TEST_END,
						     .test = test,
						     .where = &test->outcome,
					     });
}

static void keep_first(struct rerun *rerun, struct test_outcome *test)
{
	struct test_outcome again = *test;

	*test = rerun->first;
	if (again.left_cnt)
		left_behind__convict(rerun->audit, test, &again);
	else
		event_sink__tell(rerun->units->sink,
				 &(struct event){
					 .kind = EVENT_RERUN_CLEARED,
					 .test = test,
					 .where = &test->outcome,
					 .cleared = { is_incomplete(&again, test) },
				 });
	test_outcome__free(&again);
}

void rerun__end(struct rerun *rerun, struct test_outcome *test, bool is_unkillable)
{
	rerun->first.attempts = test->attempts;
	if (test->outcome.result == RESULT_SPLAT || is_unkillable)
		keep_second(rerun, test);
	else
		keep_first(rerun, test);
}

void rerun__finish(struct rerun *rerun)
{
	set_phase(rerun, UNIT_PHASE_FIRST);
}
