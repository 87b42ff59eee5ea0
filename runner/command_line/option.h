/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The options of test_progs as a table: name, value and help for argp, and the function that
 * handles the value. Used by command_line.c.
 */
#ifndef RUNNER_COMMAND_LINE_OPTION_H
#define RUNNER_COMMAND_LINE_OPTION_H

#include "runner/command_line/parsing.h"

extern const struct option_entry option_table[];
extern const size_t option_table_cnt;

/**
 * option__select_traced() - select the test of --gdb or --strace, to run alone
 *
 * Call it when all options are known. Return: 0, or EINVAL after parsing__refuse().
 */
error_t option__select_traced(struct parsing *parsing);

/**
 * option__complete_results() - in a guest of vmtest, give what -m and --strace write a results folder
 *
 * Call it when all options are known. Return: 0, or EINVAL after parsing__refuse().
 */
error_t option__complete_results(struct parsing *parsing);

#endif
