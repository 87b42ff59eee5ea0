/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a run that was killed has left: what has come to the machine since it began, and what it had
 * put away.
 */
#ifndef RUNNER_AUDIT_PAST_H
#define RUNNER_AUDIT_PAST_H

#include <stdbool.h>

#include "runner/audit/kind.h"

struct audit;

struct audit_away {
	const struct audit_kind *kind;
	struct audit_object object;
	char *before; /* the value that it had before, or NULL */
	char *pin;    /* of what it needs to be brought back, or NULL */
	int number;
	bool was_away; /* and nobody has made it again since */
	bool is_back;
};

/* What a record says (audit_record.h). */
struct audit_past {
	int pid;
	char *boot_id;
	unsigned long long netns_inode, mntns_inode, pidns_inode;
	bool was_audited[AUDIT_KINDS];
	struct audit_set known[AUDIT_KINDS];
	struct audit_away *away;
	int away_cnt;
	char **running; /* the tests that were, when it was killed */
	int running_cnt;
};

/**
 * audit_past__parse() - read a record; what is no line of one is passed over
 * @text: changed
 *
 * Return: 0; -EINVAL if it does not say whose it is.
 */
int audit_past__parse(struct audit_past *past, char *text);

/** audit_past__free() - free everything in it */
void audit_past__free(struct audit_past *past);

/**
 * audit_past__clean_up() - bring back what runs that were killed have put away; in a guest remove
 *	all that has come since they began, whoever made it, elsewhere say what that is
 *
 * For before the audit begins. As long as another run lives nothing is done.
 */
void audit_past__clean_up(struct audit *audit);

#endif
