/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of state that the audit looks at, one file each. What is here belongs to the whole
 * machine, or to the namespaces that the runner itself is in.
 */
#ifndef RUNNER_AUDIT_KIND_H
#define RUNNER_AUDIT_KIND_H

#include "runner/audit/object.h"

#define AUDIT_KINDS 9

struct audit_kind {
	const char *name;
	bool has_full_keys;     /* a key says what it is, and is not named after the kind */
	bool is_lazy;           /* the kernel may take it away a while after its last user */
	bool has_name;          /* who makes it again finds the first: it has to be away for that */
	unsigned int isolation; /* ISOLATE_*: a test that has one of these does not come to it */
	bool only_changes;      /* a new object is nothing: only one whose value changes */

	/**
	 * @scan: add all objects of the kind that there are
	 *
	 * Return: 0; a negative errno if the kind cannot be looked at here.
	 */
	int (*scan)(struct audit_set *set);

	/** @look: fill in what is dear to know, for an object that is new; or NULL */
	void (*look)(struct audit_object *object);

	/** @is_held: whether it stays until somebody takes it away, although the kind is lazy; or NULL */
	bool (*is_held)(const struct audit_object *object);

	/** @can_be_restored: whether @redo makes it what it was; NULL: always, where there is one */
	bool (*can_be_restored)(const struct audit_object *object);

	/** @is_foreign: whether something that lives and is no test's uses the object; or NULL */
	bool (*is_foreign)(const struct audit_object *object);

	/**
	 * @keep: have the object's descriptor, if @redo will need one; NULL: it never does
	 *
	 * Return: 0, or a negative errno.
	 */
	int (*keep)(struct audit_object *object);

	/**
	 * @undo: take the object away; what keeps it for @redo goes into it
	 * @before: the value that it had when the run began, or NULL
	 *
	 * Return: 0, or a negative errno.
	 */
	int (*undo)(struct audit_object *object, const char *before);

	/** @redo: bring back what was taken away, for it is somebody else's; 0 or a negative errno */
	int (*redo)(struct audit_object *object);
};

/* All of them, in the order in which they are undone: what holds others goes first. */
extern const struct audit_kind *const audit_kinds[AUDIT_KINDS];

extern const struct audit_kind audit_pins;
extern const struct audit_kind audit_network;
extern const struct audit_kind audit_links;
extern const struct audit_kind audit_programs;
extern const struct audit_kind audit_maps;
extern const struct audit_kind audit_probes;
extern const struct audit_kind audit_sysctls;
extern const struct audit_kind audit_modules;
extern const struct audit_kind audit_cgroups;

struct audit_held; /* ids of BPF objects that living processes have */

/**
 * audit_held__read() - which BPF object a descriptor is
 * @path: /proc/PID/fdinfo/N
 * @kind, @id: set, if it is one
 */
void audit_held__read(const char *path, const struct audit_kind **kind, unsigned int *id);

/** audit_held__find() - look through /proc; NULL when out of memory */
struct audit_held *audit_held__find(void);

/**
 * audit_held__holder() - who has the object, or what it holds, by itself or through another one
 *
 * Return: "process 12 (name)", owned by @held; NULL if it is nobody, or no BPF object by id.
 */
const char *audit_held__holder(const struct audit_held *held, const struct audit_kind *kind,
			       const struct audit_object *object);

/** audit_held__free() - free everything in it */
void audit_held__free(struct audit_held *held);

#endif
