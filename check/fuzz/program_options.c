// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line of test_progs, one argument a line. The parser's source is included, because
 * argp must not end the program here.
 */
#include "check/fuzz/fuzz.h"
#include "runner/command_line/command_line.c"

#define ARGUMENTS_MAX 32

static void check(const struct command_line *line)
{
	const struct run_options *options = &line->options;

	INVARIANT(options->jobs >= 1 && options->jobs <= JOBS_MAX);
	INVARIANT(options->verbosity >= 0 && options->verbosity <= 3);
	INVARIANT(options->deadline_ms >= 0 && options->deadline_ms <= SECONDS_MAX * 1000L);
	INVARIANT(options->max_time_ms >= 0 && options->max_time_ms <= SECONDS_MAX * 1000L);
	INVARIANT(options->fail_fast >= 0 && options->fail_fast <= FAILURES_MAX);
	INVARIANT(options->list <= LIST_ALL);
	INVARIANT(options->parallel || options->jobs == 1);
	INVARIANT(!options->tracer || (options->jobs == 1 && options->no_history));
	INVARIANT(!line->selection.subtests.cnt || line->selection.tests.cnt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct command_line line = { .options = { .jobs = 1, .time_scale = 1 } };
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
	if (!read_arguments(&line, argc, argv, ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP))
		check(&line);
	command_line__end(&line, 0);
	for (i = 1; i < argc; i++)
		free(argv[i]);
	return 0;
}
