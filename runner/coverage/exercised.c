// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runner/coverage/exercised.h"
#include "runner/coverage/features.h"

extern const char _binary_runner_coverage_exercised_tsv_start[];
extern const char _binary_runner_coverage_exercised_tsv_end[];

static const char *tests[FEATURES_MAX];

static void read_line(char *line)
{
	char *kind = strsep(&line, "\t"), *name = strsep(&line, "\t");
	int row;

	if (*kind == '#' || !name || !line || features__kind_of(kind) < 0)
		return;
	row = features__find(features__kind_of(kind), name);
	if (row >= 0)
		tests[row] = line;
}

static void read_all(void)
{
	char *line, *text = strndup(_binary_runner_coverage_exercised_tsv_start,
				    _binary_runner_coverage_exercised_tsv_end -
					    _binary_runner_coverage_exercised_tsv_start);

	/* The lines stay until the program ends. */
	while (text && (line = strsep(&text, "\n")))
		read_line(line);
}

const char *exercised__tests(int row)
{
	static bool is_read;

	if (!is_read)
		read_all();
	is_read = true;
	return tests[row] ?: "";
}
