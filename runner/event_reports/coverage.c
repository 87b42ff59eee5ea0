// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "runner/event_reports/coverage.h"
#include "runner/event_reports/feature_state.h"

#define NAMES_SHOWN 3

/* Return: the first column where a row was used, or the first of all. */
static int column_of(const struct report *report, int row)
{
	int i;

	for (i = 0; i < report->columns_cnt; i++) {
		if (feature_state__of(report, i, row).kind == FEATURE_WORKS)
			return i;
	}
	return 0;
}

static void count(const struct report *report, enum feature_kind kind, int *used, int *present)
{
	int row, cnt = 0;
	const struct feature *features = features__all(&cnt);

	*used = *present = 0;
	for (row = 0; row < cnt; row++) {
		struct feature_state state;

		if (features[row].kind != kind)
			continue;
		state = feature_state__of(report, column_of(report, row), row);
		*used += state.kind == FEATURE_WORKS;
		*present += state.kind != FEATURE_ABSENT && state.kind != FEATURE_PLACEHOLDER;
	}
}

static void write_totals(const struct report *report, FILE *out)
{
	int kind, used, present;

	fputs("| Kind | Exercised | That the kernel has | |\n|---|---:|---:|---:|\n", out);
	for (kind = 0; kind < FEATURE_KINDS_CNT; kind++) {
		count(report, kind, &used, &present);
		fprintf(out, "| %s | %d | %d | %d %% |\n", features__kind_title(kind), used,
			present, present ? used * 100 / present : 0);
	}
}

/* The first tests, and how many more there are. */
static void write_tests(const char *names, FILE *out)
{
	int shown = 0, more = 0;
	size_t len;

	for (; *names; names += len + (names[len] == ',')) {
		len = strcspn(names, ",");
		if (shown == NAMES_SHOWN)
			more++;
		else
			fprintf(out, "%s%.*s", shown++ ? ", " : "", (int)len, names);
	}
	if (more)
		fprintf(out, " and %d more", more);
}

static void write_row(const struct report *report, const struct feature *feature, int row,
		      FILE *out)
{
	int column = column_of(report, row);
	struct feature_state state = feature_state__of(report, column, row);
	char names[FEATURE_TESTS_MAX_BYTES];

	fprintf(out, "| %s | %s | ", feature->name, feature->since);
	if (state.kind == FEATURE_WORKS) {
		feature_state__tests(report, column, row, names, sizeof(names));
		write_tests(names, out);
		if (column)
			fprintf(out, " (%s)", report->columns[column].label);
		fputs(" |\n", out);
	} else {
		fprintf(out, "*%s%s%s* |\n", feature_state__word(state.kind),
			*state.reason ? ": " : "", state.reason);
	}
}

int coverage__write(const struct report *report, FILE *out)
{
	int i, kind, row, cnt = 0;
	const struct feature *features = features__all(&cnt);

	if (!feature_state__has_uses(report))
		return -ENODATA;
	fputs("<!-- SPDX-License-Identifier: GPL-2.0-only -->\n"
	      "<!-- `make coverage` writes this file. -->\n"
	      "# BPF features that the tests use\n\n"
	      "Each row is what passing tests have loaded and run, as the runner has seen it in their "
	      "calls of bpf(2)\n([conformance](reports.md#conformance)), on:\n\n",
	      out);
	for (i = 0; i < report->columns_cnt; i++)
		fprintf(out, "- Linux %s\n", report->columns[i].label);
	fputs("\n", out);
	write_totals(report, out);
	for (kind = 0; kind < FEATURE_KINDS_CNT; kind++) {
		fprintf(out, "\n## %s\n\n| Name | Since | Tests |\n|---|---|---|\n",
			features__kind_title(kind));
		for (row = 0; row < cnt; row++) {
			if (features[row].kind == kind)
				write_row(report, &features[row], row, out);
		}
	}
	return ferror(out) ? -EIO : 0;
}

int coverage__write_list(const struct report *report, FILE *out)
{
	int row, cnt = 0;
	const struct feature *features = features__all(&cnt);
	char names[FEATURE_TESTS_MAX_BYTES];

	if (!feature_state__has_uses(report))
		return -ENODATA;
	fputs("# SPDX-License-Identifier: GPL-2.0-only\n"
	      "# Which tests use which feature of BPF. `make coverage` writes this file.\n",
	      out);
	for (row = 0; row < cnt; row++) {
		feature_state__tests(report, column_of(report, row), row, names, sizeof(names));
		if (*names)
			fprintf(out, "%s\t%s\t%s\n", features__kind_name(features[row].kind),
				features[row].name, names);
	}
	return ferror(out) ? -EIO : 0;
}
