/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The questions that a unit asks at the end of its test, in this order: has the kernel log been
 * read to its end, are all processes gone, has the audit looked? blame/ implements them, and
 * decides which test is to blame. process/ only calls them.
 */
#ifndef RUNNER_PROCESS_OBSERVER_H
#define RUNNER_PROCESS_OBSERVER_H

#include <stdbool.h>

struct outcome;
struct record;
struct unit;

struct unit_observer {
	void *context; /* the first argument of each function below */

	/** expects_splat() - expect a splat that @record describes; it is then not a failure */
	void (*expects_splat)(void *context, struct unit *unit, const struct record *record);

	/** process_ends() - the test process is dead: end the open splat of one of its tasks */
	void (*process_ends)(void *context, struct unit *unit);

	/**
	 * has_heard_all() - read what the kernel has logged by now
	 *
	 * Return: true if no splat is incomplete, so that all known splats are charged.
	 */
	bool (*has_heard_all)(void *context);

	/**
	 * is_settled() - check what the test has left on the machine; its processes are gone
	 *
	 * Return: true if the check is complete; false: ask again soon, because something may still
	 * go away.
	 */
	bool (*is_settled)(void *context, struct unit *unit);

	/**
	 * part_ends() - fail the test for each expected splat that did not come
	 * @where: the subtest that ends; NULL: the test ends, and nothing is expected any more
	 */
	void (*part_ends)(void *context, struct unit *unit, const struct outcome *where);

	/** hangs() - append the last kernel messages since the test began to the test's log */
	void (*hangs)(void *context, struct unit *unit);

	/** cannot_be_killed() - append what the kernel reports about blocked tasks and its CPUs */
	void (*cannot_be_killed)(void *context, struct unit *unit);

	/** left_process() - report a process that one of several tests left; it was killed */
	void (*left_process)(void *context, const char *text);
};

#endif
