/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes that were left behind and killed, of which it is not known by which of several tests. */
#ifndef RUNNER_BLAME_UNDECIDED_H
#define RUNNER_BLAME_UNDECIDED_H

#include <stdio.h>

struct runner;
struct json_object;

/** undecided__add() - say it, in text and as an event; the tests that have ended may have done it */
void undecided__add(struct runner *runner, const char *process);

/**
 * undecided__resume() - take those of an earlier part of the run
 * @text: its events; changed
 */
void undecided__resume(struct runner *runner, char *text);

/** undecided__cnt() - how many there are; any fails the run */
int undecided__cnt(const struct runner *runner);

/** undecided__print() - all of them, a line each */
void undecided__print(const struct runner *runner, FILE *out);

/** undecided__object() - the same as JSON, owned by the caller */
struct json_object *undecided__object(const struct runner *runner);

#endif
