// SPDX-License-Identifier: GPL-2.0-only
/* Sends the parts of the JSON report that are not about tests, and reads them again. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "runner/machines/bye.h"
#include "runner/reports/audit_report.h"
#include "runner/reports/splat_report.h"
#include "runner/text/json_add.h"
#include "runner/text/json_field.h"

struct json_object *bye__object(const struct splats *splats, const struct audit *audit,
				const struct undecided *undecided)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "kernel_log", splat_report__object(splats));
	json_object_object_add(object, "audit", audit_report__object(audit, undecided));
	json_add__bool(object, "audit_fails", audit_report__fails_run(audit));
	return object;
}

/* Return: an array that is a member of @object; NULL if there is none. */
static struct json_object *array_of(struct json_object *object, const char *key)
{
	struct json_object *array;

	if (!json_object_object_get_ex(object, key, &array) ||
	    !json_object_is_type(array, json_type_array))
		return NULL;
	return array;
}

static size_t length(struct json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

static void add_suspects(struct open_splat *open, const struct tests *tests,
			 struct json_object *names)
{
	size_t k;
	int i;

	for (i = 0; i < tests->cnt; i++) {
		for (k = 0; k < length(names); k++) {
			const char *name =
				json_object_get_string(json_object_array_get_idx(names, k));

			if (name && !strcmp(name, tests->all[i].outcome.name) &&
			    !open_splat__suspects(open, i))
				open->suspects[open->suspects_cnt++] = i;
		}
	}
}

static void take_splats(struct json_object *found, struct splats *splats)
{
	size_t i;

	for (i = 0; i < length(found); i++) {
		struct json_object *object = json_object_array_get_idx(found, i);
		struct splat *splat = splat__new(json_field__text(object, "title") ?: "",
						 json_field__text(object, "text") ?: "");
		struct open_splat *open = NULL;

		if (splat)
			open = open_splats__add(&splats->open, splat, splats->tests->cnt);
		if (open)
			add_suspects(open, splats->tests, array_of(object, "running"));
	}
}

static void take_taints(struct json_object *taints, struct splats *splats)
{
	size_t i;

	for (i = 0; i < length(taints); i++) {
		struct json_object *object = json_object_array_get_idx(taints, i);

		splats__add_taint(splats, json_field__number(object, "bits", INT64_MAX),
				  json_field__text(object, "running") ?: "");
	}
}

void bye__take(struct json_object *bye, int machine, struct splats *splats, struct audit *audit)
{
	struct json_object *kernel_log = NULL, *report = NULL, *fails = NULL;

	if (json_object_object_get_ex(bye, "kernel_log", &kernel_log)) {
		take_splats(array_of(kernel_log, "not_charged"), splats);
		take_taints(array_of(kernel_log, "new_taint"), splats);
		splats->log->overwritten += json_field__number(kernel_log, "gaps", INT64_MAX);
	}
	if (!json_object_object_get_ex(bye, "audit", &report))
		return;
	json_object_object_get_ex(bye, "audit_fails", &fails);
	audit__add_peer(audit, machine, report, json_object_get_boolean(fails));
}
