/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file /run/bpf-selftests/audit, which all runs on a machine share. Each run holds a shared
 * lock on it, so that a run knows whether it is alone. In a guest of vmtest, the file lists all
 * objects that were there when the run began. The run empties the file at its end: a run that does
 * not find it empty follows one that was killed.
 */
#ifndef RUNNER_AUDIT_BASE_H
#define RUNNER_AUDIT_BASE_H

#include <stdbool.h>
#include <sys/types.h>

#include "runner/audit/kind.h"

struct audit_base {
	int fd; /* descriptor of the file; -1: /run is not writable */
	off_t size_bytes;
	bool is_written; /* this run has written the file */
};

/** audit_base__begin() - open the file; returns true if no other living run is known */
bool audit_base__begin(struct audit_base *base);

/** audit_base__is_alone() - whether no other run has started since audit_base__begin() */
bool audit_base__is_alone(const struct audit_base *base);

/**
 * audit_base__read() - read the objects that were there when a killed run began
 * @known: an empty set for each kind, in the order of audit_kinds; the caller frees them
 * @pid: set to the pid of the killed run
 *
 * Return: false if no run was killed, or the file is incomplete.
 */
bool audit_base__read(const struct audit_base *base, struct audit_set *known, int *pid);

/**
 * audit_base__write() - write all objects to the file; if that fails, the next run does not learn
 *	that this run was there
 */
void audit_base__write(struct audit_base *base, const struct audit_set *known);

/** audit_base__end() - close the file at the end of the run, after emptying it if it is_written */
void audit_base__end(struct audit_base *base);

#endif
