/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chooses the test that starts next. A test starts when there is room for it and nothing that runs
 * holds a lock that it must not share; until then later ones go first, within these limits:
 *
 *  - a lock that a test waits for is not given to a later one, not even shared, so that the test
 *    has it as soon as those let go that had it before;
 *  - a test that waits for room, because it counts as several or takes much memory, lets as many
 *    later ones go first as there are places. Then nothing starts until it can.
 *
 * A test that asks for more than there is starts when nothing runs. Serial tests come last, each
 * alone.
 */
#ifndef RUNNER_SCHEDULE_SCHEDULE_H
#define RUNNER_SCHEDULE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/schedule/locks.h"

enum schedule_state {
	SCHEDULE_WAITING,
	SCHEDULE_RUNNING,
	SCHEDULE_ENDED,
};

struct schedule_entry {
	const struct test_locks *locks; /* or NULL */
	int places;                     /* that it takes */
	long memory_mib;
	bool is_serial;
	int64_t duration_us; /* of an earlier run, or -1 */
	enum schedule_state state;
	bool waits_for_room;
	int passed_over; /* times that a later one took room it waits for */
};

struct schedule {
	struct schedule_entry *entries;
	int *order; /* indexes of @entries */
	int cnt;
	int places;      /* in all */
	long memory_mib; /* in all; 0: not known, and not counted */
	int waiting, running;
	int used_places;
	long used_memory_mib;
	bool serial_runs;
	bool one_by_one; /* whatever the entries say */
};

/**
 * schedule__begin() - @cnt tests that wait, each of one place, in the order of their indexes
 * @places: how many run at once
 *
 * Return: 0 or -ENOMEM.
 */
int schedule__begin(struct schedule *schedule, int cnt, int places, long memory_mib);

/** schedule__shuffle() - an order that follows from the seed */
void schedule__shuffle(struct schedule *schedule, uint32_t seed);

/** schedule__longest_first() - by duration; those without one first, in their order */
void schedule__longest_first(struct schedule *schedule);

/**
 * schedule__serial_last() - keep the order, but put serial tests behind all others
 *
 * Return: 0 or -ENOMEM.
 */
int schedule__serial_last(struct schedule *schedule);

/**
 * schedule__only() - begin anew with some of the tests; nothing may be running
 * @wanted: for each entry whether it waits now; the others count as ended
 * @one_by_one: one at a time, until the next call
 */
void schedule__only(struct schedule *schedule, const bool *wanted, bool one_by_one);

/** schedule__next() - the index of the test to start now, which then runs; -1: none */
int schedule__next(struct schedule *schedule);

/** schedule__end() - a test that ran has ended */
void schedule__end(struct schedule *schedule, int index);

/** schedule__put_back() - a test could not be started after all: it waits, as if never taken */
void schedule__put_back(struct schedule *schedule, int index);

/** schedule__free() - free everything in it */
void schedule__free(struct schedule *schedule);

#endif
