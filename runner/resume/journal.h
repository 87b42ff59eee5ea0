/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The journal: the event stream of a run on a disk that outlives the kernel, flushed before a test
 * goes on. After a restart it says which tests have their results, which one was running when the
 * kernel went down or the runner was killed, and so a run goes on where it stopped.
 */
#ifndef RUNNER_RESUME_JOURNAL_H
#define RUNNER_RESUME_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/blame/open_splats.h"
#include "runner/result/event.h"
#include "runner/result/tests.h"
#include "runner/resume/journal_events.h"
#include "runner/schedule/schedule.h"
#include "runner/selection/selection.h"

struct journal {
	char *path;            /* where it is written, or NULL */
	char *text;            /* of the earlier parts, whole lines; NULL if there are none */
	size_t len_bytes;      /* of @text */
	bool may_go_on;        /* false: the run was cut short too often, nothing runs any more */
	const char *killed_by; /* the signal that cut it short; NULL: the kernel went down */
	enum journal_state *states; /* of the tests */
};

/**
 * journal__read() - find the earlier parts of a run
 * @resume: the path of --resume; NULL: a journal at $TEST_JOURNAL.PROGRAM that has no run_end
 *
 * Return: 0, or a negative errno after having said why on stderr.
 */
int journal__read(struct journal *journal, const char *resume);

/**
 * journal__take_results() - give tests the results that they have in the journal
 * @boot_id: of the kernel that runs, or NULL
 * @splats: gets the splats whose suspects have not all run again yet
 *
 * Return: 0, or a negative errno.
 */
int journal__take_results(struct journal *journal, const struct tests *tests, const char *boot_id,
			  struct selection *selection, struct open_splats *splats);

/**
 * journal__queue_suspects() - convict the guilty, and queue the suspects, which are to run alone
 *	first
 *
 * Return: how many those are, or a negative errno.
 */
int journal__queue_suspects(const struct journal *journal, const struct tests *tests,
			    struct schedule *schedule, const struct event_sink *sink);

/** journal__queue_rest() - queue the tests without a result, in the usual order; 0 or -ENOMEM */
int journal__queue_rest(const struct tests *tests, struct schedule *schedule);

/** journal__free() - free everything in it */
void journal__free(struct journal *journal);

#endif
