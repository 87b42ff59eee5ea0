/* SPDX-License-Identifier: GPL-2.0-only */
/* Connects a run with the history of earlier runs: reads the history, and adds to it. */
#ifndef RUNNER_SCHEDULE_RUN_HISTORY_H
#define RUNNER_SCHEDULE_RUN_HISTORY_H

#include "runner/command_line/options.h"
#include "runner/result/event.h"
#include "runner/result/tests.h"
#include "runner/schedule/history.h"

struct run_history {
	const struct run_options *options;
	struct history history;
	struct history_key key;
	char *path; /* path of the history file; NULL: no history is kept */
	char *build;
};

/**
 * run_history__begin() - read the file; if that fails, print one warning, and go on without a
 *	history
 * @release: release of the kernel, or NULL
 */
void run_history__begin(struct run_history *history, const struct run_options *options,
			const char *release);

/**
 * run_history__add_unreached() - add the subtests that earlier runs reached and this one did not
 *
 * They are failures. They are added only to a test that was selected as a whole and ended without a
 * skip, and only if they were seen on this kernel with this very build.
 */
void run_history__add_unreached(struct run_history *history, struct test_outcome *test,
				const struct event_sink *sink);

/**
 * run_history__save() - add the tests that have ended, and write the file
 *
 * Return: 0, or after a warning the negative errno for a file of --history. The default file may not
 * be writable, as in a read-only home.
 */
int run_history__save(struct run_history *history, const struct tests *tests,
		      const struct event_sink *sink);

/** run_history__end() - free the history and its path */
void run_history__end(struct run_history *history);

#endif
