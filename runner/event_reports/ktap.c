// SPDX-License-Identifier: GPL-2.0-only
/* Prints KTAP. Each level of nesting is indented by two spaces. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/cases.h"
#include "runner/event_reports/ktap.h"
#include "runner/event_reports/unique_names.h"
#include "runner/text/cleanup.h"
#include "runner/text/printable.h"

struct level {
	FILE *out;
	int depth;
	int number; /* of the last result */
	struct unique_names names;
};

static void indent(const struct level *level)
{
	fprintf(level->out, "%*s", 2 * level->depth, "");
}

/* @parent: the name of the result that the results of this level belong to; NULL: none */
static void begin_level(const struct level *level, const char *parent, int planned)
{
	indent(level);
	fputs("KTAP version 1\n", level->out);
	if (parent) {
		indent(level);
		fprintf(level->out, "# Subtest: %s\n", parent);
	}
	indent(level);
	fprintf(level->out, "1..%d\n", planned);
}

/* Each line of a diagnosis begins with "# ". */
static void print_diagnosis(const struct level *level, const char *text)
{
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		indent(level);
		fprintf(level->out, "# %.*s\n", (int)len, text);
	}
}

/*
 * In a name, '#' would begin the directive, and a dash in front would be taken for the one that may
 * stand before the name.
 */
static char *clean_name(const char *text)
{
	char *name = printable_line(text, strlen(text)), *at;

	for (at = name; at && *at; at++)
		*at = *at == '#' ? '_' : *at;
	if (name && (*name == '-' || *name == ' '))
		*name = '_';
	return name;
}

/* @directive: "SKIP", "TIMEOUT" and the like; NULL: none */
static void print_result(struct level *level, bool is_ok, const char *text, const char *directive,
			 const char *reason)
{
	autofree char *clean = clean_name(*text ? text : "(no name)");
	const char *name = clean ? unique_names__add(&level->names, "", clean) : NULL;

	indent(level);
	fprintf(level->out, "%s %d %s", is_ok ? "ok" : "not ok", ++level->number, name ?: "");
	if (directive)
		fprintf(level->out, " # %s%s%s", directive, reason ? " " : "", reason ?: "");
	fputs("\n", level->out);
}

static void print_failure(const struct level *level, const struct report_case *found)
{
	autofree char *message = report_case__message(found), *log = report_case__log(found);
	autofree char *command = report_case__command(found), *place = NULL;
	int i, line;

	place = report_case__place(found, &line);
	indent(level);
	fputs("# ", level->out);
	if (place)
		fprintf(level->out, "%s:%d: ", place, line);
	fprintf(level->out, "%s\n", message ?: result__word(found->outcome->result));
	for (i = 0; !found->is_subtest && i < found->test->splats_cnt; i++)
		print_diagnosis(level, found->test->splats[i]);
	print_diagnosis(level, log ?: "");
	if (command) {
		indent(level);
		fprintf(level->out, "# to repeat: %s\n", command);
	}
}

static void print_case(struct level *level, const struct report_case *found)
{
	enum result result = found->outcome->result;
	autofree char *message = report_case__message(found);
	const char *directive = NULL;

	if (report_case__is_failure(found) || report_case__is_interrupted(found))
		print_failure(level, found);
	/* An unknown directive is a failure for every reader, because of the "not ok". */
	if (result == RESULT_SKIP)
		directive = "SKIP";
	else if (result == RESULT_TIMEOUT)
		directive = "TIMEOUT";
	else if (result != RESULT_PASS && result != RESULT_FAIL)
		directive = "ERROR";
	print_result(level, result == RESULT_PASS || result == RESULT_SKIP, found->outcome->name,
		     directive, message);
}

static void print_test(struct level *level, const struct report_run *run,
		       const struct report_test *test)
{
	struct report_case found = { run, test, &test->outcome.outcome, false };
	struct level below = { .out = level->out, .depth = level->depth + 1 };
	int i, cnt = test->outcome.subtests_cnt;

	if (cnt)
		begin_level(&below, test->outcome.outcome.name, cnt);
	found.is_subtest = true;
	for (i = 0; i < cnt; i++) {
		found.outcome = &test->outcome.subtests[i]->outcome;
		print_case(&below, &found);
	}
	unique_names__free(&below.names);
	found.outcome = &test->outcome.outcome;
	found.is_subtest = false;
	/* The subtests have said why, unless the test failed besides them. */
	if (cases__has_own(test))
		print_case(level, &found);
	else
		print_result(level, !report_case__is_failure(&found), found.outcome->name,
			     found.outcome->result == RESULT_SKIP ? "SKIP" : NULL,
			     found.outcome->result == RESULT_SKIP ? "all subtests were skipped" :
								    NULL);
}

/* Return: true if there was no failure. */
static bool print_column(struct level *level, const struct report *report, int column)
{
	struct case_totals totals = cases__count(report, column);
	int i, j;

	begin_level(level, level->depth ? report->columns[column].label : NULL, totals.tests);
	for (i = 0; i < report->runs_cnt; i++) {
		const struct report_run *run = &report->runs[i];

		for (j = 0; run->column == column && j < run->tests_cnt; j++)
			print_test(level, run, &run->tests[j]);
		for (j = 0; run->column == column && j < run->loose_cnt; j++)
			print_diagnosis(level, run->loose[j]);
	}
	unique_names__free(&level->names);
	return !totals.failed && !totals.interrupted;
}

int ktap__write(const struct report *report, FILE *out)
{
	struct level top = { .out = out };
	int i;

	if (report->columns_cnt == 1) {
		print_column(&top, report, 0);
		return ferror(out) ? -EIO : 0;
	}
	begin_level(&top, NULL, report->columns_cnt);
	for (i = 0; i < report->columns_cnt; i++) {
		struct level below = { .out = out, .depth = 1 };
		bool is_ok = print_column(&below, report, i);

		print_result(&top, is_ok, report->columns[i].label, NULL, NULL);
	}
	unique_names__free(&top.names);
	return ferror(out) ? -EIO : 0;
}
