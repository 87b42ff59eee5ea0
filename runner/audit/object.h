/* SPDX-License-Identifier: GPL-2.0-only */
/* An object that outlives processes, as the audit knows it, and sets of such objects. */
#ifndef RUNNER_AUDIT_OBJECT_H
#define RUNNER_AUDIT_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct audit_kind;

/* A network object, with everything that is needed to remove it. Fields of other types are 0. */
struct audit_network_object {
	enum audit_network_type {
		AUDIT_INTERFACE,
		AUDIT_XDP,
		AUDIT_QDISC,
		AUDIT_TC_FILTER,
		AUDIT_TCX,
		AUDIT_FLOW_DISSECTOR,
	} type;
	int interface;           /* index of the interface; 0 for the flow dissector */
	uint32_t mode_flags;     /* XDP_FLAGS_* of an XDP program */
	uint32_t handle, parent; /* both of a qdisc; only the handle of a tc filter */
	uint32_t priority;       /* priority of a tc filter; tcf_auto_prio() gives 49152 and up */
	uint32_t attach_point;   /* enum bpf_tc_attach_point of a tc filter */
	uint32_t attach_type;    /* enum bpf_attach_type of a tcx program */
};

struct audit_object {
	char *key;          /* name that is unique among objects of its kind */
	char *value;        /* the part of the object that may change, or NULL */
	char *text;         /* a description, once look() was called; or NULL */
	uint64_t born_ns;   /* monotonic time of birth, as exact as the kernel tells; 0: unknown */
	uint64_t cgroup_id; /* the cgroup that the object is attached to; 0: none */
	uint64_t netns_inode; /* the namespace that the object is attached to; 0: none */
	const struct audit_kind *holds_kind; /* kind of another object that this one keeps in use */
	unsigned int holds_id;
	union {
		struct {
			bool is_folder;
		} pin;
		struct audit_network_object network;
	}; /* fields of single kinds; the other kinds need none */
};

struct audit_set {
	struct audit_object *objects;
	int cnt, room;
};

/**
 * audit_set__add() - append an object
 * @key, @value: are copied; @value may be NULL
 *
 * Return: the object, valid until the next call; NULL when out of memory.
 */
struct audit_object *audit_set__add(struct audit_set *set, const char *key, const char *value);

/** audit_set__sort() - sort by key, for audit_set__find(); objects with the same key become one */
void audit_set__sort(struct audit_set *set);

/** audit_set__find() - the object with this key, or NULL */
struct audit_object *audit_set__find(const struct audit_set *set, const char *key);

/** audit_set__free() - free all objects of a set */
void audit_set__free(struct audit_set *set);

/** audit_object__move() - move the content of @from to @to; @from is left empty */
void audit_object__move(struct audit_object *to, struct audit_object *from);

/** audit_object__set_text() - replace the description of an object */
void audit_object__set_text(struct audit_object *object, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * audit_object__born() - set the time of birth, given in another clock; a time in the future is
 *	ignored
 */
void audit_object__born(struct audit_object *object, clockid_t clock, uint64_t time_ns);

/** audit_object__free() - free all strings of an object */
void audit_object__free(struct audit_object *object);

#endif
