/* SPDX-License-Identifier: GPL-2.0-only */
/* Decides the message and the exit status for the end of a session. */
#ifndef VM_VERDICT_H
#define VM_VERDICT_H

#include <stdbool.h>

struct session;

struct verdict {
	int status;      /* exit status of vmtest */
	bool is_failure; /* the status is not from the command: show the console */
};

/** verdict__of() - judge a session that has ended, and print the message */
struct verdict verdict__of(const struct session *session);

#endif
