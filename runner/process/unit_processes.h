/* SPDX-License-Identifier: GPL-2.0-only */
/* The processes of a test: find them, show where they are stuck, end all of them. */
#ifndef RUNNER_PROCESS_UNIT_PROCESSES_H
#define RUNNER_PROCESS_UNIT_PROCESSES_H

#include "runner/process/unit.h"

/** unit__has_process() - whether a living process or thread is known to come from the test */
bool unit__has_process(const struct unit *unit, pid_t pid);

/** units__find_process() - the unit whose test a process is known to come from, or NULL */
struct unit *units__find_process(const struct units *units, pid_t pid);

/** unit__begin_killing() - kill the test's processes; the unit then handles the end as usual */
void unit__begin_killing(struct unit *unit);

/** unit__kill_all() - send SIGKILL to every living process of the test */
void unit__kill_all(struct unit *unit);

/**
 * unit__has_processes() - whether a process of the test lives, or has died just now; not counting
 *	the test process itself, which must be dead
 */
bool unit__has_processes(struct unit *unit);

/**
 * unit__may_wait_for_left_processes() - whether only a few processes of the test live, so that
 *	they may still end by themselves
 */
bool unit__may_wait_for_left_processes(struct unit *unit);

/**
 * unit__note_left_processes() - charge the test with each process that outlives the test process
 *	and is not about to die
 */
void unit__note_left_processes(struct unit *unit);

/**
 * unit__processes() - list the test process and all its descendants
 * @pids: room for UNIT_PIDS_MAX
 *
 * Return: the number of pids in @pids.
 */
int unit__processes(struct unit *unit, pid_t *pids);

/** unit__log_stacks() - append the stack of each thread of the test to the current log */
void unit__log_stacks(struct unit *unit);

/** unit__is_dead() - whether no process of the test lives; living ones get SIGKILL again */
bool unit__is_dead(struct unit *unit);

#endif
