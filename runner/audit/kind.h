/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of state that the audit looks at, each in a file of its own. The objects belong to the
 * whole machine, or to the namespaces that the runner is in.
 */
#ifndef RUNNER_AUDIT_KIND_H
#define RUNNER_AUDIT_KIND_H

#include "runner/audit/object.h"

#define AUDIT_KINDS 9

struct audit_kind {
	const char *name;
	bool has_full_keys;     /* the key names the object in full, without the kind */
	bool frees_itself;      /* the kernel may free the object some time after its last user */
	bool has_name;          /* a rerun that makes the object again would find the old one */
	unsigned int isolation; /* ISOLATE_*: a test with one of these cannot leave such objects */
	bool only_changes;      /* a changed value is a finding, a new object is not */

	/**
	 * @scan: add all objects of this kind
	 *
	 * Return: 0; a negative errno if the kind cannot be read here.
	 */
	int (*scan)(struct audit_set *set);

	/**
	 * @look: look up the details that are expensive to find out; called once for each new
	 *	object; or NULL
	 */
	void (*look)(struct audit_object *object);

	/**
	 * @is_held: whether the object stays until somebody removes it, although other objects of
	 *	this kind free themselves; or NULL
	 */
	bool (*is_held)(const struct audit_object *object);

	/** @is_of_others: whether something alive that is not a test uses the object; or NULL */
	bool (*is_of_others)(const struct audit_object *object);

	/**
	 * @undo: remove the object, or restore its value; only in a guest of vmtest
	 * @before: the value when the run began, or NULL
	 *
	 * Return: 0, or a negative errno.
	 */
	int (*undo)(const struct audit_object *object, const char *before);
};

/* All kinds, in the order in which they are undone: objects that hold others come first. */
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
