// SPDX-License-Identifier: GPL-2.0-only
/* The order of releases, three at a time, one a line; and the versions that -k takes. */
#include <ctype.h>

#include "check/fuzz/fuzz.h"
#include "vm/kernel/release.h"

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static int compare(const char *a, const char *b)
{
	int order = sign(release__compare(a, b));

	INVARIANT(order == -sign(release__compare(b, a)));
	return order;
}

static void check_order(const char *a, const char *b, const char *c)
{
	INVARIANT(!compare(a, a));
	if (compare(a, b) <= 0 && compare(b, c) <= 0)
		INVARIANT(compare(a, c) <= 0);
	if (!compare(a, b))
		INVARIANT(compare(a, c) == compare(b, c));
}

/* Numbers below a million, made from what there is: the order is that of the numbers. */
static void check_numbers(struct input input)
{
	unsigned int major = input__byte(&input), minor = input__byte(&input) << 8;
	unsigned int other = input__byte(&input) << 8, rc = input__byte(&input);
	char a[64], b[64];

	minor |= input__byte(&input);
	other |= input__byte(&input);
	snprintf(a, sizeof(a), "%u.%u-amd64", major, minor);
	snprintf(b, sizeof(b), "%u.%u-amd64", major, other);
	INVARIANT(compare(a, b) == (minor > other) - (minor < other));
	snprintf(b, sizeof(b), "%u.%u-rc%u-amd64", major, minor, rc);
	INVARIANT(compare(b, a) < 0);
	snprintf(a, sizeof(a), "%u.%u~rc%u-amd64", major, minor, rc + 1);
	INVARIANT(compare(b, a) < 0);
}

static void check_prefix(const char *release, const char *prefix)
{
	size_t len = strlen(prefix);
	bool begins = strlen(release) >= len && !memcmp(release, prefix, len);

	INVARIANT(release__matches(release, release) && release__matches(release, ""));
	if (len)
		INVARIANT(release__matches(release, prefix) ==
			  (begins && !isdigit((unsigned char)release[len])));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	char *release[3];
	int i;

	check_numbers(input);
	for (i = 0; i < 3; i++)
		release[i] = input__line(&input) ?: strdup("");
	check_order(release[0], release[1], release[2]);
	check_order(release[2], release[0], release[1]);
	check_order(release[1], release[2], release[0]);
	check_prefix(release[0], release[1]);
	for (i = 0; i < 3; i++)
		free(release[i]);
	return 0;
}
