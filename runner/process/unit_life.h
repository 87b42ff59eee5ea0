/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of a running test: its descriptors, its deadline, its end. */
#ifndef RUNNER_PROCESS_UNIT_LIFE_H
#define RUNNER_PROCESS_UNIT_LIFE_H

#include "runner/process/unit.h"

enum unit_progress {
	UNIT_GOES_ON,
	UNIT_ENDED,      /* the unit is free, and its test has its result */
	UNIT_UNKILLABLE, /* the same, and something of the test survived SIGKILL */
};

/** unit__handle() - take what a descriptor of the unit has to say */
void unit__handle(struct unit_watch *watch);

/**
 * unit__tick() - do what is due: name a slow test, kill one at its deadline, and end a unit whose
 *	processes are gone
 * @next_ns: lowered to when it is to be called again at the latest, in monotonic nanoseconds
 */
enum unit_progress unit__tick(struct unit *unit, uint64_t now_ns, uint64_t *next_ns);

/**
 * unit__forgive() - give a test back time that the runner, not the test, has spent
 *
 * A test that has ended gets none back: the runner then spends its time on clearing it, and that
 * has a limit.
 */
void unit__forgive(struct unit *unit, uint64_t spent_ns);

/** unit__forgive_stop() - give back time in which the runner was stopped, at whatever point */
void unit__forgive_stop(struct unit *unit, uint64_t spent_ns);

/** unit__interrupt() - kill the test because the run is stopped */
void unit__interrupt(struct unit *unit);

#endif
