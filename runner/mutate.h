/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --mutate: run the selected tests as usual; then change the programs of those that passed, one
 * instruction at a time, and see whether the tests notice. It makes several runs out of one, and knows
 * nothing of how a run works.
 */
#ifndef RUNNER_MUTATE_H
#define RUNNER_MUTATE_H

#include "runner/command_line/options.h"
#include "runner/selection/selection.h"

/**
 * mutate__run() - run the tests, then their mutants
 *
 * Return: one of enum run_exit; RUN_EXIT_FAILED also if the list of known mutants or the scores are
 *	wrong.
 */
int mutate__run(const struct run_options *options, struct selection *selection);

#endif
