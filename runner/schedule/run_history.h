/* SPDX-License-Identifier: GPL-2.0-only */
/* What a run takes from the history, and adds to it. */
#ifndef RUNNER_SCHEDULE_RUN_HISTORY_H
#define RUNNER_SCHEDULE_RUN_HISTORY_H

#include "runner/run.h"

/** run_history__begin() - read the file; what cannot be read is said once, and is no history */
void run_history__begin(struct runner *runner);

/**
 * run_history__add_unreached() - add the subtests that earlier runs came to, and this one did not
 *
 * Only to a test that was selected as a whole and came to its end without a skip, and only what was
 * seen on this kernel with this very build. They are failures.
 */
void run_history__add_unreached(struct runner *runner, struct test_outcome *test);

/** run_history__save() - add what has ended, and write the file */
void run_history__save(struct runner *runner);

/** run_history__end() - free everything */
void run_history__end(struct runner *runner);

#endif
