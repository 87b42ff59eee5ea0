/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The questions that a unit asks at its test's end, and in what order: has the kernel's log been
 * read to its end, are all processes gone, has the audit looked. blame/ implements this and decides
 * which test has done something; process/ only calls it.
 */
#ifndef RUNNER_PROCESS_OBSERVER_H
#define RUNNER_PROCESS_OBSERVER_H

#include <stdbool.h>

struct outcome;
struct record;
struct unit;

struct unit_observer {
	void *context; /* the first argument of each of these */

	/** expects_splat() - from now on a splat that @record describes is no failure */
	void (*expects_splat)(void *context, struct unit *unit, const struct record *record);

	/** process_ends() - the test's process is dead: a splat of its task is complete */
	void (*process_ends)(void *context, struct unit *unit);

	/**
	 * has_heard_all() - take what the kernel has logged by now
	 *
	 * Return: true if no splat is under way, so that all that is known is charged.
	 */
	bool (*has_heard_all)(void *context);

	/**
	 * is_settled() - look at what the test has left on the machine; its processes are gone
	 *
	 * Return: true if that is all; false: ask again soon, something may yet go by itself.
	 */
	bool (*is_settled)(void *context, struct unit *unit);

	/**
	 * part_ends() - fail the test for the splats that it expected and that did not come
	 * @where: the subtest that ends; NULL: the test ends, and nothing is expected any more
	 */
	void (*part_ends)(void *context, struct unit *unit, const struct outcome *where);

	/** hangs() - append what the kernel logged since the test began to its log */
	void (*hangs)(void *context, struct unit *unit);

	/** cannot_be_killed() - append what the kernel says of blocked tasks and of its CPUs */
	void (*cannot_be_killed)(void *context, struct unit *unit);

	/**
	 * left_process() - a process was left behind and killed, and one of several tests left it
	 */
	void (*left_process)(void *context, const char *text);
};

#endif
