// SPDX-License-Identifier: GPL-2.0-only
/* main() of test_progs: reads the command line, then calls the runner. */
#include "runner/command_line/command_line.h"
#include "runner/run.h"
#include "runner/text/standard_output.h"

int main(int argc, char **argv)
{
	struct command_line line;
	int status;

	standard_output__begin("test_progs", RUN_EXIT_INFRASTRUCTURE);
	status = command_line__parse(&line, argc, argv);
	if (status == RUN_EXIT_OK)
		status = run__tests(&line.options, &line.selection);
	return command_line__end(&line, status);
}
