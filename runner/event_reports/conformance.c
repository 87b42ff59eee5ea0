// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "runner/event_reports/conformance.h"
#include "runner/event_reports/feature_state.h"
#include "runner/text/json_add.h"

#define WIDTH 100

static void count(const struct report *report, int column, int kind, int *of)
{
	int row, cnt = 0;
	const struct feature *features = features__all(&cnt);

	memset(of, 0, FEATURE_STATES_CNT * sizeof(*of));
	for (row = 0; row < cnt; row++) {
		if (features[row].kind == kind)
			of[feature_state__of(report, column, row).kind]++;
	}
}

/* The names of what works, in as many lines as that takes. */
static void write_working(const struct report *report, int column, int kind, FILE *out)
{
	int row, cnt = 0, len = 0;
	const struct feature *features = features__all(&cnt);

	for (row = 0; row < cnt; row++) {
		if (features[row].kind != kind ||
		    feature_state__of(report, column, row).kind != FEATURE_WORKS)
			continue;
		if (!len || len + strlen(features[row].name) + 1 > WIDTH)
			len = fprintf(out, "%s  works      ", len ? "\n" : "") - !!len;
		len += fprintf(out, " %s", features[row].name);
	}
	if (len)
		fputs("\n", out);
}

static void write_others(const struct report *report, int column, int kind,
			 enum feature_state_kind wanted, FILE *out)
{
	int row, cnt = 0;
	const struct feature *features = features__all(&cnt);

	for (row = 0; row < cnt; row++) {
		struct feature_state state;

		if (features[row].kind != kind)
			continue;
		state = feature_state__of(report, column, row);
		if (state.kind == wanted)
			fprintf(out, "  %-11s %-40s %s\n", feature_state__word(wanted),
				features[row].name, state.reason);
	}
}

static void write_column(const struct report *report, int column, FILE *out)
{
	int kind, of[FEATURE_STATES_CNT];

	fprintf(out, "BPF on Linux %s\n", report->columns[column].label);
	for (kind = 0; kind < FEATURE_KINDS_CNT; kind++) {
		fprintf(out, "\n%s\n", features__kind_title(kind));
		write_working(report, column, kind, out);
		write_others(report, column, kind, FEATURE_BROKEN, out);
		write_others(report, column, kind, FEATURE_ABSENT, out);
		write_others(report, column, kind, FEATURE_NOT_TESTED, out);
	}
	fprintf(out, "\n%-30s %8s %8s %8s %10s\n", "", "works", "absent", "broken", "not tested");
	for (kind = 0; kind < FEATURE_KINDS_CNT; kind++) {
		count(report, column, kind, of);
		fprintf(out, "%-30s %8d %8d %8d %10d\n", features__kind_title(kind),
			of[FEATURE_WORKS], of[FEATURE_ABSENT], of[FEATURE_BROKEN],
			of[FEATURE_NOT_TESTED]);
	}
}

int conformance__write(const struct report *report, FILE *out)
{
	int column;

	if (!feature_state__has_uses(report))
		return -ENODATA;
	for (column = 0; column < report->columns_cnt; column++) {
		if (column)
			fputs("\n", out);
		write_column(report, column, out);
	}
	return ferror(out) ? -EIO : 0;
}

int conformance__write_markdown(const struct report *report, FILE *out)
{
	int column, row, kind = -1, cnt = 0;
	const struct feature *features = features__all(&cnt);

	if (!feature_state__has_uses(report))
		return -ENODATA;
	fputs("# BPF on these kernels\n", out);
	for (row = 0; row < cnt; row++) {
		if ((int)features[row].kind != kind) {
			kind = features[row].kind;
			fprintf(out, "\n## %s\n\n| Name | Since |", features__kind_title(kind));
			for (column = 0; column < report->columns_cnt; column++)
				fprintf(out, " %s |", report->columns[column].label);
			fputs("\n|---|---|", out);
			for (column = 0; column < report->columns_cnt; column++)
				fputs("---|", out);
			fputs("\n", out);
		}
		fprintf(out, "| %s | %s |", features[row].name, features[row].since);
		for (column = 0; column < report->columns_cnt; column++) {
			struct feature_state state = feature_state__of(report, column, row);

			if (state.kind == FEATURE_WORKS)
				fputs(" works |", out);
			else
				fprintf(out, " *%s%s%s* |", feature_state__word(state.kind),
					*state.reason ? ": " : "", state.reason);
		}
		fputs("\n", out);
	}
	return ferror(out) ? -EIO : 0;
}

static struct json_object *row_object(const struct report *report, const struct feature *feature,
				      int row)
{
	struct json_object *object = json_object_new_object();
	struct json_object *kernels = json_object_new_object();
	int column;

	json_add__text(object, "kind", features__kind_name(feature->kind));
	json_add__text(object, "name", feature->name);
	json_add__text(object, "since", feature->since);
	json_add__text(object, "needs", feature->needs);
	for (column = 0; column < report->columns_cnt; column++) {
		struct feature_state state = feature_state__of(report, column, row);
		struct json_object *kernel = json_object_new_object();
		char names[FEATURE_TESTS_MAX_BYTES];

		json_add__text(kernel, "state", feature_state__word(state.kind));
		if (state.kind == FEATURE_WORKS) {
			feature_state__tests(report, column, row, names, sizeof(names));
			json_add__text(kernel, "tests", names);
		} else {
			json_add__text(kernel, "reason", state.reason);
		}
		json_object_object_add(kernels, report->columns[column].label, kernel);
	}
	json_object_object_add(object, "kernels", kernels);
	return object;
}

int conformance__write_json(const struct report *report, FILE *out)
{
	int row, cnt = 0;
	const struct feature *features = features__all(&cnt);
	struct json_object *all;

	if (!feature_state__has_uses(report))
		return -ENODATA;
	all = json_object_new_array();
	for (row = 0; row < cnt; row++)
		json_object_array_add(all, row_object(report, &features[row], row));
	fprintf(out, "%s\n",
		json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY |
							    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(all);
	return ferror(out) ? -EIO : 0;
}
