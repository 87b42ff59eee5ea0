/* SPDX-License-Identifier: GPL-2.0-only */
/* BPF objects that living processes have open: those belong to programs that are not tests. */
#ifndef RUNNER_AUDIT_OPEN_OBJECTS_H
#define RUNNER_AUDIT_OPEN_OBJECTS_H

#include "runner/audit/kind.h"

struct open_objects;

/**
 * open_objects__read() - find out which BPF object a descriptor is
 * @path: /proc/PID/fdinfo/N
 * @kind, @id: set, if it is one
 */
void open_objects__read(const char *path, const struct audit_kind **kind, unsigned int *id);

/** open_objects__find() - look through /proc; NULL when out of memory */
struct open_objects *open_objects__find(void);

/**
 * open_objects__holder() - the process that has the object open, or what it holds, or another one
 *	that holds it
 *
 * Return: "process 12 (name)", owned by @open; NULL if no process has.
 */
const char *open_objects__holder(struct open_objects *open, const struct audit_kind *kind,
				 const struct audit_object *object);

/** open_objects__free() - free everything in it */
void open_objects__free(struct open_objects *open);

#endif
