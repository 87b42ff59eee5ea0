// SPDX-License-Identifier: GPL-2.0-only
/* main() of test_progs: calls the runner, or the command that makes reports of earlier runs. */
#include "runner/command_line/command_line.h"
#include "runner/command_line/report_command.h"
#include "runner/event_reports/report_main.h"
#include "runner/mutate.h"
#include "runner/run.h"
#include "runner/text/standard_output.h"

int main(int argc, char **argv)
{
	struct command_line line;
	int status;

	standard_output__begin("test_progs", RUN_EXIT_INFRASTRUCTURE);
	if (report_command__is_given(argc, argv))
		return report_main(argc, argv);
	status = command_line__parse(&line, argc, argv);
	if (status == RUN_EXIT_OK)
		status = line.options.mutation.is_on ? mutate__run(&line.options, &line.selection) :
						       run__tests(&line.options, &line.selection);
	return command_line__end(&line, status);
}
