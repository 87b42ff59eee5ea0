/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One run: a kernel is booted, the command runs in it, the results are kept.
 */
#ifndef VMTEST_RUN_H
#define VMTEST_RUN_H

#include "vmtest.h"

/**
 * run_kernel() - Boot a kernel and run the command in it.
 * @vm: context
 * @word: the kernel as -k names it, NULL: the pinned one
 * @results_path: host folder for results, or NULL
 *
 * Return: the exit status of vmtest.
 */
int run_kernel(struct vmtest *vm, const char *word, const char *results_path);

#endif
