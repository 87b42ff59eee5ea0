/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_COMMAND_LINE_MUTATION_OPTIONS_H
#define RUNNER_COMMAND_LINE_MUTATION_OPTIONS_H

#include "runner/command_line/parsing.h"

/** mutation_options__set_budget() - the value of --mutate; for the table of options */
error_t mutation_options__set_budget(struct parsing *parsing, const struct option_entry *option,
				     const char *value);

/** mutation_options__set_seed() - the value of --mutation-seed; for the table of options */
error_t mutation_options__set_seed(struct parsing *parsing, const struct option_entry *option,
				   const char *value);

/** mutation_options__set_only() - the value of --mutant; for the table of options */
error_t mutation_options__set_only(struct parsing *parsing, const struct option_entry *option,
				   const char *value);

/**
 * mutation_options__check() - refuse the options that go with --mutate if it is not given
 *
 * Call it when all options are known. Return: 0, or EINVAL after parsing__refuse().
 */
error_t mutation_options__check(struct parsing *parsing);

#endif
