/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of mutants that no test can kill, each with the reason. A line of the file is
 *
 *	TEST | FILE | SOURCE LINE | OPERATOR | REASON
 *
 * where '*' stands for any operator. A line that fits no survivor of a whole run is an error: the list
 * keeps nothing that is not needed.
 */
#ifndef RUNNER_MUTANTS_KNOWN_MUTANTS_H
#define RUNNER_MUTANTS_KNOWN_MUTANTS_H

#include "runner/mutants/mutant_list.h"

struct known_mutant {
	char *line; /* the other members point into it */
	const char *test, *file, *text, *op, *reason;
	int line_number;
	bool was_needed, was_possible;
};

struct known_mutants {
	const char *path;
	struct known_mutant *all;
	int cnt;
};

/**
 * known_mutants__read() - read a list
 * @path: kept by the caller; NULL: the list is empty
 *
 * Return: 0, or a negative errno after a message on stderr that names the line.
 */
int known_mutants__read(struct known_mutants *known, const char *path);

/** known_mutants__explain() - fill in @explained of the survivors that are in the list */
void known_mutants__explain(struct known_mutants *known, const struct mutant_list *mutants);

/**
 * known_mutants__report_unneeded() - after a whole run: name each line that fits no survivor
 *
 * Only lines of tests that ran count.
 *
 * Return: the number of such lines.
 */
int known_mutants__report_unneeded(const struct known_mutants *known);

/** known_mutants__free() - free the list */
void known_mutants__free(struct known_mutants *known);

#endif
