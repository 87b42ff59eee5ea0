/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of state that the audit looks at, one file each. The objects belong to the whole machine, or
 * to the namespaces that the runner itself is in.
 */
#ifndef RUNNER_AUDIT_KIND_H
#define RUNNER_AUDIT_KIND_H

#include "runner/audit/object.h"

#define AUDIT_KINDS 9

struct audit_kind {
	const char *name;
	bool has_full_keys; /* a key says what it is, and is not named after the kind */
	bool frees_itself;  /* the kernel may free it a while after its last user has gone */
	bool has_name;      /* a test that makes it again finds the first one, so that has to go */
	unsigned int isolation; /* ISOLATE_*: a test that has one of these cannot leave it */
	bool only_changes;      /* only a changed value counts, not a new object */

	/**
	 * @scan: add all objects of the kind that there are
	 *
	 * Return: 0; a negative errno if the kind cannot be looked at here.
	 */
	int (*scan)(struct audit_set *set);

	/**
	 * @look: look up what is expensive to find out; called once for each new object; or NULL
	 */
	void (*look)(struct audit_object *object);

	/**
	 * @is_held: whether it stays until somebody removes it, although the kind frees itself; or
	 *	NULL
	 */
	bool (*is_held)(const struct audit_object *object);

	/**
	 * @is_of_others: whether something that lives and is not a test's uses the object; or NULL
	 */
	bool (*is_of_others)(const struct audit_object *object);

	/**
	 * @undo: remove the object, or give it its value back; only in a guest of vmtest
	 * @before: the value that it had when the run began, or NULL
	 *
	 * Return: 0, or a negative errno.
	 */
	int (*undo)(const struct audit_object *object, const char *before);
};

/* All kinds, in the order in which they are undone: objects that hold others go first. */
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

#endif
