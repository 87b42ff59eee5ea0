/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chooses the test that starts next, and the machine that runs it. Without peers there is one
 * machine, number 0. Everything that keeps tests apart protects something of one kernel: locks,
 * places, memory and serial tests count on each machine by itself.
 *
 * A test starts on the machine that has the most free places. It starts when there is room for it
 * and no test that runs there holds a lock that it must not share. Until then later tests may start
 * before it, within these limits:
 *
 *  - A lock that a test waits for is not given to a later test, not even shared. The test gets it
 *    as soon as the tests that hold it have ended.
 *  - A test may wait for room, because it counts as several or takes much memory. It then lets as
 *    many later tests start as there are places. After that one machine is kept free for it, where
 *    nothing starts before it.
 *
 * A test that asks for more than a machine has starts when nothing runs there. Serial tests come
 * last, each of them alone on its machine. Tests that were running when a machine went down come
 * first, and alone on their machine, too.
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
	const struct test_locks *locks; /* locks that the test declares, or NULL */
	int places;                     /* number of places that the test takes */
	long memory_mib;
	bool is_serial;
	bool is_alone; /* was running when a machine went down: runs alone, before all others */
	int64_t duration_us; /* duration in an earlier run, or -1 */
	enum schedule_state state;
	int machine; /* machine that runs the test or ran it, or that is kept free for it; or -1 */
	bool waits_for_room;
	int passed_over; /* number of later tests that took the room that this test waits for */
};

struct schedule_machine {
	bool is_on;      /* tests may start on this machine */
	int places;      /* number of tests that may run at once */
	long memory_mib; /* memory in total; 0: unknown, and not counted */
	int running;
	int used_places;
	long used_memory_mib;
	bool is_taken; /* a serial test runs, or another one that has to be alone */
	bool is_kept; /* only while the next test is chosen: nothing starts before an earlier test */
};

struct schedule {
	struct schedule_entry *entries;
	int *order; /* order of the tests, as indexes into @entries */
	int cnt;
	struct schedule_machine *machines; /* number 0 is the machine of this process */
	int machines_cnt;
	int waiting, running;
	bool one_by_one; /* run one test at a time, on machine 0, whatever the entries say */
};

/**
 * schedule__begin() - queue @cnt tests, each of one place, in the order of their indexes
 * @places: number of tests that may run at once on machine 0
 *
 * Return: 0 or -ENOMEM.
 */
int schedule__begin(struct schedule *schedule, int cnt, int places, long memory_mib);

/** schedule__add_machine() - add a machine on which nothing may start yet; 0 or -ENOMEM */
int schedule__add_machine(struct schedule *schedule);

/** schedule__set_machine() - let tests start on a machine, with so many places and so much memory */
void schedule__set_machine(struct schedule *schedule, int machine, int places, long memory_mib);

/** schedule__shuffle() - put the tests into a random order that depends only on the seed */
void schedule__shuffle(struct schedule *schedule, uint32_t seed);

/**
 * schedule__longest_first() - order the tests by duration, the longest first; tests with an unknown
 *	duration come before all others, in their old order
 */
void schedule__longest_first(struct schedule *schedule);

/**
 * schedule__serial_last() - move serial tests behind all others, but keep the order otherwise
 *
 * Return: 0 or -ENOMEM.
 */
int schedule__serial_last(struct schedule *schedule);

/**
 * schedule__only() - start again with some of the tests; no test may be running
 * @wanted: for each entry, whether it waits now; the other entries count as ended
 * @one_by_one: run one test at a time, until the next call
 */
void schedule__only(struct schedule *schedule, const bool *wanted, bool one_by_one);

/** schedule__none() - let no test wait: schedule__queue() lets single ones wait; 0 or -ENOMEM */
int schedule__none(struct schedule *schedule);

/** schedule__next() - take the test to start now; returns its index, or -1 if there is none */
int schedule__next(struct schedule *schedule);

/** schedule__first_alone() - let a waiting test run alone on its machine, before all others */
void schedule__first_alone(struct schedule *schedule, int index);

/** schedule__queue() - let a test that counts as ended wait, as the last one */
void schedule__queue(struct schedule *schedule, int index);

/** schedule__end() - note that a running test has ended */
void schedule__end(struct schedule *schedule, int index);

/** schedule__put_back() - note that a test could not be started: it waits again */
void schedule__put_back(struct schedule *schedule, int index);

/** schedule__free() - free the entries and their order */
void schedule__free(struct schedule *schedule);

#endif
