/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BPF objects that living processes have open, and that therefore belong to programs other than
 * tests.
 */
#ifndef RUNNER_AUDIT_OPEN_OBJECTS_H
#define RUNNER_AUDIT_OPEN_OBJECTS_H

#include "runner/audit/kind.h"

struct open_objects;

/**
 * open_objects__read() - find out which BPF object a descriptor refers to
 * @path: /proc/PID/fdinfo/N
 * @kind, @id: set if it is a BPF object
 */
void open_objects__read(const char *path, const struct audit_kind **kind, unsigned int *id);

/** open_objects__find() - search all of /proc; NULL when out of memory */
struct open_objects *open_objects__find(void);

/**
 * open_objects__holder() - find a process that has an object open, or an object that this object
 *	holds, or an object that holds this object
 *
 * Return: "process 12 (name)", owned by @open; NULL if there is no such process.
 */
const char *open_objects__holder(struct open_objects *open, const struct audit_kind *kind,
				 const struct audit_object *object);

/** open_objects__free() - free the result of open_objects__find() */
void open_objects__free(struct open_objects *open);

#endif
