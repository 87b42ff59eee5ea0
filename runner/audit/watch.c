// SPDX-License-Identifier: GPL-2.0-only
/* Looks at the machine and keeps the findings. Who is to blame is for audit_charge.c to say. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/audit/past.h"
#include "runner/audit/settle.h"
#include "runner/audit/watch.h"
#include "runner/command_line/options.h"
#include "runner/selection/registry.h"
#include "test_progs.h"

/* Between two looks: so many times of what one takes. */
#define PAUSE_FACTOR  50
/* Times of the file systems advance with the timer tick. */
#define BORN_SLACK_NS (20 * 1000000ULL)
#define UNDO_WAIT_MS  1000
#define UNDO_POLL_US  5000

const struct audit_kind *const audit_kinds[AUDIT_KINDS] = {
	&audit_pins,   &audit_network, &audit_links,   &audit_programs, &audit_maps,
	&audit_probes, &audit_sysctls, &audit_modules, &audit_cgroups,
};

static void free_finding(struct audit *audit, struct audit_finding *finding)
{
	audit_record__settle(&audit->record, finding->away);
	audit_object__free(&finding->object);
	free(finding->before);
	free(finding->suspects);
	free(finding->holder);
}

void audit__drop(struct audit *audit, int i)
{
	free_finding(audit, &audit->findings[i]);
	audit->findings[i] = audit->findings[--audit->findings_cnt];
}

/* Of a finding's suspects, the one that it is attached to something of. */
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

/* What has been put away may be made again: that is another finding. */
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

static void copy_numbers(struct audit_object *to, const struct audit_object *from)
{
	memcpy(to->numbers, from->numbers, sizeof(to->numbers));
	to->holds_kind = from->holds_kind;
	to->holds_id = from->holds_id;
}

/* @object is left as it is. */
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
	copy_numbers(&finding->object, object);
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

/* One that there was before, with another value than before. */
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
	copy_numbers(&finding->object, object);
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
				  watch->error ? strerror(-watch->error) : "");
}

void audit__look(struct audit *audit, const struct audit_kind *only, bool now)
{
	int i;

	for (i = 0; audit->is_on && i < AUDIT_KINDS; i++) {
		struct audit_watch *watch = &audit->watches[i];
		uint64_t due_ns = watch->scanned_ns + watch->cost_ns * (PAUSE_FACTOR + 1);

		/* What cannot be looked at when the run begins, cannot be compared with anything. */
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

	if (!audit->owns_machine || audit_record__is_alone(&audit->record))
		return;
	audit->owns_machine = false;
	event_sink__debug(audit->sink, "audit: another run is here, or was");
}

void audit__begin(struct audit *audit, const struct run_options *options, const struct tests *tests,
		  const struct event_sink *sink)
{
	int i;

	audit->tests = tests;
	audit->sink = sink;
	audit->time_scale = options->time_scale;
	/* What --keep keeps holds what a test has made. Other runs want to know of this one. */
	if (options->keep || options->no_audit) {
		audit_record__begin(&audit->record);
		audit_record__publish(&audit->record);
		return;
	}
	audit->is_on = true;
	/* What cannot be undone is said in our own words. */
	libbpf_set_print(NULL);
	/* The guest of vmtest runs nothing else. Elsewhere the variable may be the path of vmtest. */
	audit->owns_machine = !strcmp(getenv("VMTEST") ?: "", "1");
	audit_past__clean_up(audit);
	audit_record__begin(&audit->record);
	for (i = 0; i < AUDIT_KINDS; i++) {
		struct audit_watch *watch = &audit->watches[i];

		audit_set__free(&watch->known);
		*watch = (struct audit_watch){ .kind = audit_kinds[i] };
		look_at(audit, watch, true);
		if (!watch->error)
			audit_record__add_known(&audit->record, watch->kind, &watch->known);
	}
	audit_record__publish(&audit->record);
	audit__look_for_others(audit);
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

/* What the next run could not bring back if this one is killed stays where it is. */
static void write_down(struct audit *audit)
{
	int i;

	for (i = 0; i < audit->findings_cnt; i++) {
		struct audit_finding *finding = &audit->findings[i];

		if (!finding->is_marked)
			continue;
		if (!finding->kind->keep || !finding->kind->keep(&finding->object))
			finding->away = audit_record__put_away(&audit->record, finding->kind,
							       &finding->object, finding->before);
		finding->is_marked = finding->away;
	}
}

/* A second round for what others stood in the way of. Folders go after what is in them. */
static void undo_all(struct audit *audit, bool for_good)
{
	int round, k, i;

	for (round = 0; round < 2; round++) {
		for (k = 0; k < AUDIT_KINDS; k++) {
			for (i = audit->findings_cnt - 1; i >= 0; i--) {
				struct audit_finding *finding = &audit->findings[i];

				if (finding->kind != audit_kinds[k] || !finding->is_marked)
					continue;
				finding->undo_error =
					audit_kinds[k]->undo(&finding->object, finding->before);
				if (for_good)
					audit_object__close(&finding->object);
			}
		}
	}
}

void audit__undo(struct audit *audit, bool for_good)
{
	uint64_t until_ns;
	bool all_gone;
	int i;

	if (!for_good)
		write_down(audit);
	until_ns = clock__now_ns() + UNDO_WAIT_MS * NS_PER_MS * audit->time_scale;
	undo_all(audit, for_good);
	/* From here on a look does not drop them. */
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_undone |= audit->findings[i].is_marked;
	do {
		audit__look(audit, NULL, true);
		all_gone = true;
		for (i = 0; i < audit->findings_cnt; i++)
			all_gone &= !audit->findings[i].is_undone ||
				    audit__is_gone(audit, &audit->findings[i]);
		if (!all_gone)
			usleep(UNDO_POLL_US);
	} while (!all_gone && clock__now_ns() < until_ns);
	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_undone &= audit__is_gone(audit, &audit->findings[i]);
}

void audit__end(struct audit *audit)
{
	int i;

	for (i = 0; i < AUDIT_KINDS; i++)
		audit_set__free(&audit->watches[i].known);
	for (i = 0; i < audit->findings_cnt; i++)
		free_finding(audit, &audit->findings[i]);
	free(audit->findings);
	json_object_put(audit->killed_runs);
	audit_record__end(&audit->record);
}
