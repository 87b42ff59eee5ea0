// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares kernel releases in the forms of Debian and the kernel: 6.12.95+deb12.1-cloud-amd64,
 * 6.1.0-56-cloud-amd64, 7.4~rc3-cloud-amd64, 7.4-rc3-amd64.
 */
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runner/text/kernel_version.h"
#include "vm/host/text.h"
#include "vm/kernel/release.h"

static int release_candidate(const char *rest)
{
	bool has_one = (*rest == '-' || *rest == '~') && text__starts_with(rest + 1, "rc");

	return has_one ? atoi(rest + strlen("-rc")) : INT_MAX;
}

int release__compare(const char *a, const char *b)
{
	struct kernel_version version_a, version_b;
	int rc_a, rc_b, order;

	kernel_version__parse(a, &version_a);
	kernel_version__parse(b, &version_b);
	order = kernel_version__compare(&version_a, &version_b);
	if (order)
		return order;
	rc_a = release_candidate(version_a.rest);
	rc_b = release_candidate(version_b.rest);
	if (rc_a != rc_b)
		return rc_a < rc_b ? -1 : 1;
	return strverscmp(version_a.rest, version_b.rest);
}

bool release__matches(const char *release, const char *prefix)
{
	/* A digit after the prefix would belong to the last number of the prefix. */
	return text__starts_with(release, prefix) &&
	       (!*prefix || !isdigit((unsigned char)release[strlen(prefix)]));
}
