// SPDX-License-Identifier: GPL-2.0-only
/* Prints Markdown. Reads nothing but the report. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/cases.h"
#include "runner/event_reports/step_summary.h"
#include "runner/text/cleanup.h"
#include "runner/text/printable.h"

#define FAILURES_MAX      200
/* A longer message is cut: the log has all of it. */
#define MESSAGE_MAX_BYTES 300

struct printing {
	FILE *out;
	const struct report *report;
	int failures;
	bool shows_column;
};

/* Markdown in tables and HTML give these characters a meaning. */
static void print_escaped(FILE *out, const char *text, size_t max_bytes)
{
	autofree char *shown = printable_line(text, strnlen(text, max_bytes));
	const char *at;

	for (at = shown ?: ""; *at; at++) {
		if (strchr("&<>|`*_[]\\~#@", *at))
			fprintf(out, "&#%d;", (unsigned char)*at);
		else
			fputc(*at, out);
	}
	if (strlen(text) > max_bytes)
		fputs("...", out);
}

static void print_totals(FILE *out, const struct report *report)
{
	int i;

	fputs("| kernel | tests | passed | failed | skipped | did not end | not run |\n"
	      "|---|--:|--:|--:|--:|--:|--:|\n",
	      out);
	for (i = 0; i < report->columns_cnt; i++) {
		struct case_totals totals = cases__count(report, i);

		fputs("| ", out);
		print_escaped(out, report->columns[i].label, MESSAGE_MAX_BYTES);
		fprintf(out, " | %d | %d | %s%d%s | %d | %d | %d |\n", totals.tests, totals.passed,
			totals.failed ? "**" : "", totals.failed, totals.failed ? "**" : "",
			totals.skipped, totals.interrupted, totals.not_run);
	}
}

static void print_failure(void *context, const struct report_case *found)
{
	struct printing *printing = context;
	autofree char *message = NULL, *command = NULL, *place = NULL;
	int line;

	if (!report_case__is_failure(found) && !report_case__is_interrupted(found))
		return;
	if (++printing->failures > FAILURES_MAX)
		return;
	if (printing->failures == 1)
		fputs("\n| failure | where | why |\n|---|---|---|\n", printing->out);
	fputs("| ", printing->out);
	print_escaped(printing->out, found->test->outcome.outcome.name, MESSAGE_MAX_BYTES);
	if (found->is_subtest) {
		fputs("/", printing->out);
		print_escaped(printing->out, found->outcome->name, MESSAGE_MAX_BYTES);
	}
	if (printing->shows_column) {
		fputs("<br>", printing->out);
		print_escaped(printing->out, printing->report->columns[found->run->column].label,
			      MESSAGE_MAX_BYTES);
	}
	fputs(" | ", printing->out);
	place = report_case__place(found, &line);
	if (place) {
		print_escaped(printing->out, place, MESSAGE_MAX_BYTES);
		fprintf(printing->out, ":%d", line);
	}
	fputs(" | ", printing->out);
	message = report_case__message(found);
	print_escaped(printing->out, message ?: result__word(found->outcome->result),
		      MESSAGE_MAX_BYTES);
	command = report_case__command(found);
	fputs("<br><code>", printing->out);
	print_escaped(printing->out, command ?: "", 2L * MESSAGE_MAX_BYTES);
	fputs("</code> |\n", printing->out);
}

int step_summary__write(const struct report *report, FILE *out)
{
	struct printing printing = { out, report, 0, report->columns_cnt > 1 };

	fputs("### BPF selftests\n\n", out);
	print_totals(out, report);
	cases__each(report, -1, print_failure, &printing);
	if (printing.failures > FAILURES_MAX)
		fprintf(out, "\n%d more failures are not in this table.\n",
			printing.failures - FAILURES_MAX);
	fputs("\n", out);
	return ferror(out) ? -EIO : 0;
}
