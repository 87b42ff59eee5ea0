// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel releases compared and matched. Pure functions.
 */
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/host/text.h"
#include "vm/kernel/release.h"

struct version {
	int number[3];
	int rc;
	const char *rest;
};

/* 6.12.95+deb12.1-cloud-amd64, 7.4~rc3-cloud-amd64, 7.4-rc3-amd64, 6.1.0-56-cloud-amd64 */
static struct version parse(const char *release)
{
	struct version version = { .rc = INT_MAX };
	const char *at = release;

	for (int i = 0; i < 3 && isdigit((unsigned char)*at); i++) {
		char *end;

		version.number[i] = strtol(at, &end, 10);
		at = end;
		if (*at != '.' || !isdigit((unsigned char)at[1]))
			break;
		at++;
	}
	if ((*at == '-' || *at == '~') && text__starts_with(at + 1, "rc"))
		version.rc = atoi(at + strlen("-rc"));
	version.rest = at;
	return version;
}

static int compare_int(int a, int b)
{
	return (a > b) - (a < b);
}

int release__compare(const char *a, const char *b)
{
	struct version va = parse(a), vb = parse(b);

	for (int i = 0; i < 3; i++)
		if (va.number[i] != vb.number[i])
			return compare_int(va.number[i], vb.number[i]);
	if (va.rc != vb.rc)
		return compare_int(va.rc, vb.rc);
	return strverscmp(va.rest, vb.rest);
}

bool release__matches(const char *release, const char *prefix)
{
	/* The next character must not make the last number longer. */
	return text__starts_with(release, prefix) &&
	       (!*prefix || !isdigit((unsigned char)release[strlen(prefix)]));
}
