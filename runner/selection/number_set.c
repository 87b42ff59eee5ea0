// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parses lists of numbers of tests and subtests, in this syntax:
 *
 *   list  = item *( "," item ) [ "," ]
 *   item  = number [ "-" number ]		the second number is not below the first
 *   number = 1 to NUMBER_MAX, in digits
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "runner/selection/number_set.h"

#define NUMBER_MAX 1000000

/* Read digits at *@at into @number, and move *@at past them; false if there is no valid number. */
static bool read_number(const char **at, const char *end, int *number)
{
	long value = 0;
	const char *p = *at;

	while (p < end && *p >= '0' && *p <= '9') {
		value = value * 10 + (*p++ - '0');
		if (value > NUMBER_MAX)
			return false;
	}
	if (p == *at || value == 0)
		return false;
	*at = p;
	*number = value;
	return true;
}

static int add_range(struct number_set *set, struct number_range range)
{
	struct number_range *grown = reallocarray(set->ranges, set->cnt + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	set->ranges = grown;
	set->ranges[set->cnt++] = range;
	return 0;
}

int number_set__parse(struct number_set *set, const char *text, size_t len, char *error,
		      size_t size_bytes)
{
	const char *end = text + len, *item;
	struct number_range range;
	const char *p = text;
	int err;

	if (p == end) {
		snprintf(error, size_bytes, "the list of numbers is empty: give N, N-M or N,M");
		return -EINVAL;
	}
	while (p < end) {
		item = p;
		if (!read_number(&p, end, &range.first))
			goto invalid;
		range.last = range.first;
		if (p < end && *p == '-') {
			p++;
			if (!read_number(&p, end, &range.last) || range.last < range.first)
				goto invalid;
		}
		if (p < end && *p++ != ',')
			goto invalid;
		err = add_range(set, range);
		if (err) {
			snprintf(error, size_bytes, "out of memory");
			number_set__free(set);
			return err;
		}
	}
	return 0;

invalid:
	snprintf(
		error, size_bytes,
		"cannot read '%.*s' as a list of numbers: items are N or FIRST-LAST, from 1 to %d, separated by commas",
		(int)(end - item), item, NUMBER_MAX);
	number_set__free(set);
	return -EINVAL;
}

bool number_set__has(const struct number_set *set, int number)
{
	int i;

	for (i = 0; i < set->cnt; i++) {
		if (number >= set->ranges[i].first && number <= set->ranges[i].last)
			return true;
	}
	return false;
}

void number_set__free(struct number_set *set)
{
	free(set->ranges);
	set->ranges = NULL;
	set->cnt = 0;
}
