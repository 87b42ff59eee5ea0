// SPDX-License-Identifier: GPL-2.0-only
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "runner/inside/subtest_names.h"

struct subtest_name {
	int cnt;
	char text[];
};

static int by_text(const void *a, const void *b)
{
	const struct subtest_name *first = a, *second = b;

	return strcmp(first->text, second->text);
}

int subtest_names__count(const char *name)
{
	static void *names; /* a tree of tsearch(3), which lives as long as the test process */
	size_t size_bytes = strlen(name) + 1;
	struct subtest_name *fresh = calloc(1, sizeof(*fresh) + size_bytes), **found;

	if (!fresh)
		return 1;
	memcpy(fresh->text, name, size_bytes);
	found = tsearch(fresh, &names, by_text);
	if (!found || *found != fresh)
		free(fresh);
	return found ? ++(*found)->cnt : 1;
}
