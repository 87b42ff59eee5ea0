// SPDX-License-Identifier: GPL-2.0-only
/* Waits for objects that the kernel frees by itself, and finds objects that others use. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/audit/open_objects.h"
#include "runner/audit/settle.h"
#include "runner/system/clock.h"

/*
 * The time that the kernel gets to free a namespace and everything attached in it. The kernel does
 * so in work items and after grace periods.
 */
#define FREES_ITSELF_MS      3000
#define FREES_ITSELF_POLL_MS 10

uint64_t audit__free_limit_ns(const struct audit *audit)
{
	return clock__now_ns() + FREES_ITSELF_MS * NS_PER_MS * audit->time_scale;
}

/* An object stays as long as something holds it that the kernel will not free by itself. */
static bool is_held(const struct audit *audit, const struct audit_finding *finding)
{
	const struct audit_finding *other;
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		other = &audit->findings[i];
		if (other->object.holds_kind == finding->kind &&
		    other->object.holds_id == strtoul(finding->object.key, NULL, 10) &&
		    (!other->kind->frees_itself || is_held(audit, other)))
			return true;
	}
	return false;
}

bool audit__may_free_itself(const struct audit *audit, const struct audit_finding *finding)
{
	if (!finding->kind->frees_itself || is_held(audit, finding))
		return false;
	return !finding->kind->is_held || !finding->kind->is_held(&finding->object);
}

void audit__look_at_freed(struct audit *audit)
{
	uint64_t now_ns = clock__now_ns();
	int i;

	for (i = 0; i < AUDIT_KINDS; i++) {
		const struct audit_watch *watch = &audit->watches[i];

		if (watch->kind->frees_itself &&
		    now_ns > watch->scanned_ns + FREES_ITSELF_POLL_MS * NS_PER_MS)
			audit__look(audit, watch->kind, true);
	}
}

static void find_users(struct audit *audit)
{
	struct open_objects *open = audit->findings_cnt ? open_objects__find() : NULL;
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		struct audit_finding *finding = &audit->findings[i];
		const char *holder;

		holder = open_objects__holder(open, finding->kind, &finding->object);
		if (holder && !finding->holder)
			finding->holder = strdup(holder);
		finding->is_of_others |= holder || (finding->kind->is_of_others &&
						    finding->kind->is_of_others(&finding->object));
	}
	open_objects__free(open);
}

static bool may_any_free_itself(const struct audit *audit)
{
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		if (audit__may_free_itself(audit, &audit->findings[i]) &&
		    !audit->findings[i].is_of_others && !audit->findings[i].awaits_rerun)
			return true;
	}
	return false;
}

/* Return: true after a wait: somebody may have made something new in the meantime. */
static bool wait_for_freeing(struct audit *audit)
{
	uint64_t until_ns = audit__free_limit_ns(audit);
	bool has_waited = false;

	while (may_any_free_itself(audit) && clock__now_ns() < until_ns) {
		usleep(FREES_ITSELF_POLL_MS * 1000);
		audit__look_at_freed(audit);
		audit__examine(audit, NULL);
		has_waited = true;
	}
	return has_waited;
}

void audit__look_at_rest(struct audit *audit)
{
	audit__look_at_all(audit);
	audit__examine(audit, NULL);
	find_users(audit);
	if (!audit->is_hurried && wait_for_freeing(audit))
		find_users(audit);
}
