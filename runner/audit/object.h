/* SPDX-License-Identifier: GPL-2.0-only */
/* An object that outlives processes, as the audit knows it; and sets of objects. */
#ifndef RUNNER_AUDIT_OBJECT_H
#define RUNNER_AUDIT_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct audit_kind;

/* An object of the network, with all that is needed to remove it; fields of other types are 0. */
struct audit_network_object {
	enum audit_network_type {
		AUDIT_INTERFACE,
		AUDIT_XDP,
		AUDIT_QDISC,
		AUDIT_TC_FILTER,
		AUDIT_TCX,
		AUDIT_FLOW_DISSECTOR,
	} type;
	int interface;           /* index; of all but the flow dissector */
	uint32_t mode_flags;     /* of XDP: XDP_FLAGS_* */
	uint32_t handle, parent; /* of a qdisc; a tc filter has a handle */
	uint32_t priority; /* of a tc filter; the kernel chooses 49152 and up (tcf_auto_prio()) */
	uint32_t attach_point; /* of a tc filter: enum bpf_tc_attach_point */
	uint32_t attach_type;  /* of tcx: enum bpf_attach_type */
};

struct audit_object {
	char *key;            /* tells it from others of its kind */
	char *value;          /* the part of it that may change, or NULL */
	char *text;           /* a description, once it was looked up; or NULL */
	uint64_t born_ns;     /* monotonic, as exactly as the kernel says; 0: not known */
	uint64_t cgroup_id;   /* of the cgroup that it is attached to; 0: none */
	uint64_t netns_inode; /* of the namespace that it is attached to; 0: none */
	const struct audit_kind
		*holds_kind; /* the object that stays because of it, by kind and id */
	unsigned int holds_id;
	union {
		struct {
			bool is_folder;
		} pin;
		struct audit_network_object network;
	}; /* by kind; the other kinds need nothing more */
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

/**
 * audit_object__born() - set the time of birth, read from another clock; one in the future is
 *	ignored
 */
void audit_object__born(struct audit_object *object, clockid_t clock, uint64_t time_ns);

/** audit_object__free() - free everything in it */
void audit_object__free(struct audit_object *object);

#endif
