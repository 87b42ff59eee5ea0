/* SPDX-License-Identifier: GPL-2.0-only */
/* The objects that are left once the kernel has freed all that it frees by itself. */
#ifndef RUNNER_AUDIT_SETTLE_H
#define RUNNER_AUDIT_SETTLE_H

#include "runner/audit/watch.h"

/** audit__free_limit_ns() - until when the kernel may take to free something that is found now */
uint64_t audit__free_limit_ns(const struct audit *audit);

/** audit__may_free_itself() - whether the kernel may yet free an object by itself */
bool audit__may_free_itself(const struct audit *audit, const struct audit_finding *finding);

/**
 * audit__look_at_freed() - look again at the kinds that the kernel frees a while after their last
 *	user
 */
void audit__look_at_freed(struct audit *audit);

/**
 * audit__look_at_rest() - wait for what frees itself; then find out who uses what is still there
 */
void audit__look_at_rest(struct audit *audit);

#endif
