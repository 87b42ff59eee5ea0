// SPDX-License-Identifier: GPL-2.0-only
/* Takes the options that make reports from the table of option.c. Its other words are paths. */
#include <stdlib.h>
#include <string.h>

#include "runner/command_line/option.h"
#include "runner/command_line/report_command.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"

/* The first key of these options, which have no letters. */
#define FIRST_KEY 0x100

static const char documentation[] =
	"Makes reports from the events of runs.\n"
	"\v"
	"EVENTS is a file that --events has written, or a results folder of test_progs or vmtest. "
	"Several are merged: shards of a run become one, and other kernels and flavours stand side "
	"by side. FILE may be /dev/stdout. Without an option, a summary is printed, or the coverage by the command "
	"coverage.\n"
	"\n"
	"Exit status: 0 all reports were written, whatever the results are; 3 a file could not be "
	"read or written; 64 wrong usage.\n";

/* The arguments behind the word "report". */
struct report_parsing {
	struct report_command *command;
	struct run_options options; /* the table stores its values here */
};

static error_t on_key(int key, char *value, struct argp_state *state)
{
	struct report_parsing *reading = state->input;
	struct report_command *command = reading->command;
	struct parsing parsing = { .options = &reading->options, .state = state };
	size_t i = key - FIRST_KEY;

	if (key == ARGP_KEY_ARG) {
		command->paths[command->paths_cnt++] = value;
		return 0;
	}
	if (key == ARGP_KEY_END && !command->paths_cnt)
		return parsing__refuse(&parsing, "name a file with events, or a results folder");
	if (key < FIRST_KEY || i >= option_table_cnt || !option_table[i].is_report)
		return ARGP_ERR_UNKNOWN;
	return option_table[i].set(&parsing, &option_table[i], value);
}

bool report_command__is_given(int argc, char **argv)
{
	return argc > 1 && (!strcmp(argv[1], "report") || !strcmp(argv[1], "coverage"));
}

int report_command__parse(struct report_command *command, int argc, char **argv)
{
	struct report_parsing parsing = { .command = command };
	autofree struct argp_option *table = calloc(option_table_cnt + 1, sizeof(*table));
	const struct argp argp = {
		.options = table,
		.parser = on_key,
		.args_doc = "EVENTS...",
		.doc = documentation,
	};
	autofree char *name = NULL;
	bool is_coverage = !strcmp(argv[1], "coverage");
	size_t i, cnt = 0;

	*command = (struct report_command){};
	/* The words stay in argv, in front of those that are not read yet. */
	command->paths = argv;
	if (!table || asprintf(&name, "%s %s", argv[0], argv[1]) < 0) {
		name = NULL;
		return error__fail(RUN_EXIT_INFRASTRUCTURE, "out of memory");
	}
	for (i = 0; i < option_table_cnt; i++) {
		if (!option_table[i].is_report)
			continue;
		table[cnt] = option_table[i].argp;
		table[cnt].group = 0;
		table[cnt++].key = FIRST_KEY + (int)i;
	}
	argv[1] = name;
	if (argp_parse(&argp, argc - 1, argv + 1, 0, NULL, &parsing))
		return RUN_EXIT_USAGE;
	command->reports = parsing.options.reports;
	if (is_coverage && !command->reports.coverage)
		command->reports.coverage = "/dev/stdout";
	return RUN_EXIT_OK;
}
