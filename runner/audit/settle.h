/* SPDX-License-Identifier: GPL-2.0-only */
/* Waits until the kernel has freed the objects that it frees by itself, and examines the others. */
#ifndef RUNNER_AUDIT_SETTLE_H
#define RUNNER_AUDIT_SETTLE_H

#include "runner/audit/watch.h"

/** audit__free_limit_ns() - the time until which the kernel may free something that is found now */
uint64_t audit__free_limit_ns(const struct audit *audit);

/** audit__may_free_itself() - whether the kernel may yet free an object by itself */
bool audit__may_free_itself(const struct audit *audit, const struct audit_finding *finding);

/**
 * audit__look_at_freed() - look again at the kinds that the kernel frees some time after their last
 *	user
 */
void audit__look_at_freed(struct audit *audit);

/**
 * audit__look_at_rest() - wait for objects that free themselves, then find the users of those that
 *	are left
 */
void audit__look_at_rest(struct audit *audit);

#endif
