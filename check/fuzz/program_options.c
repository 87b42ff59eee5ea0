// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line of test_progs, one argument a line. The program is part of this file, so that
 * its parser can be called without a run.
 */
#include <argp.h>

#include "check/fuzz/fuzz.h"

static bool refused;

#define argp_error(state, ...) ((void)(refused = true))
#define main                   test_progs_main
#include "test_progs.c"
#undef main

#define ARGUMENTS_MAX 32

int runner__run(const struct run_options *options, struct selection *selection)
{
	return 0;
}

static void check(const struct command_line *command_line)
{
	const struct run_options *options = &command_line->options;

	INVARIANT(options->jobs >= 1 && options->jobs <= 1024);
	INVARIANT(options->verbosity >= 0 && options->verbosity <= 3);
	INVARIANT(options->deadline_ms >= 0 && options->deadline_ms <= 1000000000);
	INVARIANT(options->parallel || options->jobs == 1);
	INVARIANT(!command_line->selection.subtests.cnt || command_line->selection.tests.cnt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct command_line command_line = { .options.jobs = 1 };
	char *argv[ARGUMENTS_MAX + 2] = { (char *)"test_progs" };
	struct input input = { data, size };
	int argc = 1, i;
	char *at;

	while (argc <= ARGUMENTS_MAX && (argv[argc] = input__line(&input))) {
		/* No file of this machine is to be read. */
		while ((at = strchr(argv[argc], '@')))
			*at = '_';
		argc++;
	}
	argv[argc] = NULL;
	refused = false;
	if (!argp_parse(&parser, argc, argv,
			ARGP_IN_ORDER | ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP, NULL,
			&command_line) &&
	    !refused)
		check(&command_line);
	selection__free(&command_line.selection);
	selection__free(&command_line.captured);
	name_list__free(&command_line.known_skips);
	for (i = 1; i < argc; i++)
		free(argv[i]);
	return 0;
}
