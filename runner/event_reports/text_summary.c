// SPDX-License-Identifier: GPL-2.0-only
/* Prints what the command `report` says when no file is asked for. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "runner/event_reports/cases.h"
#include "runner/event_reports/text_summary.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_field.h"
#include "runner/text/printable.h"

static void print_text(FILE *out, const char *text)
{
	autofree char *shown = printable_line(text, strlen(text));

	fputs(shown ?: "", out);
}

static void print_failure(void *context, const struct report_case *found)
{
	int line;
	autofree char *place = report_case__place(found, &line);
	autofree char *message = report_case__message(found);
	autofree char *command = report_case__command(found);
	FILE *out = context;

	if (!report_case__is_failure(found) && !report_case__is_interrupted(found))
		return;
	fputs(report_case__is_failure(found) ? "FAIL  " : "ENDED ", out);
	print_text(out, found->test->outcome.outcome.name);
	if (found->is_subtest) {
		fputs("/", out);
		print_text(out, found->outcome->name);
	}
	if (place)
		fprintf(out, "  %s:%d", place, line);
	fprintf(out, "  %s\n      ", message ?: result__word(found->outcome->result));
	print_text(out, command ?: "");
	fputs("\n", out);
}

static void print_loose(FILE *out, const struct report *report, int column)
{
	int i, j;

	for (i = 0; i < report->runs_cnt; i++) {
		const struct report_run *run = &report->runs[i];

		for (j = 0; run->column == column && j < run->loose_cnt; j++) {
			fputs("not charged: ", out);
			print_text(out, run->loose[j]);
			fputs("\n", out);
		}
		if (run->column == column && !run->is_complete)
			fprintf(out, "cut short: %s\n", run->path);
	}
}

static void print_survivors(FILE *out, const struct report *report, int column)
{
	int i, j;

	for (i = 0; i < report->runs_cnt; i++) {
		const struct report_run *run = &report->runs[i];

		if (run->column != column || !(run->mutants_killed + run->survivors_cnt))
			continue;
		fprintf(out, "mutants: %d killed, %d survived\n", run->mutants_killed,
			run->survivors_cnt);
		for (j = 0; j < run->survivors_cnt; j++) {
			struct json_object *mutant = run->survivors[j];

			fputs("survived  ", out);
			print_text(out, json_field__text(mutant, "file") ?: "");
			fprintf(out, ":%d  ", (int)json_field__number(mutant, "line", INT_MAX));
			print_text(out, json_field__text(mutant, "text") ?: "");
			fputs("  ", out);
			print_text(out, json_field__text(mutant, "operator") ?: "");
			fputs("  ", out);
			print_text(out, json_field__text(mutant, "test") ?: "");
			fputs("\n", out);
		}
	}
}

int text_summary__print(const struct report *report, FILE *out)
{
	int i;

	for (i = 0; i < report->columns_cnt; i++) {
		struct case_totals totals = cases__count(report, i);

		print_text(out, report->columns[i].label);
		fprintf(out, ": %d tests; tests and subtests: %d passed, %d failed, %d skipped",
			totals.tests, totals.passed, totals.failed, totals.skipped);
		if (totals.interrupted)
			fprintf(out, ", %d did not end", totals.interrupted);
		if (totals.not_run)
			fprintf(out, ", %d not run", totals.not_run);
		fputs("\n", out);
		cases__each(report, i, print_failure, out);
		print_loose(out, report, i);
		print_survivors(out, report, i);
	}
	return ferror(out) ? -EIO : 0;
}
