/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that follow a running test: its descriptors, its deadline, its end. */
#ifndef RUNNER_PROCESS_UNIT_LIFE_H
#define RUNNER_PROCESS_UNIT_LIFE_H

#include "runner/process/unit.h"

enum unit_progress {
	UNIT_GOES_ON,
	UNIT_ENDED,      /* the unit is free, and its test has its result */
	UNIT_UNKILLABLE, /* as UNIT_ENDED, but a process of the test survived SIGKILL */
};

/** unit__handle() - read a descriptor of the unit that is ready, and handle the data */
void unit__handle(struct unit_watch *watch);

/**
 * unit__tick() - do what is due: report a slow test, kill a test at its deadline, free a unit after
 *	its last process is gone
 * @next_ns: lowered to when the next call is due at the latest, in monotonic nanoseconds
 */
enum unit_progress unit__tick(struct unit *unit, uint64_t now_ns, uint64_t *next_ns);

/**
 * unit__forgive() - extend the deadline of a test by time that the runner has used, not the test
 *
 * The deadline of a test that has ended is not extended: the runner then uses the time to clear
 * the unit, and clearing has a limit.
 */
void unit__forgive(struct unit *unit, uint64_t spent_ns);

/**
 * unit__forgive_stop() - extend all limits of a unit by the time for which the runner was stopped
 */
void unit__forgive_stop(struct unit *unit, uint64_t spent_ns);

/** unit__interrupt() - kill the test because the run is stopped */
void unit__interrupt(struct unit *unit);

#endif
