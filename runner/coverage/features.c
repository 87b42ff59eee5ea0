// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "runner/coverage/features.h"

/* features.tsv, which the Makefile links in as it is. */
extern const char _binary_runner_coverage_features_tsv_start[];
extern const char _binary_runner_coverage_features_tsv_end[];

static const struct {
	const char *name, *title;
} kinds[] = {
	[FEATURE_PROG_TYPE] = { "prog_type", "Program types" },
	[FEATURE_MAP_TYPE] = { "map_type", "Map types" },
	[FEATURE_ATTACH_TYPE] = { "attach_type", "Attach types" },
	[FEATURE_LINK_TYPE] = { "link_type", "Link types" },
	[FEATURE_CMD] = { "cmd", "Commands of bpf(2)" },
	[FEATURE_HELPER] = { "helper", "Helpers" },
	[FEATURE_KFUNC] = { "kfunc", "Kfuncs" },
	[FEATURE_MAP_FLAG] = { "map_flag", "Flags of maps" },
	[FEATURE_PROG_FLAG] = { "prog_flag", "Flags of programs and links" },
};

static struct {
	struct feature *rows;
	int cnt;
} table;

int features__kind_of(const char *name)
{
	int i;

	for (i = 0; i < FEATURE_KINDS_CNT; i++) {
		if (!strcmp(kinds[i].name, name))
			return i;
	}
	return -1;
}

/* Return: false for a line that is not a row. */
static bool read_row(struct feature *row, char *line)
{
	const char *columns[6];
	int i, kind;

	if (*line == '#')
		return false;
	for (i = 0; i < 6; i++)
		columns[i] = strsep(&line, "\t") ?: "";
	kind = features__kind_of(columns[0]);
	if (kind < 0)
		return false;
	*row = (struct feature){
		.kind = kind,
		.number = *columns[1] == '-' ? -1 : atoi(columns[1]),
		.name = columns[2],
		.since = columns[3],
		.needs = columns[4],
		.note = columns[5],
	};
	return true;
}

const struct feature *features__all(int *cnt)
{
	size_t len = _binary_runner_coverage_features_tsv_end -
		     _binary_runner_coverage_features_tsv_start;
	char *text, *line;

	if (!table.rows) {
		table.rows = calloc(FEATURES_MAX, sizeof(*table.rows));
		text = strndup(_binary_runner_coverage_features_tsv_start, len);
		if (!table.rows || !text) {
			free(table.rows);
			free(text);
			table.rows = NULL;
			return NULL;
		}
		/* The rows point into the text, which stays until the program ends. */
		while ((line = strsep(&text, "\n")) && table.cnt < FEATURES_MAX)
			table.cnt += read_row(&table.rows[table.cnt], line);
	}
	*cnt = table.cnt;
	return table.rows;
}

int features__find(enum feature_kind kind, const char *name)
{
	int i, cnt = 0;
	const struct feature *rows = features__all(&cnt);

	for (i = 0; i < cnt; i++) {
		if (rows[i].kind == kind && !strcmp(rows[i].name, name))
			return i;
	}
	return -1;
}

const char *features__kind_name(enum feature_kind kind)
{
	return kinds[kind].name;
}

const char *features__kind_title(enum feature_kind kind)
{
	return kinds[kind].title;
}

void feature_set__add_number(struct feature_set *set, enum feature_kind kind, int number)
{
	int i, cnt = 0;
	const struct feature *rows = features__all(&cnt);

	for (i = 0; i < cnt; i++) {
		if (rows[i].kind == kind && rows[i].number == number)
			feature_set__add(set, i);
	}
}

void feature_set__add_name(struct feature_set *set, enum feature_kind kind, const char *name)
{
	int row = features__find(kind, name);

	if (row >= 0)
		feature_set__add(set, row);
}

void feature_set__add(struct feature_set *set, int row)
{
	__atomic_fetch_or(&set->words[row / 64], 1ULL << (row % 64), __ATOMIC_RELAXED);
}

void feature_set__add_all(struct feature_set *set, const struct feature_set *other)
{
	int i;

	for (i = 0; i < FEATURES_MAX / 64; i++)
		__atomic_fetch_or(&set->words[i], other->words[i], __ATOMIC_RELAXED);
}

bool feature_set__has(const struct feature_set *set, int row)
{
	return set->words[row / 64] & 1ULL << (row % 64);
}
