// SPDX-License-Identifier: GPL-2.0-only
/* Looks at the machine and keeps the findings. blame/left_behind.c decides who is charged. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/audit/base.h"
#include "runner/audit/watch.h"
#include "runner/command_line/options.h"
#include "runner/selection/registry.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/printable.h"
#include "test_progs.h"

/*
 * After each look at a kind, the audit waits this many times as long as the look took. Looking thus
 * costs 2 % of the time.
 */
#define PAUSE_FACTOR  50
/* The resolution of file times: they advance with the timer tick. */
#define BORN_SLACK_NS (20 * 1000000ULL)
#define UNDO_WAIT_MS  1000
#define UNDO_POLL_US  5000

static void free_finding(struct audit_finding *finding)
{
	audit_object__free(&finding->object);
	free(finding->before);
	free(finding->suspects);
	free(finding->holder);
}

void audit__drop(struct audit *audit, int i)
{
	free_finding(&audit->findings[i]);
	audit->findings[i] = audit->findings[--audit->findings_cnt];
}

/* Return: the suspect that has the object in its cgroup or namespace, or NULL. */
static const struct test_outcome *owner_of(const struct audit *audit,
					   const struct audit_finding *finding)
{
	const struct audit_object *object = &finding->object;
	int i;

	for (i = 0; i < finding->suspects_cnt; i++) {
		const struct test_outcome *test = &audit->tests->all[finding->suspects[i]];

		if ((object->cgroup_id && object->cgroup_id == test->cgroup_id) ||
		    (object->netns_inode && object->netns_inode == test->netns_inode))
			return test;
	}
	return NULL;
}

static bool ran_since(const struct test_outcome *test, uint64_t since_ns)
{
	return test->outcome.begin_ns &&
	       (!test->outcome.end_ns || test->outcome.end_ns >= since_ns);
}

static void find_suspects(const struct audit *audit, uint64_t since_ns,
			  struct audit_finding *finding)
{
	int i;

	finding->suspects = calloc(audit->tests->cnt + 1, sizeof(*finding->suspects));
	for (i = 0; finding->suspects && i < audit->tests->cnt; i++) {
		const struct test_outcome *test = &audit->tests->all[i];

		if (ran_since(test, since_ns) &&
		    !(registry__isolation(test->entry) & finding->kind->isolation))
			finding->suspects[finding->suspects_cnt++] = i;
	}
}

static bool was_born_with(const struct audit_object *object, const struct outcome *outcome)
{
	if (!object->born_ns)
		return true;
	return object->born_ns + BORN_SLACK_NS >= outcome->begin_ns &&
	       (!outcome->end_ns || object->born_ns <= outcome->end_ns + BORN_SLACK_NS);
}

static void narrow_suspects(const struct audit *audit, struct audit_finding *finding)
{
	const struct test_outcome *owner = owner_of(audit, finding);
	int i, kept = 0;

	for (i = 0; i < finding->suspects_cnt; i++) {
		const struct test_outcome *test = &audit->tests->all[finding->suspects[i]];

		if (owner ? owner == test : was_born_with(&finding->object, &test->outcome))
			finding->suspects[kept++] = finding->suspects[i];
	}
	finding->suspects_cnt = kept;
}

static bool has_living_suspect(const struct audit *audit, const struct audit_finding *finding,
			       const struct test_outcome *ended)
{
	int i;

	for (i = 0; i < audit->tests->cnt; i++) {
		const struct test_outcome *test = &audit->tests->all[i];

		if (test != ended && test->is_running && audit__suspects(audit, finding, test))
			return true;
	}
	return false;
}

void audit__examine(struct audit *audit, const struct test_outcome *ended)
{
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		struct audit_finding *finding = &audit->findings[i];

		if (finding->is_examined || has_living_suspect(audit, finding, ended))
			continue;
		finding->is_examined = true;
		if (finding->kind->look)
			finding->kind->look(&finding->object);
		narrow_suspects(audit, finding);
	}
}

bool audit__suspects(const struct audit *audit, const struct audit_finding *finding,
		     const struct test_outcome *test)
{
	int i;

	for (i = 0; i < finding->suspects_cnt; i++) {
		if (&audit->tests->all[finding->suspects[i]] == test)
			return true;
	}
	return false;
}

/* A removed object that is made again is a new finding. */
static struct audit_finding *find(struct audit *audit, const struct audit_kind *kind,
				  const char *key)
{
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		struct audit_finding *finding = &audit->findings[i];

		if (finding->kind == kind && !finding->is_undone &&
		    !strcmp(finding->object.key, key))
			return finding;
	}
	return NULL;
}

/* Copy everything that a scan has found out, except the strings. */
static void copy_details(struct audit_object *to, const struct audit_object *from)
{
	to->holds_kind = from->holds_kind;
	to->holds_id = from->holds_id;
	/* The network object is the largest member of the union. */
	to->network = from->network;
}

/* Add a finding with a copy of @object. */
static void add_finding(struct audit *audit, const struct audit_watch *watch,
			const struct audit_object *object, const char *before)
{
	struct audit_finding *finding, *grown;
	struct audit_set copy = {};

	grown = reallocarray(audit->findings, audit->findings_cnt + 1, sizeof(*grown));
	if (!grown)
		return;
	audit->findings = grown;
	finding = &grown[audit->findings_cnt];
	if (!audit_set__add(&copy, object->key, object->value))
		return;
	*finding = (struct audit_finding){ .kind = watch->kind };
	audit_object__move(&finding->object, &copy.objects[0]);
	copy_details(&finding->object, object);
	free(copy.objects);
	finding->before = before ? strdup(before) : NULL;
	find_suspects(audit, watch->seen_ns, finding);
	audit->findings_cnt++;
}

static bool has_value(const struct audit_object *object, const char *value)
{
	return !strcmp(object->value ?: "", value ?: "");
}

static bool is_being_undone(const struct audit *audit, const struct audit_kind *kind,
			    const struct audit_object *object)
{
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		const struct audit_finding *finding = &audit->findings[i];

		if (finding->kind == kind && finding->is_undone && finding->before &&
		    !strcmp(finding->object.key, object->key) && has_value(object, finding->before))
			return true;
	}
	return false;
}

/* Handle an object that was known before, and now has another value. */
static void on_change(struct audit *audit, const struct audit_watch *watch,
		      const struct audit_object *object, const struct audit_object *before)
{
	struct audit_finding *finding = find(audit, watch->kind, object->key);
	char *value;

	if (!finding) {
		if (!is_being_undone(audit, watch->kind, object))
			add_finding(audit, watch, object, before->value);
		return;
	}
	if (finding->before && has_value(object, finding->before)) {
		audit__drop(audit, finding - audit->findings);
		return;
	}
	value = strdup(object->value ?: "");
	if (!value)
		return;
	free(finding->object.value);
	finding->object.value = value;
	copy_details(&finding->object, object);
	finding->is_examined = false;
	free(finding->suspects);
	finding->suspects_cnt = 0;
	find_suspects(audit, watch->seen_ns, finding);
}

static void compare(struct audit *audit, const struct audit_watch *watch,
		    const struct audit_set *now)
{
	int i;

	for (i = 0; i < now->cnt; i++) {
		const struct audit_object *object = &now->objects[i];
		const struct audit_object *before = audit_set__find(&watch->known, object->key);

		if (before && !has_value(object, before->value))
			on_change(audit, watch, object, before);
		else if (!before && !watch->kind->only_changes)
			add_finding(audit, watch, object, NULL);
	}
	for (i = audit->findings_cnt - 1; i >= 0; i--) {
		struct audit_finding *finding = &audit->findings[i];

		if (finding->kind == watch->kind && !finding->is_undone &&
		    !audit_set__find(now, finding->object.key))
			audit__drop(audit, i);
	}
}

static void look_at(struct audit *audit, struct audit_watch *watch, bool is_first)
{
	uint64_t begin_ns = clock__now_ns();
	struct audit_set now = {};

	watch->error = watch->kind->scan(&now);
	watch->is_blind |= is_first && watch->error;
	if (!watch->error) {
		audit_set__sort(&now);
		if (!is_first)
			compare(audit, watch, &now);
		audit_set__free(&watch->known);
		watch->known = now;
		watch->seen_ns = begin_ns;
	} else {
		audit_set__free(&now);
	}
	watch->scanned_ns = begin_ns;
	watch->cost_ns = clock__now_ns() - begin_ns;
	if (is_first)
		event_sink__debug(audit->sink, "audit: %s: %d there, %.2f ms%s%s",
				  watch->kind->name, watch->known.cnt, watch->cost_ns / 1e6,
				  watch->error ? ", " : "",
				  watch->error ? error__text(watch->error) : "");
}

void audit__look(struct audit *audit, const struct audit_kind *only, bool now)
{
	int i;

	for (i = 0; audit->is_on && i < AUDIT_KINDS; i++) {
		struct audit_watch *watch = &audit->watches[i];
		uint64_t due_ns = watch->scanned_ns + watch->cost_ns * (PAUSE_FACTOR + 1);

		/*
		 * Skip a kind that could not be read when the run began: there is nothing to
		 * compare with.
		 */
		if (watch->is_blind || (only && watch->kind != only))
			continue;
		if (now || clock__now_ns() >= due_ns)
			look_at(audit, watch, false);
	}
}

void audit__look_at_all(struct audit *audit)
{
	audit__look(audit, NULL, true);
}

void audit__look_for_others(struct audit *audit)
{
	if (!audit->owns_machine || audit_base__is_alone(&audit->base))
		return;
	audit->owns_machine = false;
	event_sink__debug(audit->sink,
			  "audit: another run has started on this machine: it counts as shared");
}

static void add_removed(struct json_object *left, const struct audit_finding *finding)
{
	struct json_object *object = json_object_new_object();
	autofree char *name = audit__name(finding);
	autofree char *shown = printable_line(name ?: "", strlen(name ?: ""));

	json_object_object_add(object, "what", json_object_new_string(shown ?: ""));
	json_object_object_add(object, "removed", json_object_new_boolean(finding->is_undone));
	json_object_array_add(left, object);
	printf("  %s; %sremoved\n", shown ?: "", finding->is_undone ? "" : "not ");
}

/*
 * Remove everything that is not in @base, the objects that were there when the killed run began. In
 * a guest, only runs make objects.
 */
static void remove_left_by_killed_run(struct audit *audit, struct audit_set *base, int pid)
{
	struct json_object *run, *left;
	int i;

	for (i = 0; i < AUDIT_KINDS; i++)
		audit->watches[i] =
			(struct audit_watch){ .kind = audit_kinds[i], .known = base[i] };
	audit__look(audit, NULL, true);
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_selected = true;
	audit__examine(audit, NULL);
	if (!audit->findings_cnt)
		return;
	audit__undo(audit);
	printf("A run was killed here (process %d). It has left:\n", pid);
	run = json_object_new_object();
	left = json_object_new_array();
	for (i = 0; i < audit->findings_cnt; i++)
		add_removed(left, &audit->findings[i]);
	json_object_object_add(run, "pid", json_object_new_int(pid));
	json_object_object_add(run, "left", left);
	audit->killed_runs = json_object_new_array();
	json_object_array_add(audit->killed_runs, run);
	while (audit->findings_cnt)
		audit__drop(audit, audit->findings_cnt - 1);
}

void audit__begin(struct audit *audit, const struct run_options *options, const struct tests *tests,
		  const struct event_sink *sink)
{
	bool is_alone = audit_base__begin(&audit->base);
	struct audit_set base[AUDIT_KINDS] = {};
	int i, pid;

	audit->tests = tests;
	audit->sink = sink;
	audit->time_scale = options->time_scale;
	/* No audit with --keep, because the objects of a kept test are not leftovers. */
	if (options->keep || options->no_audit)
		return;
	audit->is_on = true;
	/*
	 * The lines that libbpf prints about objects that cannot be removed would look like errors
	 * of the run.
	 */
	libbpf_set_print(NULL);
	/* In a guest, $VMTEST is "1". On other machines it may be the path of vmtest. */
	audit->owns_machine = is_alone && !strcmp(getenv("VMTEST") ?: "", "1");
	if (audit->owns_machine && audit_base__read(&audit->base, base, &pid))
		remove_left_by_killed_run(audit, base, pid);
	for (i = 0; i < AUDIT_KINDS; i++) {
		struct audit_watch *watch = &audit->watches[i];

		audit_set__free(&watch->known);
		*watch = (struct audit_watch){ .kind = audit_kinds[i] };
		look_at(audit, watch, true);
		base[i] = watch->known;
	}
	if (audit->owns_machine)
		audit_base__write(&audit->base, base);
}

char *audit__name(const struct audit_finding *finding)
{
	const struct audit_object *object = &finding->object;
	const char *kind = finding->kind->has_full_keys ? "" : finding->kind->name;
	const char *blank = *kind ? " " : "", *text = object->text ?: object->value;
	char *name;
	int n;

	if (finding->before)
		n = asprintf(&name, "%s%s%s: '%s', was '%s'", kind, blank, object->key,
			     object->value, finding->before);
	else
		n = asprintf(&name, "%s%s%s%s%s", kind, blank, object->key, text ? ": " : "",
			     text ?: "");
	return n < 0 ? NULL : name;
}

bool audit__is_gone(const struct audit *audit, const struct audit_finding *finding)
{
	const struct audit_object *now;
	int i;

	for (i = 0; i < AUDIT_KINDS; i++) {
		if (audit->watches[i].kind != finding->kind)
			continue;
		now = audit_set__find(&audit->watches[i].known, finding->object.key);
		return !now || (finding->before && has_value(now, finding->before));
	}
	return false;
}

/*
 * The second round is for objects that another object kept in use. Going backwards removes the
 * content of a folder before the folder.
 */
static void undo_selected(struct audit *audit)
{
	int round, k, i;

	for (round = 0; round < 2; round++) {
		for (k = 0; k < AUDIT_KINDS; k++) {
			for (i = audit->findings_cnt - 1; i >= 0; i--) {
				struct audit_finding *finding = &audit->findings[i];

				if (finding->kind == audit_kinds[k] && finding->is_selected)
					finding->undo_error = audit_kinds[k]->undo(&finding->object,
										   finding->before);
			}
		}
	}
}

static bool all_are_gone(const struct audit *audit)
{
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		if (audit->findings[i].is_undone && !audit__is_gone(audit, &audit->findings[i]))
			return false;
	}
	return true;
}

void audit__undo(struct audit *audit)
{
	uint64_t until_ns = clock__now_ns() + UNDO_WAIT_MS * NS_PER_MS * audit->time_scale;
	int i;

	undo_selected(audit);
	/* compare() drops findings that are gone, but keeps findings that are marked as undone. */
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_undone |= audit->findings[i].is_selected;
	audit__look(audit, NULL, true);
	while (!all_are_gone(audit) && clock__now_ns() < until_ns) {
		usleep(UNDO_POLL_US);
		audit__look(audit, NULL, true);
	}
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_undone &= audit__is_gone(audit, &audit->findings[i]);
}

void audit__add_peer(struct audit *audit, int machine, struct json_object *report, bool fails)
{
	struct json_object *peer = json_object_new_object();

	json_object_object_add(peer, "machine", json_object_new_int(machine));
	json_object_object_add(peer, "report", json_object_get(report));
	audit->peers = audit->peers ?: json_object_new_array();
	json_object_array_add(audit->peers, peer);
	audit->peers_fail |= fails;
}

void audit__end(struct audit *audit)
{
	int i;

	for (i = 0; i < AUDIT_KINDS; i++)
		audit_set__free(&audit->watches[i].known);
	for (i = 0; i < audit->findings_cnt; i++)
		free_finding(&audit->findings[i]);
	free(audit->findings);
	json_object_put(audit->killed_runs);
	json_object_put(audit->peers);
	audit_base__end(&audit->base);
}
