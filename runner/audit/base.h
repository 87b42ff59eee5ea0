/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file /run/bpf-selftests/audit, which runs on one machine share. Each holds a shared lock on
 * it, so that a run knows whether it is alone. In a guest of vmtest the file has all objects that
 * were there when the run began: it is emptied when that run ends, so a run that finds it full
 * follows one that was killed.
 */
#ifndef RUNNER_AUDIT_BASE_H
#define RUNNER_AUDIT_BASE_H

#include <stdbool.h>
#include <sys/types.h>

#include "runner/audit/kind.h"

struct audit_base {
	int fd; /* -1: /run cannot be written to */
	off_t size_bytes;
	bool is_written; /* by this run */
};

/**
 * audit_base__begin() - open the file; returns whether no other run lives, as far as it is known
 */
bool audit_base__begin(struct audit_base *base);

/** audit_base__is_alone() - whether no other run has come since audit_base__begin() */
bool audit_base__is_alone(const struct audit_base *base);

/**
 * audit_base__read() - read what a run that was killed had found when it began
 * @known: an empty set for each kind, in the order of audit_kinds; the caller frees them
 * @pid: set to that run's process
 *
 * Return: false if there is none, or it is incomplete.
 */
bool audit_base__read(const struct audit_base *base, struct audit_set *known, int *pid);

/** audit_base__write() - write down what there is; if that fails, the next run finds nothing */
void audit_base__write(struct audit_base *base, const struct audit_set *known);

/** audit_base__end() - the run is over: empty the file if it is this run's, and close it */
void audit_base__end(struct audit_base *base);

#endif
