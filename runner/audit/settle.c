// SPDX-License-Identifier: GPL-2.0-only
/* Waits for what the kernel frees by itself, and finds out what others use. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/audit/settle.h"
#include "runner/system/clock.h"

/*
 * How long what the kernel frees by itself may take: a namespace and what is attached in it go by
 * work items and grace periods.
 */
#define LAZY_MS      3000
#define LAZY_POLL_MS 10

uint64_t audit__lazy_limit_ns(const struct audit *audit)
{
	return clock__now_ns() + LAZY_MS * NS_PER_MS * audit->time_scale;
}

/* What another thing holds that does not go by itself, does not go either. */
static bool is_held(const struct audit *audit, const struct audit_finding *finding)
{
	const struct audit_finding *other;
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		other = &audit->findings[i];
		if (other->object.holds_kind == finding->kind &&
		    other->object.holds_id == strtoul(finding->object.key, NULL, 10) &&
		    (!other->kind->is_lazy || is_held(audit, other)))
			return true;
	}
	return false;
}

bool audit__may_go(const struct audit *audit, const struct audit_finding *finding)
{
	if (!finding->kind->is_lazy || is_held(audit, finding))
		return false;
	return !finding->kind->is_held || !finding->kind->is_held(&finding->object);
}

void audit__look_at_lazy(struct audit *audit)
{
	uint64_t now_ns = clock__now_ns();
	int i;

	for (i = 0; i < AUDIT_KINDS; i++) {
		const struct audit_watch *watch = &audit->watches[i];

		if (watch->kind->is_lazy && now_ns > watch->scanned_ns + LAZY_POLL_MS * NS_PER_MS)
			audit__look(audit, watch->kind, true);
	}
}

static void find_foreign(struct audit *audit)
{
	struct audit_held *held = audit->findings_cnt ? audit_held__find() : NULL;
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		struct audit_finding *finding = &audit->findings[i];
		const char *holder;

		holder = audit_held__holder(held, finding->kind, &finding->object);
		if (holder && !finding->holder)
			finding->holder = strdup(holder);
		finding->is_foreign |= holder || (finding->kind->is_foreign &&
						  finding->kind->is_foreign(&finding->object));
	}
	audit_held__free(held);
}

static bool has_lazy_at_end(const struct audit *audit)
{
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		if (audit__may_go(audit, &audit->findings[i]) && !audit->findings[i].is_foreign &&
		    !audit->findings[i].is_late)
			return true;
	}
	return false;
}

/* Return: whether that took time, in which others may have made something. */
static bool wait_for_lazy(struct audit *audit)
{
	uint64_t until_ns = audit__lazy_limit_ns(audit);
	bool has_waited = false;

	while (has_lazy_at_end(audit) && clock__now_ns() < until_ns) {
		usleep(LAZY_POLL_MS * 1000);
		audit__look_at_lazy(audit);
		audit__examine(audit, NULL);
		has_waited = true;
	}
	return has_waited;
}

void audit__look_at_rest(struct audit *audit)
{
	audit__look_at_all(audit);
	audit__examine(audit, NULL);
	find_foreign(audit);
	if (!audit->is_hurried && wait_for_lazy(audit))
		find_foreign(audit);
}
