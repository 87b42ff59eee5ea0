/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line of test_progs, read with argp. Every option of the kernel's runner has the same
 * meaning here; docs/compatibility.md lists the differences. The names of tests are not checked
 * here: the selection does that later.
 */
#ifndef RUNNER_COMMAND_LINE_COMMAND_LINE_H
#define RUNNER_COMMAND_LINE_COMMAND_LINE_H

#include "runner/command_line/options.h"
#include "runner/selection/name_list.h"
#include "runner/selection/selection.h"

/* The options point into this struct and into argv: it must not be copied. */
struct command_line {
	struct run_options options;
	struct selection selection;   /* values of -n, -t, -a, -b, -d */
	struct selection captured;    /* values of -m */
	struct name_list known_skips; /* list of --strict-skips */
};

/**
 * command_line__parse() - read arguments and environment, and open the file of -J
 * @line: need not be initialized; freed with command_line__end(), also after an error
 *
 * Ends the program for --help and similar options. Wrong usage also ends it, with RUN_EXIT_USAGE,
 * as argp does.
 *
 * Return: RUN_EXIT_OK; RUN_EXIT_USAGE or RUN_EXIT_INFRASTRUCTURE with a message on stderr.
 */
int command_line__parse(struct command_line *line, int argc, char **argv);

/**
 * command_line__end() - close the file of -J and free everything
 * @status: exit status of the run
 *
 * Return: @status. If it is RUN_EXIT_OK and the file could not be written, RUN_EXIT_INFRASTRUCTURE
 * with a message on stderr.
 */
int command_line__end(struct command_line *line, int status);

#endif
