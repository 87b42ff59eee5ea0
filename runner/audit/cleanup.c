// SPDX-License-Identifier: GPL-2.0-only
/* Cleans up after runs that were killed, with what their records say. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/audit/past.h"
#include "runner/text/printable.h"
#include "runner/system/process.h"
#include "runner/audit/settle.h"
#include "runner/text/text_file.h"
#include "test_progs.h"

/* What there was in another namespace cannot be compared with what is here. */
static bool is_comparable(const struct audit_past *past, const struct audit_kind *kind,
			  const char *key)
{
	bool is_of_netns = kind->isolation & ISOLATE_NETNS ||
			   (kind == &audit_sysctls && !strncmp(key, "net/", 4));

	return (!is_of_netns || past->netns_inode == audit_record__namespace("net")) &&
	       (!(kind->isolation & ISOLATE_MOUNTNS) ||
		past->mntns_inode == audit_record__namespace("mnt"));
}

/* Whether it is as the run had made it: who has made it again, or set it, did so after that. */
static bool is_away(const struct audit_away *away)
{
	const struct audit_object *object;
	struct audit_set now = {};
	/* What cannot be looked at, redo() has to find out. */
	bool is_it = true;

	if (!away->kind->scan(&now)) {
		audit_set__sort(&now);
		object = audit_set__find(&now, away->object.key);
		is_it = away->before ? object && !strcmp(object->value ?: "", away->before) :
				       !object;
	}
	audit_set__free(&now);
	return is_it;
}

static int try_to_bring_back(struct audit_away *away)
{
	if (away->pin && away->object.fd < 0)
		away->object.fd = bpf_obj_get(away->pin);
	if (away->pin && away->object.fd < 0)
		return -ENOENT;
	return away->kind->redo ? away->kind->redo(&away->object) : -EOPNOTSUPP;
}

/* What is back is nothing new. */
static void add_to_known(struct audit_past *past, const struct audit_away *away)
{
	struct audit_set *known = NULL;
	struct audit_object *object;
	int i;

	for (i = 0; i < AUDIT_KINDS; i++) {
		if (audit_kinds[i] == away->kind)
			known = &past->known[i];
	}
	object = audit_set__find(known, away->object.key);
	if (!object) {
		audit_set__add(known, away->object.key, away->object.value);
		audit_set__sort(known);
	} else if (away->object.value) {
		free(object->value);
		object->value = strdup(away->object.value);
	}
}

static void add_thing(struct json_object *array, const struct audit_finding *finding,
		      const char *key, bool is_done)
{
	struct json_object *thing = json_object_new_object();
	char *name = audit__name(finding);
	char *shown = printable_line(name ?: "", strlen(name ?: ""));

	json_object_object_add(thing, "what", json_object_new_string(shown ?: ""));
	json_object_object_add(thing, key, json_object_new_boolean(is_done));
	json_object_array_add(array, thing);
	free(shown);
	free(name);
}

static void add_away(struct json_object *array, const struct audit_away *away)
{
	const struct audit_finding finding = {
		.kind = away->kind,
		.object = away->object,
		.before = away->before,
	};

	add_thing(array, &finding, "brought_back", away->is_back);
}

/* Return: an array for the JSON report. Folders come before what is in them, and these in no order. */
static struct json_object *bring_back(struct audit_past *past)
{
	struct json_object *array = json_object_new_array();
	bool goes_on = true;
	int i;

	for (i = 0; i < past->away_cnt; i++)
		past->away[i].was_away = is_away(&past->away[i]);
	while (goes_on) {
		goes_on = false;
		for (i = 0; i < past->away_cnt; i++) {
			struct audit_away *away = &past->away[i];

			if (!away->was_away || away->is_back || try_to_bring_back(away))
				continue;
			away->is_back = goes_on = true;
			add_to_known(past, away);
		}
	}
	for (i = 0; i < past->away_cnt; i++) {
		if (past->away[i].was_away)
			add_away(array, &past->away[i]);
		/* Of what cannot be brought back now, somebody may yet make use. */
		if (past->away[i].pin && (past->away[i].is_back || !past->away[i].was_away))
			unlink(past->away[i].pin);
	}
	return array;
}

/* Afterwards the findings are what has come since that run began. */
static void compare_with_then(struct audit *audit, struct audit_past *past)
{
	int i;

	for (i = 0; i < AUDIT_KINDS; i++) {
		audit_set__free(&audit->watches[i].known);
		audit->watches[i] = (struct audit_watch){
			.kind = audit_kinds[i],
			.known = past->known[i],
			.is_blind = !past->was_audited[i],
		};
		past->known[i] = (struct audit_set){};
	}
	audit__look_at_rest(audit);
	/* Elsewhere BPF programs come and go all the time. */
	for (i = audit->findings_cnt - 1; i >= 0; i--) {
		const struct audit_finding *finding = &audit->findings[i];

		if (finding->is_foreign || (!audit->owns_machine && !finding->kind->has_name) ||
		    !is_comparable(past, finding->kind, finding->object.key))
			audit__drop(audit, i);
	}
}

static struct json_object *remove_left(struct audit *audit)
{
	struct json_object *array = json_object_new_array();
	/* Of one that began while this one looked, what it has made is new as well. */
	bool may_remove = audit->owns_machine && !audit_record__others_live();
	int i;

	for (i = 0; i < audit->findings_cnt; i++)
		audit->findings[i].is_marked = may_remove;
	if (may_remove)
		audit__undo(audit, true);
	for (i = 0; i < audit->findings_cnt; i++)
		add_thing(array, &audit->findings[i], "removed", audit->findings[i].is_undone);
	while (audit->findings_cnt)
		audit__drop(audit, audit->findings_cnt - 1);
	return array;
}

static void print_things(struct json_object *array, const char *key, const char *word)
{
	struct json_object *thing, *value;
	size_t i;

	for (i = 0; i < json_object_array_length(array); i++) {
		thing = json_object_array_get_idx(array, i);
		json_object_object_get_ex(thing, "what", &value);
		printf("  %s; ", json_object_get_string(value));
		json_object_object_get_ex(thing, key, &value);
		printf("%s%s\n", json_object_get_boolean(value) ? "" : "not ", word);
	}
}

static void print(const struct audit_past *past, struct json_object *away, struct json_object *left,
		  bool owns_machine)
{
	int i;

	if (!json_object_array_length(away) && !json_object_array_length(left))
		return;
	printf("A run was killed here (process %d", past->pid);
	for (i = 0; i < past->running_cnt; i++)
		printf("%s%s", i ? ", " : ", while it ran ", past->running[i]);
	puts(owns_machine ? "). It has left:" :
			    "). What it had put away, and what has come since it began:");
	print_things(away, "brought_back", "brought back");
	print_things(left, "removed", "removed");
}

static void clean_up_after(struct audit *audit, struct audit_past *past)
{
	struct json_object *run = json_object_new_object();
	struct json_object *running = json_object_new_array();
	struct json_object *away, *left;
	int i;

	away = bring_back(past);
	compare_with_then(audit, past);
	left = remove_left(audit);
	print(past, away, left, audit->owns_machine);
	for (i = 0; i < past->running_cnt; i++)
		json_object_array_add(running, json_object_new_string(past->running[i]));
	json_object_object_add(run, "pid", json_object_new_int(past->pid));
	json_object_object_add(run, "running", running);
	json_object_object_add(run, "put_away", away);
	json_object_object_add(run, "left", left);
	audit->killed_runs = audit->killed_runs ?: json_object_new_array();
	json_object_array_add(audit->killed_runs, run);
}

static bool is_of_this_boot(const struct audit_past *past)
{
	char *boot_id = text_file__read("/proc/sys/kernel/random/boot_id");
	bool is_this = boot_id && past->boot_id && !strcmp(boot_id, past->boot_id);

	free(boot_id);
	return is_this;
}

/* Whoever can rename it has it, and it is found again if that one is killed as well. */
static char *claim(const char *name)
{
	unsigned long long start = 0;
	char *from, *to;

	process__start_time(getpid(), &start);
	if (asprintf(&from, AUDIT_RECORD_FOLDER "/%s", name) < 0)
		return NULL;
	if (asprintf(&to, AUDIT_RECORD_FOLDER "/%d.%llu-%s", getpid(), start,
		     strrchr(name, '-') ? strrchr(name, '-') + 1 : name) < 0)
		to = NULL;
	if (to && rename(from, to)) {
		free(to);
		to = NULL;
	}
	free(from);
	return to;
}

/* Whose process is dead in our namespace need not be; what was put away in another one stays so. */
static bool is_for_others(const struct audit_past *past)
{
	bool is_for_others = past->pidns_inode != audit_record__namespace("pid");
	int i;

	for (i = 0; i < past->away_cnt; i++)
		is_for_others |= !is_comparable(past, past->away[i].kind, past->away[i].object.key);
	return is_for_others;
}

static void take_over(struct audit *audit, const char *name)
{
	struct audit_past past = {};
	bool is_usable;
	char *text, *path;

	if (asprintf(&path, AUDIT_RECORD_FOLDER "/%s", name) < 0)
		return;
	text = text_file__read(path);
	free(path);
	is_usable = text && !audit_past__parse(&past, text) && is_of_this_boot(&past);
	path = is_usable && is_for_others(&past) ? NULL : claim(name);
	if (path && is_usable)
		clean_up_after(audit, &past);
	if (path)
		unlink(path);
	audit_past__free(&past);
	free(text);
	free(path);
}

/* Return: names of records whose runs are dead, NULL behind the last; NULL if another run lives. */
static char **find_dead(void)
{
	DIR *folder = opendir(AUDIT_RECORD_FOLDER);
	char **names = NULL, **grown;
	struct dirent *entry;
	bool lives = false;
	int cnt = 0;

	while (folder && !lives && (entry = readdir(folder))) {
		if (!audit_record__is_record(entry->d_name, &lives) || lives)
			continue;
		grown = reallocarray(names, cnt + 2, sizeof(*grown));
		if (!grown)
			break;
		names = grown;
		names[cnt] = strdup(entry->d_name);
		cnt += names[cnt] != NULL;
		names[cnt] = NULL;
	}
	if (folder)
		closedir(folder);
	while (lives && cnt > 0)
		free(names[--cnt]);
	if (lives) {
		free(names);
		names = NULL;
	}
	return names;
}

void audit_past__clean_up(struct audit *audit)
{
	char **names = find_dead();
	int i;

	for (i = 0; names && names[i]; i++) {
		take_over(audit, names[i]);
		free(names[i]);
	}
	free(names);
}
