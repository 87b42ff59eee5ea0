/* SPDX-License-Identifier: GPL-2.0-only */
/* The results of the program `compare`. Masks are numbers: bit N is CPU N. */
#ifndef CPUMASK_H
#define CPUMASK_H

/* The masks of the tests have no other CPUs than 0 and 1. */
#define CPUMASK_BITS 2

struct cpumask_results {
	unsigned int left, and, or, xor, copy;
	_Bool and_is_not_empty, equal, intersects, subset, empty, full;
	unsigned int first, first_zero, first_and, weight, any, any_and;
};

#endif
