/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that were left behind by one of several tests, without a sign of which one. They have
 * been killed.
 */
#ifndef RUNNER_BLAME_UNDECIDED_H
#define RUNNER_BLAME_UNDECIDED_H

#include <stdio.h>

#include "runner/process/unit.h"

struct json_object;

struct undecided {
	const struct units *units;
	struct json_object *texts; /* an array, or NULL */
};

/**
 * undecided__add() - tell the event sink about a process that one of the tests that have just ended
 *	has left
 */
void undecided__add(struct undecided *undecided, const char *process);

/**
 * undecided__resume() - add the processes from an earlier part of the run
 * @text: the events of that part; is changed
 */
void undecided__resume(struct undecided *undecided, char *text);

/** undecided__cnt() - the number of these processes; any fails the run */
int undecided__cnt(const struct undecided *undecided);

/** undecided__print() - print each of them on a line */
void undecided__print(const struct undecided *undecided, FILE *out);

/** undecided__object() - all of them as JSON, owned by the caller */
struct json_object *undecided__object(const struct undecided *undecided);

/** undecided__free() - free what @undecided holds */
void undecided__free(struct undecided *undecided);

#endif
