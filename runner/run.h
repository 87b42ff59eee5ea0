/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole run: one process, one thread, one event loop. It starts a process for every test, turns
 * what these say and how they end into results, and tells its reports. It never runs test code.
 */
#ifndef RUNNER_RUN_H
#define RUNNER_RUN_H

#include "runner/command_line/options.h"
#include "runner/selection/selection.h"

/**
 * run__tests() - run the selected tests and report them
 *
 * Return: one of enum run_exit.
 */
int run__tests(const struct run_options *options, struct selection *selection);

#endif
