// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets argp read the arguments, with the rules of the kernel's runner: an optional value is glued
 * to its option (-j4, --shuffle=5). Then reads the environment, which the arguments override.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/command_line/command_line.h"
#include "runner/command_line/mutation_options.h"
#include "runner/command_line/option.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/number.h"
#include "runner/text/output_file.h"

#define TIME_SCALE_MAX           1000
#define NO_DEADLINE_GIVEN        -1
/* The first key of options without a letter. argp takes a smaller key for a letter. */
#define FIRST_KEY_WITHOUT_LETTER 0x100

const char *argp_program_version = "test_progs 0.1";

static const char documentation[] =
	"Runs BPF selftests, each in a process of its own.\n"
	"\v"
	"NAMES is a list of test names separated by commas, or @FILE with one name a line ('#' "
	"begins a comment). A name may have a subtest behind a '/': TEST/SUBTEST. '*' stands for "
	"any characters. -t and -b match anywhere in a name, -a and -d match whole names. "
	"-b and -d win over -t, -a and -n.\n"
	"\n"
	"Exit status: 0 all that ran passed or was skipped; 1 a test failed; 2 nothing ran, or a "
	"pattern of the command line matched nothing; 3 the run itself could not go on, or "
	"--max-time was over; 64 wrong usage; 128+N stopped by signal N.\n";

static error_t on_option(struct parsing *parsing, const struct option_entry *option,
			 const char *value)
{
	bool lacks_value = (option->argp.flags & OPTION_ARG_OPTIONAL) && !value;

	parsing->without_value = lacks_value ? option : NULL;
	parsing->next_word = parsing->state->next;
	return option->set(parsing, option, value);
}

/* A word may be a value: people know `-j 4` from make, and expect the same of other options. */
static error_t on_word(struct parsing *parsing, const char *word)
{
	const struct option_entry *before = parsing->without_value;

	if (!before || parsing->state->next - 1 != parsing->next_word)
		return parsing__refuse(parsing,
				       "unexpected argument '%s': choose tests with -t or -a",
				       word);
	if (before->may_be_apart)
		return before->set(parsing, before, word);
	return parsing__refuse(
		parsing,
		"unexpected argument '%s' after --%s: write --%s=%s for its value, or choose tests with -t or -a",
		word, before->argp.name, before->argp.name, word);
}

static int key_of(size_t i)
{
	return option_table[i].argp.key ?: FIRST_KEY_WITHOUT_LETTER + (int)i;
}

static error_t on_key(int key, char *value, struct argp_state *state)
{
	struct parsing *parsing = state->input;
	size_t i;

	parsing->state = state;
	if (key == ARGP_KEY_ARG)
		return on_word(parsing, value);
	if (key == ARGP_KEY_END)
		return option__select_traced(parsing)           ?:
			       mutation_options__check(parsing) ?:
								  option__complete_results(parsing);
	for (i = 0; i < option_table_cnt; i++) {
		if (option_table[i].set && key_of(i) == key)
			return on_option(parsing, &option_table[i], value);
	}
	return ARGP_ERR_UNKNOWN;
}

/* @flags: flags of argp_parse() */
static error_t read_arguments(struct command_line *line, int argc, char **argv, unsigned int flags)
{
	struct parsing parsing = {
		.options = &line->options,
		.selection = &line->selection,
		.captured = &line->captured,
		.known_skips = &line->known_skips,
	};
	autofree struct argp_option *table = calloc(option_table_cnt + 1, sizeof(*table));
	const struct argp argp = { .options = table, .parser = on_key, .doc = documentation };
	size_t i;

	if (!table)
		return error__fail(ENOMEM, "out of memory");
	for (i = 0; i < option_table_cnt; i++) {
		table[i] = option_table[i].argp;
		if (option_table[i].set)
			table[i].key = key_of(i);
	}
	/* With ARGP_IN_ORDER, on_word() knows which option a word follows. */
	return argp_parse(&argp, argc, argv, ARGP_IN_ORDER | flags, NULL, &parsing);
}

/* An emulated machine is slower by a factor that only the caller of the program knows. */
static int read_time_scale(struct run_options *options)
{
	const char *text = getenv("TEST_TIME_SCALE");
	long scale = text && *text ? number__parse(text, strlen(text), 1, TIME_SCALE_MAX) : 1;

	if (scale < 0)
		return error__fail(RUN_EXIT_USAGE,
				   "TEST_TIME_SCALE is a whole number from 1 to %d, not '%s'",
				   TIME_SCALE_MAX, text);
	options->time_scale = scale;
	return RUN_EXIT_OK;
}

/* --shard overrides the environment. A traced test runs whatever shard the environment names. */
static int read_shard(struct run_options *options)
{
	char error[512];

	if (!options->shard.total && shard__from_environment(&options->shard, error, sizeof(error)))
		return error__fail(RUN_EXIT_USAGE, "%s", error);
	if (options->tracer)
		options->shard = (struct shard){};
	return RUN_EXIT_OK;
}

/* With these options one machine does everything, and nobody may see the others. */
static bool is_for_one_machine(const struct run_options *options)
{
	return options->list || options->count || options->why || options->tracer ||
	       options->keep || options->mutation.is_on;
}

static int take_machines(struct run_options *options)
{
	char error[512];

	if (machine_sockets__take(&options->machines, error, sizeof(error)))
		return error__fail(RUN_EXIT_USAGE, "%s", error);
	if (is_for_one_machine(options))
		options->machines.peers_cnt = 0;
	options->has_nothing_to_do = options->machines.head_fd && is_for_one_machine(options);
	return RUN_EXIT_OK;
}

/* Open the file of -J before the run, so that a wrong path does not cost the results. */
static int open_json(struct run_options *options)
{
	int fd;

	if (!options->json_path || options->machines.head_fd || options->list || options->count ||
	    options->why)
		return RUN_EXIT_OK;
	fd = output_file__open(options->json_path, 0);
	options->json = fd < 0 ? NULL : fdopen(fd, "w");
	if (options->json)
		return RUN_EXIT_OK;
	return error__fail(RUN_EXIT_INFRASTRUCTURE, "cannot open '%s' for the JSON report: %s",
			   options->json_path, output_file__error(fd < 0 ? fd : -errno));
}

int command_line__parse(struct command_line *line, int argc, char **argv)
{
	struct run_options *options = &line->options;
	int status;

	*line = (struct command_line){ .options = { .jobs = 1, .deadline_ms = NO_DEADLINE_GIVEN } };
	status = read_time_scale(options);
	if (status)
		return status;
	if (read_arguments(line, argc, argv, 0))
		return RUN_EXIT_USAGE;
	status = read_shard(options) ?: take_machines(options);
	if (status)
		return status;
	if (options->deadline_ms == NO_DEADLINE_GIVEN)
		options->deadline_ms = (int64_t)DEFAULT_DEADLINE_S * 1000 * options->time_scale;
	return open_json(options);
}

int command_line__end(struct command_line *line, int status)
{
	const struct run_options *options = &line->options;

	if (options->json && fclose(options->json) && !status)
		status = error__fail(RUN_EXIT_INFRASTRUCTURE,
				     "cannot write the JSON report '%s': " ERRNO_FMT,
				     options->json_path, ERRNO_ARG(errno));
	selection__free(&line->selection);
	selection__free(&line->captured);
	name_list__free(&line->known_skips);
	free(options->environment);
	return status;
}
