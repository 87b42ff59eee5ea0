// SPDX-License-Identifier: GPL-2.0-only
/* Reads the record of a run that was killed. Talks to nothing. */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "runner/audit/past.h"
#include "runner/text/json_field.h"

/* Return: its index in audit_kinds, or -1. */
static int kind_of(struct json_object *line)
{
	const char *name = json_field__text(line, "kind");
	int i;

	for (i = 0; name && i < AUDIT_KINDS; i++) {
		if (!strcmp(audit_kinds[i]->name, name))
			return i;
	}
	return -1;
}

static void take_known(struct audit_past *past, struct json_object *line, struct json_object *known)
{
	int kind = kind_of(line);
	size_t i;

	if (kind < 0 || !json_object_is_type(known, json_type_array))
		return;
	past->was_audited[kind] = true;
	for (i = 0; i < json_object_array_length(known); i++) {
		struct json_object *pair = json_object_array_get_idx(known, i);
		const char *key, *value;

		if (!json_object_is_type(pair, json_type_array))
			continue;
		key = json_object_get_string(json_object_array_get_idx(pair, 0));
		value = json_object_get_string(json_object_array_get_idx(pair, 1));
		if (key)
			audit_set__add(&past->known[kind], key, value);
	}
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void take_away(struct audit_past *past, struct json_object *line)
{
	const char *key = json_field__text(line, "key");
	struct json_object *numbers;
	struct audit_away *grown, *away;
	int kind = kind_of(line), i;

	if (kind < 0 || !key)
		return;
	grown = reallocarray(past->away, past->away_cnt + 1, sizeof(*grown));
	if (!grown)
		return;
	past->away = grown;
	away = &grown[past->away_cnt++];
	*away = (struct audit_away){
		.kind = audit_kinds[kind],
		.number = json_field__number(line, "away", INT_MAX),
		.object = {
			.key = strdup(key),
			.value = copy(json_field__text(line, "value")),
			.text = copy(json_field__text(line, "text")),
			.fd = -1,
		},
		.before = copy(json_field__text(line, "before")),
		.pin = copy(json_field__text(line, "pin")),
	};
	if (!json_object_object_get_ex(line, "numbers", &numbers) ||
	    !json_object_is_type(numbers, json_type_array))
		return;
	for (i = 0; i < AUDIT_NUMBERS; i++)
		away->object.numbers[i] =
			json_object_get_int(json_object_array_get_idx(numbers, i));
}

static void free_away(struct audit_away *away)
{
	audit_object__free(&away->object);
	free(away->before);
	free(away->pin);
}

static void take_settled(struct audit_past *past, int number)
{
	int i, kept = 0;

	for (i = 0; i < past->away_cnt; i++) {
		if (past->away[i].number == number)
			free_away(&past->away[i]);
		else
			past->away[kept++] = past->away[i];
	}
	past->away_cnt = kept;
}

static void take_begin(struct audit_past *past, const char *test)
{
	char **grown = reallocarray(past->running, past->running_cnt + 1, sizeof(*grown));

	if (!grown)
		return;
	past->running = grown;
	grown[past->running_cnt] = strdup(test);
	past->running_cnt += grown[past->running_cnt] != NULL;
}

static void take_end(struct audit_past *past, const char *test)
{
	int i;

	for (i = 0; i < past->running_cnt; i++) {
		if (strcmp(past->running[i], test))
			continue;
		free(past->running[i]);
		past->running[i] = past->running[--past->running_cnt];
		return;
	}
}

static void take_head(struct audit_past *past, struct json_object *line)
{
	past->pid = json_field__number(line, "pid", INT_MAX);
	past->netns_inode = json_field__number(line, "netns", INT64_MAX);
	past->mntns_inode = json_field__number(line, "mntns", INT64_MAX);
	past->pidns_inode = json_field__number(line, "pidns", INT64_MAX);
	free(past->boot_id);
	past->boot_id = copy(json_field__text(line, "boot_id"));
}

static void take_line(struct audit_past *past, struct json_object *line)
{
	struct json_object *known;

	if (json_object_object_get_ex(line, "known", &known))
		take_known(past, line, known);
	else if (json_field__number(line, "away", INT_MAX))
		take_away(past, line);
	else if (json_field__number(line, "settled", INT_MAX))
		take_settled(past, json_field__number(line, "settled", INT_MAX));
	else if (json_field__text(line, "begin"))
		take_begin(past, json_field__text(line, "begin"));
	else if (json_field__text(line, "end"))
		take_end(past, json_field__text(line, "end"));
	else if (json_field__number(line, "pid", INT_MAX))
		take_head(past, line);
}

int audit_past__parse(struct audit_past *past, char *text)
{
	struct json_object *line_object;
	char *line;
	int i;

	*past = (struct audit_past){};
	while ((line = strsep(&text, "\n"))) {
		line_object = *line == '{' ? json_tokener_parse(line) : NULL;
		if (line_object)
			take_line(past, line_object);
		json_object_put(line_object);
	}
	for (i = 0; i < AUDIT_KINDS; i++)
		audit_set__sort(&past->known[i]);
	return past->pid && past->boot_id ? 0 : -EINVAL;
}

void audit_past__free(struct audit_past *past)
{
	int i;

	for (i = 0; i < AUDIT_KINDS; i++)
		audit_set__free(&past->known[i]);
	for (i = 0; i < past->away_cnt; i++)
		free_away(&past->away[i]);
	for (i = 0; i < past->running_cnt; i++)
		free(past->running[i]);
	free(past->away);
	free(past->running);
	free(past->boot_id);
	*past = (struct audit_past){};
}
