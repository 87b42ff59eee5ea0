/* SPDX-License-Identifier: GPL-2.0-only */
/* The mutants of a run of --mutate, each with what has become of it. */
#ifndef RUNNER_MUTANTS_MUTANT_LIST_H
#define RUNNER_MUTANTS_MUTANT_LIST_H

#include "runner/mutation/order.h"
#include "runner/records/record.h"
#include "runner/result/result.h"

enum mutant_result {
	MUTANT_WAITS,    /* it was not tried */
	MUTANT_KILLED,   /* the test failed */
	MUTANT_TIMEOUT,  /* the test did not come to its end; counts as killed */
	MUTANT_SURVIVED, /* the test passed */
	MUTANT_REJECTED, /* the kernel did not load it; does not count */
	MUTANT_NOT_RUN,  /* the instruction did not run, or nothing would have been different */
	MUTANT_RESULTS,
};

/* A changed instruction; or an inverted assertion, with the function in place of the program. */
struct mutant {
	const struct test_entry *entry;
	int test_number;
	struct mutation_order order; /* its subtests are those that reach the instruction */
	char *program;               /* name of the BPF program */
	char *file, *source;         /* the source line as it is, or "" */
	const char *text;            /* the same without blanks at its begin */
	int line;
	char *detail;        /* the old and the new value, or "" */
	int64_t duration_us; /* of the unchanged test or its slowest subtest */
	bool is_begun;       /* in the journal: it has not ended yet */
	bool is_suspect;     /* it was one of several that ran when the kernel went down */
	enum mutant_result result;
	char *why;             /* the assertion that failed, or the errno of the load; or NULL */
	const char *explained; /* why no test can see it (known_mutants.h), or NULL */
};

struct mutant_list {
	struct mutant **all;
	int cnt;
	void *by_identity; /* of tsearch(3) */
};

/** mutant__what() - what it does: the name of its operator, or "assertion inverted" */
const char *mutant__what(const struct mutant *mutant);

/** mutant_result__word() - "killed", "survived" and so on */
const char *mutant_result__word(enum mutant_result result);

/**
 * mutant_list__add() - take a mutant that a survey reports, or what it says about a known one
 * @test: the test of the survey
 * @subtest: number of the subtest that was running, or 0
 * @record: of the type RECORD_MUTANT or RECORD_SITE
 *
 * Return: 0 or -ENOMEM.
 */
int mutant_list__add(struct mutant_list *list, const struct test_outcome *test, int subtest,
		     const struct record *record);

/** mutant_list__sort() - sort by test, file, line, instruction and operator */
void mutant_list__sort(struct mutant_list *list);

/**
 * mutant_list__sample() - the mutants that wait, in an order that the seed determines
 * @cnt: set to their number
 *
 * Return: pointers into the list, to be freed by the caller; NULL when out of memory.
 */
struct mutant **mutant_list__sample(const struct mutant_list *list, uint32_t seed, int *cnt);

/** mutant__judge() - decide what has become of a mutant, from the result of its test */
void mutant__judge(struct mutant *mutant, const struct test_outcome *test);

/** mutant__take_load() - note whether the kernel has loaded it; @err is 0 or a negative errno */
void mutant__take_load(struct mutant *mutant, int err);

/** mutant_list__free() - free all mutants */
void mutant_list__free(struct mutant_list *list);

#endif
