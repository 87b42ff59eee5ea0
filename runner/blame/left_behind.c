// SPDX-License-Identifier: GPL-2.0-only
/* Who is to blame for a finding of the audit: charges tests with it, and undoes it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/audit/settle.h"
#include "runner/blame/left_behind.h"

static bool is_only_suspect(const struct audit *audit, const struct audit_finding *finding,
			    const struct test_outcome *test)
{
	return !finding->is_late && !finding->is_undone && !finding->is_foreign &&
	       finding->suspects_cnt == 1 && audit__suspects(audit, finding, test);
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

static bool repeats_another(const struct audit *audit, const struct audit_finding *finding,
			    const struct test_outcome *test)
{
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		if (audit->findings[i].is_late && !audit->findings[i].is_foreign &&
		    is_like(&audit->findings[i], finding) &&
		    audit__suspects(audit, &audit->findings[i], test))
			return true;
	}
	return false;
}

/* On a machine with others only what a test does twice is certainly its own. */
static bool is_certain(const struct audit *audit, const struct audit_finding *finding,
		       const struct test_outcome *test)
{
	if (finding->is_foreign || !is_only_suspect(audit, finding, test) ||
	    (finding->kind->is_foreign && finding->kind->is_foreign(&finding->object)))
		return false;
	return audit->owns_machine || (audit->is_rerun && repeats_another(audit, finding, test));
}

static void charge(struct audit *audit, struct test_outcome *test,
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
	event_sink__tell(audit->sink, &(struct event){
					      .kind = EVENT_LEFT_BEHIND,
					      .test = test,
					      .where = &test->outcome,
					      .left = { what, finding->is_undone },
				      });
	free(name);
}

/* Undo what is marked, and charge the test with it. Return: how much that was. */
static int charge_marked(struct audit *audit, struct test_outcome *test)
{
	int i, cnt = 0;

	for (i = 0; i < audit->findings_cnt; i++)
		cnt += audit->findings[i].is_marked;
	if (!cnt)
		return 0;
	audit__undo(audit, true);
	for (i = 0; i < audit->findings_cnt; i++) {
		if (audit->findings[i].is_marked && !audit->findings[i].is_late)
			charge(audit, test, &audit->findings[i]);
	}
	for (i = audit->findings_cnt - 1; i >= 0; i--) {
		if (audit->findings[i].is_marked)
			audit__drop(audit, i);
	}
	return cnt;
}

/* Return: whether something may yet go by itself. */
static bool has_lazy(struct audit *audit, const struct test_outcome *test)
{
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		const struct audit_finding *finding = &audit->findings[i];

		if (audit__may_go(audit, finding) && is_only_suspect(audit, finding, test))
			return true;
	}
	return false;
}

/* What it was suspected of is explained, and may go as well. */
static void mark_repeated(struct audit *audit, const struct test_outcome *test)
{
	int i, k;

	for (i = 0; i < audit->findings_cnt; i++) {
		struct audit_finding *late = &audit->findings[i];

		for (k = 0; k < audit->findings_cnt && late->is_late && !late->is_foreign; k++)
			late->is_marked |= audit->findings[k].is_marked &&
					   !audit->findings[k].is_late &&
					   is_like(late, &audit->findings[k]) &&
					   audit__suspects(audit, late, test);
	}
}

/* What somebody has who is no test is not the suspect's, however like it is. */
static void unmark_foreign(struct audit *audit)
{
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

static int running_cnt(const struct tests *tests)
{
	int i, cnt = 0;

	for (i = 0; i < tests->cnt; i++)
		cnt += tests->all[i].is_running;
	return cnt;
}

bool left_behind__settle(struct audit *audit, struct test_outcome *test, uint64_t *limit_ns)
{
	int i;

	if (!audit->is_on)
		return true;
	if (!audit->is_rerun)
		audit__look_for_others(audit);
	if (!*limit_ns) {
		*limit_ns = audit__lazy_limit_ns(audit);
		/* Alone it can be charged at once, which is worth a look where others pay nothing. */
		audit__look(audit, NULL,
			    audit->is_rerun ||
				    (audit->owns_machine && running_cnt(audit->tests) == 1));
		test->outcome.end_ns = clock__now_ns();
	} else {
		audit__look_at_lazy(audit);
	}
	audit__examine(audit, test);
	/* Elsewhere nothing is certain before all have ended. */
	if (!audit->owns_machine && !audit->is_rerun)
		return true;
	if (has_lazy(audit, test) && clock__now_ns() < *limit_ns)
		return false;
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_marked = is_certain(audit, &audit->findings[i], test);
	unmark_foreign(audit);
	mark_repeated(audit, test);
	charge_marked(audit, test);
	return true;
}

/* One that has been reported already. */
static void fail_late(struct audit *audit, struct test_outcome *test)
{
	test_outcome__fail_for_left(test);
	event_sink__tell(audit->sink, &(struct event){
					      .kind = EVENT_TEST_END,
					      .test = test,
					      .where = &test->outcome,
				      });
}

/* Where there is no doubt, nobody has to run again. */
static void charge_certain(struct audit *audit)
{
	int i, k;

	for (i = 0; i < audit->tests->cnt; i++) {
		struct test_outcome *test = &audit->tests->all[i];

		for (k = 0; k < audit->findings_cnt; k++)
			audit->findings[k].is_marked = !audit->findings[k].is_foreign &&
						       is_certain(audit, &audit->findings[k], test);
		if (charge_marked(audit, test))
			fail_late(audit, test);
	}
}

static bool can_be_put_away(const struct audit *audit, const struct audit_finding *finding)
{
	const struct audit_kind *kind = finding->kind;

	if (finding->is_foreign)
		return false;
	if (audit->owns_machine)
		return true;
	/* Of what has changed, only a value can be what it was before. */
	return kind->has_name && kind->redo && finding->suspects_cnt &&
	       (!finding->before || kind->only_changes) &&
	       (!kind->can_be_restored || kind->can_be_restored(&finding->object));
}

void left_behind__end_tests(struct audit *audit, bool may_rerun)
{
	bool may_put_away;
	int i;

	if (!audit->is_on)
		return;
	audit__look_for_others(audit);
	audit__look_at_rest(audit);
	charge_certain(audit);
	/* What another run needs would be taken from it. */
	may_put_away = may_rerun && !audit_record__others_live();
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_marked = may_put_away &&
					       can_be_put_away(audit, &audit->findings[i]);
	audit__undo(audit, audit->owns_machine);
	for (i = 0; i < audit->findings_cnt; i++) {
		audit->findings[i].is_marked = false;
		audit->findings[i].is_late = true;
	}
}

bool left_behind__is_suspected(const struct audit *audit, const struct test_outcome *test)
{
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		const struct audit_finding *finding = &audit->findings[i];

		/* What still has its name would not be seen to be made again. */
		if (finding->is_late && !finding->is_foreign &&
		    (finding->is_undone || !finding->kind->has_name) &&
		    audit__suspects(audit, finding, test))
			return true;
	}
	return false;
}

void left_behind__convict(struct audit *audit, struct test_outcome *test,
			  struct test_outcome *again)
{
	char *line;
	int i, n;

	for (i = 0; i < again->left_cnt; i++) {
		test_outcome__add_left(test, again->left_behind[i]);
		n = asprintf(&line, "left behind, rerun alone: %s\n", again->left_behind[i]);
		if (n < 0)
			continue;
		capped_log__add(&test->outcome.log, line, n);
		free(line);
	}
	fail_late(audit, test);
}

/* What came while suspects ran again, and they could not be charged with. */
static void take_late(struct audit *audit)
{
	int i;

	audit__look_at_rest(audit);
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_late = true;
}

static bool redo(struct audit *audit, struct audit_finding *finding)
{
	if (!finding->is_undone)
		return false;
	/* Somebody has made it again, or given it a value: that is newer. */
	if (audit__is_gone(audit, finding) &&
	    (!finding->kind->redo || finding->kind->redo(&finding->object)))
		return false;
	finding->is_undone = false;
	audit_record__settle(&audit->record, finding->away);
	finding->away = 0;
	return true;
}

/* Folders come before what is in them, and findings in no order. */
void left_behind__restore(struct audit *audit)
{
	bool again = audit->is_on && !audit->owns_machine;
	int i;

	if (audit->is_on)
		take_late(audit);
	while (again) {
		again = false;
		for (i = 0; i < audit->findings_cnt; i++)
			again |= redo(audit, &audit->findings[i]);
	}
}
