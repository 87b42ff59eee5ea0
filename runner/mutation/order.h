/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test process is to do with the programs that it loads, for --mutate. */
#ifndef RUNNER_MUTATION_ORDER_H
#define RUNNER_MUTATION_ORDER_H

#include <stdbool.h>
#include <stdint.h>

enum mutation_kind {
	MUTATION_SURVEY,    /* report the mutants of each program, and which of them were reached */
	MUTATION_MUTANT,    /* change one instruction of one program */
	MUTATION_SITES,     /* report the assertions that were reached */
	MUTATION_ASSERTION, /* let one assertion fail that holds */
};

struct mutation_order {
	enum mutation_kind kind;
	bool is_blind;        /* MUTATION_SURVEY: do not look at what is reached */
	bool is_for_own_only; /* leave out programs that act on the whole machine */
	uint64_t program;     /* MUTATION_MUTANT: key of the program (program_key.h) */
	int insn, op;
	const char *file; /* MUTATION_ASSERTION: place of the assertion */
	int line;
	const int *subtests; /* numbers of the subtests that run; with 0 in it, or NULL: all */
	int subtests_cnt;
	int wait_timeout_ms; /* in place of the usual limit of a wait; 0: the usual one */
	int64_t deadline_ms; /* in place of the usual deadline; 0: the usual one */
};

/** mutation_order__wants() - whether a subtest runs; without an order all do */
static inline bool mutation_order__wants(const struct mutation_order *order, int subtest)
{
	int i;

	if (!order || !order->subtests_cnt)
		return true;
	for (i = 0; i < order->subtests_cnt; i++) {
		if (!order->subtests[i] || order->subtests[i] == subtest)
			return true;
	}
	return false;
}

#endif
