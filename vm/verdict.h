/* SPDX-License-Identifier: GPL-2.0-only */
/* What the end of a session means: one message and one exit status. */
#ifndef VM_VERDICT_H
#define VM_VERDICT_H

#include <stdbool.h>

struct session;

struct verdict {
	int status;      /* exit status of vmtest */
	bool is_failure; /* not the command decided the status: the console is worth a look */
};

/** verdict__of() - judge a session that has ended, and print the message */
struct verdict verdict__of(const struct session *session);

#endif
