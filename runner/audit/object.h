/* SPDX-License-Identifier: GPL-2.0-only */
/* Things that outlive processes: what the audit knows of one, and sets of them. */
#ifndef RUNNER_AUDIT_OBJECT_H
#define RUNNER_AUDIT_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define AUDIT_NUMBERS 4

struct audit_kind;

struct audit_object {
	char *key;            /* what tells it from others of its kind */
	char *value;          /* what of it may change, or NULL */
	char *text;           /* what it is, as far as that was looked up; or NULL */
	uint64_t born_ns;     /* monotonic, as exactly as the kernel says; 0: not known */
	uint64_t cgroup_id;   /* that it is attached to; 0: none */
	uint64_t netns_inode; /* that it is attached to; 0: none */
	const struct audit_kind *holds_kind; /* what would stay because of it, by kind and id */
	unsigned int holds_id;
	int numbers[AUDIT_NUMBERS]; /* the kind's own */
	int fd;                     /* that keeps it while it is taken away, or -1 */
};

struct audit_set {
	struct audit_object *objects;
	int cnt, room;
};

/**
 * audit_set__add() - append an object
 * @key, @value: copied; @value may be NULL
 *
 * Return: it, until the next call; NULL when out of memory.
 */
struct audit_object *audit_set__add(struct audit_set *set, const char *key, const char *value);

/** audit_set__sort() - by key, for audit_set__find(); those with the same key become one */
void audit_set__sort(struct audit_set *set);

/** audit_set__find() - the one with this key, or NULL */
struct audit_object *audit_set__find(const struct audit_set *set, const char *key);

/** audit_set__free() - free everything in it */
void audit_set__free(struct audit_set *set);

/** audit_object__move() - take over what is in @from, which is left empty */
void audit_object__move(struct audit_object *to, struct audit_object *from);

/** audit_object__set_text() - replace the text */
void audit_object__set_text(struct audit_object *object, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** audit_object__close() - let go of what it keeps */
void audit_object__close(struct audit_object *object);

/** audit_object__born() - set the time of birth from that of another clock; a time to come is none */
void audit_object__born(struct audit_object *object, clockid_t clock, uint64_t time_ns);

/** audit_object__free() - free everything in it */
void audit_object__free(struct audit_object *object);

#endif
