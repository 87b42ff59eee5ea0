/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The journal is the event stream of a run on a disk that outlives the kernel, flushed before a
 * test goes on. After a restart it tells which tests have results, and which were running when the
 * kernel went down or the runner was killed. The run can therefore go on where it stopped.
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
	char *path;            /* the file that this run writes its journal to, or NULL */
	char *text;            /* the events of the earlier parts, in whole lines; or NULL */
	size_t len_bytes;      /* length of @text */
	bool may_go_on;        /* false: the run was cut short too often, so no more tests run */
	const char *killed_by; /* the signal that ended the runner; NULL: the kernel went down */
	enum journal_state *states; /* state of each test */
};

/**
 * journal__read() - find the earlier parts of a run
 * @resume: the path of --resume; NULL: a journal at $TEST_JOURNAL.PROGRAM that has no run_end
 *
 * Return: 0, or a negative errno after a message on stderr.
 */
int journal__read(struct journal *journal, const char *resume);

/**
 * journal__take_results() - give tests the results that they have in the journal
 * @boot_id: boot id of the running kernel, or NULL
 * @splats: receives the splats with suspects that have not been rerun yet
 *
 * Return: 0, or a negative errno.
 */
int journal__take_results(struct journal *journal, const struct tests *tests, const char *boot_id,
			  struct selection *selection, struct open_splats *splats);

/**
 * journal__queue() - give guilty tests their result, and queue the tests without a result: the
 *	suspects first, each of them alone on its machine, then the others in the usual order
 *
 * Return: 0 or -ENOMEM.
 */
int journal__queue(const struct journal *journal, const struct tests *tests,
		   struct schedule *schedule, const struct event_sink *sink);

/** journal__free() - free the events and states of a journal */
void journal__free(struct journal *journal);

#endif
