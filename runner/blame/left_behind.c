// SPDX-License-Identifier: GPL-2.0-only
/* Charges tests with findings of the audit, removes the objects, and tells the event sink. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/audit/settle.h"
#include "runner/blame/left_behind.h"
#include "runner/system/clock.h"
#include "runner/text/error.h"

static bool is_only_suspect(const struct audit *audit, const struct audit_finding *finding,
			    const struct test_outcome *test)
{
	return !finding->awaits_rerun && !finding->is_undone && !finding->is_of_others &&
	       finding->suspects_cnt == 1 && audit__suspects(audit, finding, test);
}

/* Compare names without numbers: a pid, for example, differs in each run of the test. */
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

/* Return: true if two objects are the same, although their keys differ by an id. */
static bool has_same_name(const struct audit_object *a, const struct audit_object *b)
{
	return a->text && b->text && !strcmp(a->text, b->text) &&
	       !memcmp(&a->network, &b->network, sizeof(a->network)) &&
	       is_same_but_for_numbers(a->key, b->key);
}

/*
 * The kernel never reuses an id. Two objects that are known only by id therefore count as the same
 * if type and name agree.
 */
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

static bool is_certain(const struct audit *audit, const struct audit_finding *finding,
		       const struct test_outcome *test)
{
	return is_only_suspect(audit, finding, test) &&
	       !(finding->kind->is_of_others && finding->kind->is_of_others(&finding->object));
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
			     finding->undo_error ? error__text(finding->undo_error) :
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

/* Remove the selected findings, and charge the test with them. Return: the number of findings. */
static int charge_selected(struct audit *audit, struct test_outcome *test)
{
	int i, cnt = 0;

	for (i = 0; i < audit->findings_cnt; i++)
		cnt += audit->findings[i].is_selected;
	if (!cnt)
		return 0;
	audit__undo(audit);
	for (i = 0; i < audit->findings_cnt; i++) {
		if (audit->findings[i].is_selected && !audit->findings[i].awaits_rerun)
			charge(audit, test, &audit->findings[i]);
	}
	for (i = audit->findings_cnt - 1; i >= 0; i--) {
		if (audit->findings[i].is_selected)
			audit__drop(audit, i);
	}
	return cnt;
}

/* Return: true if a finding of the test may yet go away by itself. */
static bool may_free_itself(struct audit *audit, const struct test_outcome *test)
{
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		const struct audit_finding *finding = &audit->findings[i];

		if (audit__may_free_itself(audit, finding) && is_only_suspect(audit, finding, test))
			return true;
	}
	return false;
}

/* A rerun test has left something again: select the equal findings from the first run too. */
static void select_repeated(struct audit *audit, const struct test_outcome *test)
{
	int i, k;

	for (i = 0; i < audit->findings_cnt; i++) {
		struct audit_finding *earlier = &audit->findings[i];

		for (k = 0;
		     k < audit->findings_cnt && earlier->awaits_rerun && !earlier->is_of_others;
		     k++)
			earlier->is_selected |= audit->findings[k].is_selected &&
						!audit->findings[k].awaits_rerun &&
						is_like(earlier, &audit->findings[k]) &&
						audit__suspects(audit, earlier, test);
	}
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
	audit__look_for_others(audit);
	if (!*limit_ns) {
		*limit_ns = audit__free_limit_ns(audit);
		/* Look now, because a test that runs alone can be charged at once. */
		audit__look(audit, NULL, audit->owns_machine && running_cnt(audit->tests) == 1);
		test->outcome.end_ns = clock__now_ns();
	} else {
		audit__look_at_freed(audit);
	}
	audit__examine(audit, test);
	if (!audit->owns_machine)
		return true;
	if (may_free_itself(audit, test) && clock__now_ns() < *limit_ns)
		return false;
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_selected = is_certain(audit, &audit->findings[i], test);
	select_repeated(audit, test);
	charge_selected(audit, test);
	return true;
}

/* Tell the event sink the new result of a test, whose first result was reported before. */
static void fail_again(struct audit *audit, struct test_outcome *test)
{
	test_outcome__fail_for_left(test);
	event_sink__tell(audit->sink, &(struct event){
					      .kind = EVENT_TEST_END,
					      .test = test,
					      .where = &test->outcome,
				      });
}

/* Charge a finding with one suspect to that test, which needs no rerun. */
static void charge_certain(struct audit *audit)
{
	int i, k;

	for (i = 0; i < audit->tests->cnt; i++) {
		struct test_outcome *test = &audit->tests->all[i];

		for (k = 0; k < audit->findings_cnt; k++)
			audit->findings[k].is_selected =
				!audit->findings[k].is_of_others &&
				is_certain(audit, &audit->findings[k], test);
		if (charge_selected(audit, test))
			fail_again(audit, test);
	}
}

void left_behind__end_tests(struct audit *audit)
{
	int i, cnt = 0;

	if (!audit->is_on)
		return;
	audit__look_for_others(audit);
	audit__look_at_rest(audit);
	if (audit->owns_machine) {
		charge_certain(audit);
		for (i = 0; i < audit->findings_cnt; i++) {
			audit->findings[i].is_selected = !audit->findings[i].is_of_others;
			cnt += audit->findings[i].is_selected;
		}
		if (cnt)
			audit__undo(audit);
	}
	for (i = 0; i < audit->findings_cnt; i++) {
		audit->findings[i].is_selected = false;
		audit->findings[i].awaits_rerun = true;
	}
}

bool left_behind__is_suspected(const struct audit *audit, const struct test_outcome *test)
{
	int i;

	for (i = 0; audit->owns_machine && i < audit->findings_cnt; i++) {
		const struct audit_finding *finding = &audit->findings[i];

		/*
		 * If the old object still takes the name, a rerun could not show that the test
		 * makes it.
		 */
		if (finding->awaits_rerun && !finding->is_of_others &&
		    (finding->is_undone || !finding->kind->has_name) &&
		    audit__suspects(audit, finding, test))
			return true;
	}
	return false;
}

bool left_behind__may_be_suspected(const struct audit *audit, const struct test_outcome *test)
{
	int i;

	for (i = 0; audit->owns_machine && i < audit->findings_cnt; i++)
		if (!audit->findings[i].is_of_others && !audit->findings[i].is_undone &&
		    audit__suspects(audit, &audit->findings[i], test))
			return true;
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
	fail_again(audit, test);
}

void left_behind__end_rerun(struct audit *audit)
{
	int i;

	if (!audit->is_on)
		return;
	audit__look_at_rest(audit);
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].awaits_rerun = true;
}
