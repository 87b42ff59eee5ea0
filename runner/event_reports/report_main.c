// SPDX-License-Identifier: GPL-2.0-only
/* The command `report`: reads the events first, so that a wrong path empties no report. */
#include "runner/command_line/report_command.h"
#include "runner/event_reports/layout.h"
#include "runner/event_reports/reader.h"
#include "runner/event_reports/report_files.h"
#include "runner/event_reports/report_main.h"
#include "runner/event_reports/text_summary.h"
#include "runner/reports/github_annotations.h"
#include "runner/text/error.h"

static void annotate(const struct report *report)
{
	int i, j;

	for (i = 0; i < report->runs_cnt; i++) {
		for (j = 0; j < report->runs[i].tests_cnt; j++)
			github_annotations__print(stdout, &report->runs[i].tests[j].outcome);
	}
}

static int read_all(struct report *report, const struct report_command *command)
{
	int i, err = 0;

	for (i = 0; !err && i < command->paths_cnt; i++)
		err = reader__read_path(report, command->paths[i]);
	if (!err && layout__make(report))
		err = error__fail(-1, "out of memory");
	return err;
}

static int write_all(const struct report *report, const struct report_command *command)
{
	struct report_files files;
	int err;

	if (!report_files__are_wanted(&command->reports))
		return text_summary__print(report, stdout);
	err = report_files__open(&files, &command->reports);
	if (!err && command->reports.github)
		annotate(report);
	if (!err)
		err = report_files__write(&files, report);
	report_files__close(&files);
	return err;
}

int report_main(int argc, char **argv)
{
	struct report_command command;
	struct report report = {};
	int err, status = report_command__parse(&command, argc, argv);

	if (status)
		return status;
	err = read_all(&report, &command) ?: write_all(&report, &command);
	if (fflush(stdout) && !err)
		err = error__fail(-1, "stdout did not take all of the report");
	report__free(&report);
	return err ? RUN_EXIT_INFRASTRUCTURE : RUN_EXIT_OK;
}
