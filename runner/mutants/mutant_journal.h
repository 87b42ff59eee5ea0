/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mutants that were begun and ended, in a file that outlives the kernel. A mutant may make the
 * kernel go down; after the restart the others go on where they stopped.
 */
#ifndef RUNNER_MUTANTS_MUTANT_JOURNAL_H
#define RUNNER_MUTANTS_MUTANT_JOURNAL_H

#include "runner/mutants/mutant_list.h"

struct mutant_journal {
	char *path; /* NULL: there is none */
	int fd;
	bool is_resumed; /* an earlier part of the run has written to it */
	uint32_t seed;   /* that of the earlier parts */
};

/**
 * mutant_journal__open() - open $TEST_JOURNAL.PROGRAM.mutants, if that variable is set
 * @seed: kept in a new journal
 *
 * Return: 0, or a negative errno after a message on stderr.
 */
int mutant_journal__open(struct mutant_journal *journal, uint32_t seed);

/**
 * mutant_journal__take() - give mutants the results that they have in the journal
 *
 * The one that ran alone when the kernel went down has killed it. If several ran, each becomes a
 * suspect (@is_suspect), which runs alone.
 *
 * Return: the number of mutants that have a result now; a negative errno after a message on stderr.
 */
int mutant_journal__take(struct mutant_journal *journal, struct mutant_list *list);

/** mutant_journal__begin() - note that a mutant begins; on the disk before it does */
void mutant_journal__begin(struct mutant_journal *journal, const struct mutant *mutant);

/** mutant_journal__end() - note the result of a mutant */
void mutant_journal__end(struct mutant_journal *journal, const struct mutant *mutant);

/** mutant_journal__close() - close the journal; remove it if the run is complete */
void mutant_journal__close(struct mutant_journal *journal, bool is_complete);

#endif
