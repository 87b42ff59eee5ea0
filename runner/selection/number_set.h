/* SPDX-License-Identifier: GPL-2.0-only */
/* A set of numbers for -n. */
#ifndef RUNNER_SELECTION_NUMBER_SET_H
#define RUNNER_SELECTION_NUMBER_SET_H

#include <stdbool.h>
#include <stddef.h>

struct number_range {
	int first, last;
};

/* Numbers of tests or of subtests, counted from 1. */
struct number_set {
	struct number_range *ranges;
	int cnt;
};

/**
 * number_set__parse() - read a list of numbers
 * @set: must be empty (zeroed); the caller owns it, and frees it with number_set__free()
 * @text: `N` and `FIRST-LAST` (both included), separated by commas; a comma at the end is allowed
 * @len: number of characters of @text that belong to the list
 * @error: receives a message, without newline
 * @size_bytes: size of @error
 *
 * Return: 0; or -EINVAL with a message, or -ENOMEM, and @set is then empty.
 */
int number_set__parse(struct number_set *set, const char *text, size_t len, char *error,
		      size_t size_bytes);

/** number_set__has() - whether a number is in the set */
bool number_set__has(const struct number_set *set, int number);

/** number_set__free() - empty the set */
void number_set__free(struct number_set *set);

#endif
