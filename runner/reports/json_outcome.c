// SPDX-License-Identifier: GPL-2.0-only
/* Turns the files with packets of an outcome into JSON. */
#include <json-c/json.h>

#include "runner/reports/json_outcome.h"
#include "runner/result/result.h"
#include "runner/text/json_add.h"

struct json_object *json_outcome__captures(const struct outcome *outcome)
{
	struct json_object *captures = json_object_new_array(), *object;
	int i;

	for (i = 0; i < outcome->captures_cnt; i++) {
		object = json_object_new_object();
		json_add__text(object, "file", outcome->captures[i].file ?: "");
		json_add__number(object, "packets", outcome->captures[i].packets);
		json_add__number(object, "lost", outcome->captures[i].lost);
		json_object_array_add(captures, object);
	}
	return captures;
}
