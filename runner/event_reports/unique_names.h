/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that must be told apart, such as those of two subtests with the same name. */
#ifndef RUNNER_EVENT_REPORTS_UNIQUE_NAMES_H
#define RUNNER_EVENT_REPORTS_UNIQUE_NAMES_H

struct json_object;

struct unique_names {
	struct json_object *given; /* an object with a member for each name */
};

/**
 * unique_names__add() - give out a name that was not given out before
 * @group: names of different groups may be the same
 * @wanted: the name; if it was given out before, the new one has a number, as in "name (2)"
 *
 * Return: the name, owned by @names; NULL when out of memory.
 */
const char *unique_names__add(struct unique_names *names, const char *group, const char *wanted);

/** unique_names__free() - free all names, so that they can be given out again */
void unique_names__free(struct unique_names *names);

#endif
