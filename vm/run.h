/* SPDX-License-Identifier: GPL-2.0-only */
/* One run: boots a kernel, runs the command in it, keeps the results. */
#ifndef VM_RUN_H
#define VM_RUN_H

struct vmtest;

/**
 * struct run_facts - facts that a run has found out
 * @release: the release of the booted kernel; "" while it is not known
 */
struct run_facts {
	char release[128];
};

/**
 * run__kernel() - Boot a kernel and run the command in it.
 * @vm: context
 * @word: the kernel as -k names it; NULL: the pinned kernel
 * @results_path: host folder for results, or NULL
 * @facts: filled in as far as the run gets; NULL: a single run, which does not change the command
 *
 * Return: the exit status of vmtest.
 */
int run__kernel(struct vmtest *vm, const char *word, const char *results_path,
		struct run_facts *facts);

#endif
