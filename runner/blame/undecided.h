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
	struct json_object *texts; /* an array with a text for each process, or NULL */
};

/**
 * undecided__add() - tell the event sink about a process that one of the tests that have just ended
 *	has left
 */
void undecided__add(struct undecided *undecided, const char *process);

/** undecided__keep() - add a process that another machine has told of; @text is copied */
void undecided__keep(struct undecided *undecided, const char *text);

/**
 * undecided__resume() - add the processes from an earlier part of the run
 * @text: the events of that part; the call changes the buffer
 */
void undecided__resume(struct undecided *undecided, char *text);

/** undecided__cnt() - the number of undecided processes; the run fails if it is not 0 */
int undecided__cnt(const struct undecided *undecided);

/** undecided__print() - print a line for each undecided process */
void undecided__print(const struct undecided *undecided, FILE *out);

/** undecided__object() - the undecided processes as a JSON array, owned by the caller */
struct json_object *undecided__object(const struct undecided *undecided);

/** undecided__free() - free the list of processes */
void undecided__free(struct undecided *undecided);

#endif
