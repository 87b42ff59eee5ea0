/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that one of several tests has left behind, and it is not known which; they were killed.
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

/** undecided__add() - tell the event sink; one of the tests that have just ended has left it */
void undecided__add(struct undecided *undecided, const char *process);

/**
 * undecided__resume() - take those of an earlier part of the run
 * @text: its events; changed
 */
void undecided__resume(struct undecided *undecided, char *text);

/** undecided__cnt() - how many there are; any fails the run */
int undecided__cnt(const struct undecided *undecided);

/** undecided__print() - all of them, a line each */
void undecided__print(const struct undecided *undecided, FILE *out);

/** undecided__object() - the same as JSON, owned by the caller */
struct json_object *undecided__object(const struct undecided *undecided);

/** undecided__free() - free what @undecided holds */
void undecided__free(struct undecided *undecided);

#endif
