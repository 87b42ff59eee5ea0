// SPDX-License-Identifier: GPL-2.0-only
/* Objects and sets of objects. Sets are sorted arrays, so that two looks can be compared. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/audit/object.h"
#include "runner/system/clock.h"

struct audit_object *audit_set__add(struct audit_set *set, const char *key, const char *value)
{
	struct audit_object *object, *grown;

	if (set->cnt == set->room) {
		int room = set->room ? 2 * set->room : 64;

		grown = reallocarray(set->objects, room, sizeof(*grown));
		if (!grown)
			return NULL;
		set->objects = grown;
		set->room = room;
	}
	object = &set->objects[set->cnt];
	*object = (struct audit_object){
		.key = strdup(key),
		.value = value ? strdup(value) : NULL,
	};
	if (!object->key || (value && !object->value)) {
		audit_object__free(object);
		return NULL;
	}
	set->cnt++;
	return object;
}

static int by_key(const void *a, const void *b)
{
	const struct audit_object *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static int by_key_and_value(const void *a, const void *b)
{
	const struct audit_object *x = a, *y = b;
	int order = by_key(a, b);

	return order ?: strcmp(x->value ?: "", y->value ?: "");
}

/* Keys can be equal: an event of tracefs may have several probes, each on a line of its own. */
static void merge(struct audit_object *into, struct audit_object *from)
{
	char *value = NULL;

	if (into->value && from->value && strcmp(into->value, from->value) &&
	    asprintf(&value, "%s\n%s", into->value, from->value) >= 0) {
		free(into->value);
		into->value = value;
	}
	audit_object__free(from);
}

void audit_set__sort(struct audit_set *set)
{
	int i, last = 0;

	if (!set->cnt)
		return;
	qsort(set->objects, set->cnt, sizeof(*set->objects), by_key_and_value);
	for (i = 1; i < set->cnt; i++) {
		if (!strcmp(set->objects[last].key, set->objects[i].key))
			merge(&set->objects[last], &set->objects[i]);
		else if (++last != i)
			audit_object__move(&set->objects[last], &set->objects[i]);
	}
	set->cnt = last + 1;
}

struct audit_object *audit_set__find(const struct audit_set *set, const char *key)
{
	const struct audit_object wanted = { .key = (char *)key };

	if (!set->cnt)
		return NULL;
	return bsearch(&wanted, set->objects, set->cnt, sizeof(*set->objects), by_key);
}

void audit_set__free(struct audit_set *set)
{
	int i;

	for (i = 0; i < set->cnt; i++)
		audit_object__free(&set->objects[i]);
	free(set->objects);
	memset(set, 0, sizeof(*set));
}

void audit_object__move(struct audit_object *to, struct audit_object *from)
{
	*to = *from;
	*from = (struct audit_object){};
}

void audit_object__set_text(struct audit_object *object, const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	free(object->text);
	object->text = text;
}

void audit_object__born(struct audit_object *object, clockid_t clock, uint64_t time_ns)
{
	uint64_t now_ns = clock__read_ns(clock), monotonic_ns = clock__read_ns(CLOCK_MONOTONIC);

	if (time_ns <= now_ns && now_ns - time_ns < monotonic_ns)
		object->born_ns = monotonic_ns - (now_ns - time_ns);
}

void audit_object__free(struct audit_object *object)
{
	free(object->key);
	free(object->value);
	free(object->text);
	object->key = object->value = object->text = NULL;
}
