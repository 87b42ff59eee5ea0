/* SPDX-License-Identifier: GPL-2.0-only */
/* Shows mutants: on the terminal, and as JSON objects in the event stream. */
#ifndef RUNNER_MUTANTS_MUTANT_REPORT_H
#define RUNNER_MUTANTS_MUTANT_REPORT_H

#include "runner/mutants/mutant_list.h"

struct json_object;

/* How many mutants have which result. */
struct mutant_totals {
	int of[MUTANT_RESULTS];
	int explained; /* survivors that no test can see */
};

/** mutant_totals__count() - count the mutants of a test, or of all tests if @entry is NULL */
struct mutant_totals mutant_totals__count(const struct mutant_list *list,
					  const struct test_entry *entry);

/**
 * mutant_totals__score() - the killed in per mille of the killed and the survivors, or -1 without any
 *
 * Explained survivors do not count.
 */
int mutant_totals__score(const struct mutant_totals *totals);

/** mutant_report__print_survivor() - print place, text, operator and subtests of a mutant */
void mutant_report__print_survivor(const struct mutant *mutant);

/** mutant_report__print_tests() - print a line for each test */
void mutant_report__print_tests(const struct mutant_list *list);

/** mutant_report__print_totals() - print the last line */
void mutant_report__print_totals(const struct mutant_list *list, uint32_t seed, double duration_s);

/** mutant_report__patch() - as source_patch__make() */
char *mutant_report__patch(const struct mutant *mutant);

/** mutant_report__object() - a mutant as an event, owned by the caller */
struct json_object *mutant_report__object(const struct mutant *mutant);

/** mutant_report__name() - write the name of a mutant that --mutant takes, "PROGRAM:INSN:OPERATOR" */
void mutant_report__name(const struct mutant *mutant, char *name, size_t size_bytes);

#endif
