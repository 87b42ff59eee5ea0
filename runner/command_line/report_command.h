/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of `test_progs report`, read with argp. */
#ifndef RUNNER_COMMAND_LINE_REPORT_COMMAND_H
#define RUNNER_COMMAND_LINE_REPORT_COMMAND_H

#include <stdbool.h>

#include "runner/command_line/options.h"

struct report_command {
	char **paths; /* files with events, and results folders; they point into argv */
	int paths_cnt;
	struct report_paths reports;
};

/** report_command__is_given() - whether the command line is one of `test_progs report` */
bool report_command__is_given(int argc, char **argv);

/**
 * report_command__parse() - read the arguments
 * @argv: as main() gets them; its order may change
 *
 * Ends the program for --help and wrong usage, as argp does. Return: RUN_EXIT_OK or RUN_EXIT_USAGE.
 */
int report_command__parse(struct report_command *command, int argc, char **argv);

#endif
