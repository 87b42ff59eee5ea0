/* SPDX-License-Identifier: GPL-2.0-only */
/* What is left once the kernel has freed all that it frees by itself. */
#ifndef RUNNER_AUDIT_SETTLE_H
#define RUNNER_AUDIT_SETTLE_H

#include "runner/audit/watch.h"

/** audit__lazy_limit_ns() - until when something that is found now may go by itself */
uint64_t audit__lazy_limit_ns(const struct audit *audit);

/** audit__may_go() - whether the kernel may yet take an object away by itself */
bool audit__may_go(const struct audit *audit, const struct audit_finding *finding);

/** audit__look_at_lazy() - look again at the kinds that the kernel frees a while after their last user */
void audit__look_at_lazy(struct audit *audit);

/** audit__look_at_rest() - wait for what goes by itself; then find out who uses what is still there */
void audit__look_at_rest(struct audit *audit);

#endif
