/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run is one process with one thread and one event loop. It starts a process for every test,
 * turns the records and the exit status of that process into results, and passes them to the
 * reports. It never runs test code itself.
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
