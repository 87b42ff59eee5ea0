/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns the end of a session into one message and one exit status.
 */
#ifndef VM_VERDICT_H
#define VM_VERDICT_H

#include <stdbool.h>

struct session;

/**
 * struct verdict - how a run ended
 * @status: exit status of vmtest
 * @is_failure: something other than the command decided it: the console is worth a look
 */
struct verdict {
	int status;
	bool is_failure;
};

/**
 * verdict__of() - Judge a session that has ended, and say so.
 * @session: the session
 *
 * Return: the verdict.
 */
struct verdict verdict__of(const struct session *session);

#endif
