/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of reading the command line, and what the functions for the values of options need. */
#ifndef RUNNER_COMMAND_LINE_PARSING_H
#define RUNNER_COMMAND_LINE_PARSING_H

#include <argp.h>
#include <stddef.h>

#include "runner/command_line/options.h"
#include "runner/selection/name_list.h"
#include "runner/selection/selection.h"

#define JOBS_MAX     1024
#define SECONDS_MAX  1000000
#define FAILURES_MAX 1000000

struct option_entry;

/* The state of argp_parse(): where values are stored, and what later arguments depend on. */
struct parsing {
	struct run_options *options;
	struct selection *selection, *captured;
	struct name_list *known_skips;
	struct argp_state *state;
	const struct option_entry *tracer; /* the option --gdb or --strace, or NULL */
	const char *traced;                /* the test that @tracer names */
	/*
	 * The last option if it came without its optional value, and the index of the word after
	 * it.
	 */
	const struct option_entry *without_value;
	int next_word;
};

struct option_entry {
	struct argp_option argp; /* the option for argp; its key is a letter, or 0 */
	/* Returns 0, or EINVAL after parsing__refuse(). It is NULL for a heading of the help. */
	error_t (*set)(struct parsing *parsing, const struct option_entry *option,
		       const char *value);
	size_t member;     /* offset in struct run_options, if @set only stores a flag or a text */
	bool may_be_apart; /* the next word of the command line may be the option's value */
	bool is_report;    /* also an option of "test_progs report" */
};

/**
 * parsing__refuse() - print a message as argp does, and end the program with RUN_EXIT_USAGE
 *
 * Return: EINVAL, if argp_parse() was called with ARGP_NO_EXIT.
 */
error_t parsing__refuse(struct parsing *parsing, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** parsing__number() - a number from @min to @max, or -1 for any other text */
long parsing__number(const char *text, long min, long max);

#endif
