// SPDX-License-Identifier: GPL-2.0-only
/* Parses and compares version numbers of kernels. Does not look at the running kernel. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "runner/text/kernel_version.h"

int kernel_version__parse(const char *text, struct kernel_version *version)
{
	int *const numbers[] = { &version->major, &version->minor, &version->patch };
	char *end = (char *)text;
	int i;

	*version = (struct kernel_version){};
	for (i = 0; i < 3 && isdigit((unsigned char)*text); i++) {
		*numbers[i] = strtol(text, &end, 10);
		text = end + (*end == '.');
	}
	version->rest = end;
	return i >= 2 ? 0 : -EINVAL;
}

static int compare(int a, int b)
{
	return (a > b) - (a < b);
}

int kernel_version__compare(const struct kernel_version *a, const struct kernel_version *b)
{
	return compare(a->major, b->major)         ?:
		       compare(a->minor, b->minor) ?:
						     compare(a->patch, b->patch);
}
