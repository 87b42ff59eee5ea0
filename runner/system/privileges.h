/* SPDX-License-Identifier: GPL-2.0-only */
/* What the caller is allowed to do. */
#ifndef RUNNER_SYSTEM_PRIVILEGES_H
#define RUNNER_SYSTEM_PRIVILEGES_H

#include <stdbool.h>
#include <stdint.h>

struct privileges {
	uint64_t capabilities;     /* the effective set: 1 << CAP_* */
	bool is_in_user_namespace; /* not the initial one: capabilities do not count outside of it */
	bool has_seccomp_filter;
	char confinement[128]; /* the label that an LSM confines the caller to, or empty */
};

/** privileges__read() - read the caller's privileges from /proc; returns 0 or a negative errno */
int privileges__read(struct privileges *privileges);

#endif
