// SPDX-License-Identifier: GPL-2.0-only
/* Who is to blame for a finding of the audit: charges tests with it, and undoes it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/reports/status_lines.h"
#include "runner/process/unit.h"

/*
 * How long what the kernel frees by itself may take: a namespace and what is attached in it go by
 * work items and grace periods.
 */
#define LAZY_MS      3000
#define LAZY_POLL_MS 10

static uint64_t lazy_limit_ns(const struct runner *runner)
{
	return clock__now_ns() + LAZY_MS * NS_PER_MS * runner->options->time_scale;
}

static bool is_only_suspect(const struct runner *runner, const struct audit_finding *finding,
			    const struct test_outcome *test)
{
	return !finding->is_late && !finding->is_undone && !finding->is_foreign &&
	       finding->suspects_cnt == 1 && audit__suspects(runner, finding, test);
}

/* Names have the process's number in them, or another one that is new each time. */
static bool is_same_but_for_numbers(const char *a, const char *b)
{
	while (*a || *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			a += strspn(a, "0123456789");
			b += strspn(b, "0123456789");
		} else if (*a++ != *b++) {
			return false;
		}
	}
	return true;
}

/* Where the key has an id in it. */
static bool has_same_name(const struct audit_object *a, const struct audit_object *b)
{
	return a->text && b->text && !strcmp(a->text, b->text) &&
	       !memcmp(a->numbers, b->numbers, 3 * sizeof(a->numbers[0])) &&
	       is_same_but_for_numbers(a->key, b->key);
}

/* Ids are never given twice: what it is and how it is named tells the like of an object with one. */
static bool is_like(const struct audit_finding *a, const struct audit_finding *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind->only_changes || a->kind->has_full_keys)
		return !strcmp(a->object.key, b->object.key) ||
		       has_same_name(&a->object, &b->object);
	if (a->kind->has_name)
		return is_same_but_for_numbers(a->object.key, b->object.key);
	return !strcmp(a->object.text ?: "", b->object.text ?: "") &&
	       !strcmp(a->object.value ?: "", b->object.value ?: "");
}

static bool repeats_another(const struct runner *runner, const struct audit_finding *finding,
			    const struct test_outcome *test)
{
	const struct audit *audit = &runner->audit;
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		if (audit->findings[i].is_late && !audit->findings[i].is_foreign &&
		    is_like(&audit->findings[i], finding) &&
		    audit__suspects(runner, &audit->findings[i], test))
			return true;
	}
	return false;
}

/* On a machine with others only what a test does twice is certainly its own. */
static bool is_certain(const struct runner *runner, const struct audit_finding *finding,
		       const struct test_outcome *test)
{
	if (finding->is_foreign || !is_only_suspect(runner, finding, test) ||
	    (finding->kind->is_foreign && finding->kind->is_foreign(&finding->object)))
		return false;
	return runner->audit.owns_machine ||
	       (runner->again.is_running && repeats_another(runner, finding, test));
}

static void charge(struct runner *runner, struct test_outcome *test,
		   const struct audit_finding *finding)
{
	char *name = audit__name(finding), *line;
	const char *what = name ?: finding->kind->name;
	int n;

	test_outcome__add_left(test, what);
	if (finding->is_undone)
		n = asprintf(&line, "left behind, removed: %s\n", what);
	else
		n = asprintf(&line, "left behind: %s; cannot be removed: %s\n", what,
			     finding->undo_error ? strerror(-finding->undo_error) :
						   "something holds it");
	if (n >= 0) {
		capped_log__add(&test->outcome.log, line, n);
		free(line);
	}
	events__left_behind(&runner->events, test, what, finding->is_undone);
	free(name);
}

/* Undo what is marked, and charge the test with it. Return: how much that was. */
static int charge_marked(struct runner *runner, struct test_outcome *test)
{
	struct audit *audit = &runner->audit;
	int i, cnt = 0;

	for (i = 0; i < audit->findings_cnt; i++)
		cnt += audit->findings[i].is_marked;
	if (!cnt)
		return 0;
	audit__undo(runner, true);
	for (i = 0; i < audit->findings_cnt; i++) {
		if (audit->findings[i].is_marked && !audit->findings[i].is_late)
			charge(runner, test, &audit->findings[i]);
	}
	for (i = audit->findings_cnt - 1; i >= 0; i--) {
		if (audit->findings[i].is_marked)
			audit__drop(audit, i);
	}
	return cnt;
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

static bool may_go(const struct audit *audit, const struct audit_finding *finding)
{
	if (!finding->kind->is_lazy || is_held(audit, finding))
		return false;
	return !finding->kind->is_held || !finding->kind->is_held(&finding->object);
}

/* Return: whether something may yet go by itself. */
static bool has_lazy(struct runner *runner, const struct test_outcome *test)
{
	const struct audit *audit = &runner->audit;
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		const struct audit_finding *finding = &audit->findings[i];

		if (may_go(audit, finding) && is_only_suspect(runner, finding, test))
			return true;
	}
	return false;
}

static void look_at_lazy(struct runner *runner)
{
	uint64_t now_ns = clock__now_ns();
	int i;

	for (i = 0; i < AUDIT_KINDS; i++) {
		const struct audit_watch *watch = &runner->audit.watches[i];

		if (watch->kind->is_lazy && now_ns > watch->scanned_ns + LAZY_POLL_MS * NS_PER_MS)
			audit__look(runner, watch->kind, true);
	}
}

/* What it was suspected of is explained, and may go as well. */
static void mark_repeated(struct runner *runner, const struct test_outcome *test)
{
	struct audit *audit = &runner->audit;
	int i, k;

	for (i = 0; i < audit->findings_cnt; i++) {
		struct audit_finding *late = &audit->findings[i];

		for (k = 0; k < audit->findings_cnt && late->is_late && !late->is_foreign; k++)
			late->is_marked |= audit->findings[k].is_marked &&
					   !audit->findings[k].is_late &&
					   is_like(late, &audit->findings[k]) &&
					   audit__suspects(runner, late, test);
	}
}

/* What somebody has who is no test is not the suspect's, however like it is. */
static void unmark_foreign(struct runner *runner)
{
	struct audit *audit = &runner->audit;
	struct audit_held *held = NULL;
	int i;

	for (i = 0; !audit->owns_machine && i < audit->findings_cnt; i++) {
		struct audit_finding *finding = &audit->findings[i];
		const char *holder;

		if (!finding->is_marked)
			continue;
		held = held ?: audit_held__find();
		holder = audit_held__holder(held, finding->kind, &finding->object);
		if (!holder)
			continue;
		finding->holder = finding->holder ?: strdup(holder);
		finding->is_foreign = true;
		finding->is_marked = false;
	}
	audit_held__free(held);
}

bool audit__settle(struct test_unit *unit)
{
	struct runner *runner = unit->runner;
	struct audit *audit = &runner->audit;
	int i;

	if (!audit->is_on)
		return true;
	if (!runner->again.is_running)
		audit__look_for_others(runner);
	if (!unit->audit_limit_ns) {
		unit->audit_limit_ns = lazy_limit_ns(runner);
		/* Alone it can be charged at once, which is worth a look where others pay nothing. */
		audit__look(runner, NULL,
			    runner->again.is_running ||
				    (audit->owns_machine && runner->running == 1));
		unit->test->outcome.end_ns = clock__now_ns();
	} else {
		look_at_lazy(runner);
	}
	audit__examine(runner, unit);
	/* Elsewhere nothing is certain before all have ended. */
	if (!audit->owns_machine && !runner->again.is_running)
		return true;
	if (has_lazy(runner, unit->test) && clock__now_ns() < unit->audit_limit_ns)
		return false;
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_marked = is_certain(runner, &audit->findings[i], unit->test);
	unmark_foreign(runner);
	mark_repeated(runner, unit->test);
	charge_marked(runner, unit->test);
	return true;
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
		if (may_go(audit, &audit->findings[i]) && !audit->findings[i].is_foreign &&
		    !audit->findings[i].is_late)
			return true;
	}
	return false;
}

/* Return: whether that took time, in which others may have made something. */
static bool wait_for_lazy(struct runner *runner)
{
	uint64_t until_ns = lazy_limit_ns(runner);
	bool has_waited = false;

	while (has_lazy_at_end(&runner->audit) && clock__now_ns() < until_ns) {
		usleep(LAZY_POLL_MS * 1000);
		look_at_lazy(runner);
		audit__examine(runner, NULL);
		has_waited = true;
	}
	return has_waited;
}

void audit__look_at_rest(struct runner *runner)
{
	audit__look_at_all(runner);
	audit__examine(runner, NULL);
	find_foreign(&runner->audit);
	if (!runner->stop_signal && wait_for_lazy(runner))
		find_foreign(&runner->audit);
}

/* One that has been reported already. */
static void fail_late(struct runner *runner, struct test_outcome *test)
{
	test_outcome__fail_for_left(test);
	report__test(runner, test);
}

/* Where there is no doubt, nobody has to run again. */
static void charge_certain(struct runner *runner)
{
	struct audit *audit = &runner->audit;
	int i, k;

	for (i = 0; i < runner->tests_cnt; i++) {
		struct test_outcome *test = &runner->tests[i];

		for (k = 0; k < audit->findings_cnt; k++)
			audit->findings[k].is_marked =
				!audit->findings[k].is_foreign &&
				is_certain(runner, &audit->findings[k], test);
		if (charge_marked(runner, test))
			fail_late(runner, test);
	}
}

static bool can_be_put_away(const struct runner *runner, const struct audit_finding *finding)
{
	const struct audit_kind *kind = finding->kind;

	if (finding->is_foreign)
		return false;
	if (runner->audit.owns_machine)
		return true;
	/* Of what has changed, only a value can be what it was before. */
	return kind->has_name && kind->redo && finding->suspects_cnt &&
	       (!finding->before || kind->only_changes) &&
	       (!kind->can_be_restored || kind->can_be_restored(&finding->object));
}

void audit__end_tests(struct runner *runner)
{
	struct audit *audit = &runner->audit;
	bool may_put_away;
	int i;

	if (!audit->is_on)
		return;
	audit__look_for_others(runner);
	audit__look_at_rest(runner);
	charge_certain(runner);
	/* What another run needs would be taken from it. */
	may_put_away = !runner->stop_reason && !runner->options->tracer &&
		       !audit_record__others_live();
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_marked = may_put_away &&
					       can_be_put_away(runner, &audit->findings[i]);
	audit__undo(runner, audit->owns_machine);
	for (i = 0; i < audit->findings_cnt; i++) {
		audit->findings[i].is_marked = false;
		audit->findings[i].is_late = true;
	}
}

bool audit__is_suspected(const struct runner *runner, const struct test_outcome *test)
{
	const struct audit *audit = &runner->audit;
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		const struct audit_finding *finding = &audit->findings[i];

		/* What still has its name would not be seen to be made again. */
		if (finding->is_late && !finding->is_foreign &&
		    (finding->is_undone || !finding->kind->has_name) &&
		    audit__suspects(runner, finding, test))
			return true;
	}
	return false;
}

void audit__convict(struct runner *runner, struct test_outcome *test, struct test_outcome *again)
{
	char *line;
	int i, n;

	for (i = 0; i < again->left_cnt; i++) {
		test_outcome__add_left(test, again->left_behind[i]);
		n = asprintf(&line, "left behind, again alone: %s\n", again->left_behind[i]);
		if (n < 0)
			continue;
		capped_log__add(&test->outcome.log, line, n);
		free(line);
	}
	fail_late(runner, test);
}

/* What came while suspects ran again, and they could not be charged with. */
static void take_late(struct runner *runner)
{
	struct audit *audit = &runner->audit;
	int i;

	audit__look_at_rest(runner);
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_late = true;
}

static bool redo(struct runner *runner, struct audit_finding *finding)
{
	if (!finding->is_undone)
		return false;
	/* Somebody has made it again, or given it a value: that is newer. */
	if (audit__is_gone(runner, finding) &&
	    (!finding->kind->redo || finding->kind->redo(&finding->object)))
		return false;
	finding->is_undone = false;
	audit_record__settle(&runner->audit.record, finding->away);
	finding->away = 0;
	return true;
}

/* Folders come before what is in them, and findings in no order. */
void audit__restore(struct runner *runner)
{
	struct audit *audit = &runner->audit;
	bool again = audit->is_on && !audit->owns_machine;
	int i;

	if (audit->is_on)
		take_late(runner);
	while (again) {
		again = false;
		for (i = 0; i < audit->findings_cnt; i++)
			again |= redo(runner, &audit->findings[i]);
	}
}
