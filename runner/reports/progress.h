/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far a run is: on a terminal one line that is drawn again and again, elsewhere a line each half
 * minute, so that nobody thinks that the run hangs.
 */
#ifndef RUNNER_REPORTS_PROGRESS_H
#define RUNNER_REPORTS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/reports/screen.h"
#include "runner/result/event.h"
#include "runner/schedule/schedule.h"

/**
 * struct progress - what is known about a run that goes on
 * @screen: stdout
 * @tests, @schedule: those of the run; the schedule knows how long tests took in earlier runs
 * @is_on: false if output is shown as it comes, so that there is no place for a line
 * @begin_ns: time when the run began
 * @next_line_ns: time of the next line without a terminal
 * @began_ns: for each test, the time when it began, if it runs; or 0
 */
struct progress {
	struct screen *screen;
	const struct tests *tests;
	const struct schedule *schedule;
	bool is_on;
	uint64_t begin_ns, next_line_ns;
	uint64_t *began_ns;
};

/**
 * progress__begin() - begin with no test done
 * @progress: has screen, tests, schedule and is_on set
 *
 * Return: 0 or -ENOMEM. End with progress__end().
 */
int progress__begin(struct progress *progress);

/** progress__listen() - a listener of the event sink, after all that print */
void progress__listen(void *context, const struct event *event);

/**
 * progress__text() - the line, without what only a terminal needs
 * @now_ns: the time
 *
 * For example: `12 of 21 tests, 1 failed, 8 s left: xdp/context 3 s, lru_map 1 s`
 *
 * Return: the text, to be freed by the caller; NULL when out of memory.
 */
char *progress__text(const struct progress *progress, uint64_t now_ns);

/** progress__end() - remove the line and free everything */
void progress__end(struct progress *progress);

#endif
