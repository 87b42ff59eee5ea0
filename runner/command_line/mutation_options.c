// SPDX-License-Identifier: GPL-2.0-only
/* The values of --mutate and of the options that go with it. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "runner/command_line/mutation_options.h"

/* A time has a unit; a number without one is a number of mutants. */
error_t mutation_options__set_budget(struct parsing *parsing, const struct option_entry *option,
				     const char *value)
{
	static const struct {
		char unit;
		int seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 } };
	struct mutation_options *mutation = &parsing->options->mutation;
	size_t len = value ? strlen(value) : 0, i;
	char number[32];
	long amount;

	mutation->is_on = true;
	if (!value)
		return 0;
	mutation->is_assertions = !strcmp(value, "assertions");
	if (mutation->is_assertions)
		return 0;
	mutation->budget_cnt = parsing__number(value, 1, INT_MAX);
	if (mutation->budget_cnt > 0)
		return 0;
	mutation->budget_cnt = 0;
	for (i = 0; i < sizeof(units) / sizeof(units[0]) && len && len < sizeof(number); i++) {
		if (value[len - 1] != units[i].unit)
			continue;
		snprintf(number, sizeof(number), "%.*s", (int)len - 1, value);
		amount = parsing__number(number, 1, SECONDS_MAX / units[i].seconds);
		if (amount < 0)
			break;
		mutation->budget_ms = (int64_t)amount * units[i].seconds * 1000;
		return 0;
	}
	return parsing__refuse(parsing,
			       "--mutate takes a number of mutants (500), a time (90s, 2m, 1h) or "
			       "'assertions', not '%s'",
			       value);
}

error_t mutation_options__set_seed(struct parsing *parsing, const struct option_entry *option,
				   const char *value)
{
	long seed = parsing__number(value, 0, UINT32_MAX);

	if (seed < 0)
		return parsing__refuse(parsing,
				       "--mutation-seed takes a number from 0 to %u, not '%s'",
				       UINT32_MAX, value);
	parsing->options->mutation.has_seed = true;
	parsing->options->mutation.seed = seed;
	return 0;
}

error_t mutation_options__set_only(struct parsing *parsing, const struct option_entry *option,
				   const char *value)
{
	parsing->options->mutation.is_on = true;
	parsing->options->mutation.only = value;
	return 0;
}

error_t mutation_options__check(struct parsing *parsing)
{
	const struct mutation_options *mutation = &parsing->options->mutation;

	if (mutation->is_on ||
	    (!mutation->has_seed && !mutation->known_path && !mutation->scores_path))
		return 0;
	return parsing__refuse(parsing,
			       "--mutation-seed, --known-mutants and --mutation-scores go with "
			       "--mutate");
}
