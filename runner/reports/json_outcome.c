// SPDX-License-Identifier: GPL-2.0-only
/* Turns parts of an outcome into JSON. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "runner/reports/json_outcome.h"
#include "runner/result/result.h"
#include "runner/text/printable.h"

struct json_object *json_outcome__captures(const struct outcome *outcome)
{
	struct json_object *captures = json_object_new_array(), *object;
	int i;

	for (i = 0; i < outcome->captures_cnt; i++) {
		const char *file = outcome->captures[i].file ?: "";
		char *shown = printable(file, strlen(file));

		object = json_object_new_object();
		json_object_object_add(object, "file", json_object_new_string(shown ?: ""));
		json_object_object_add(object, "packets",
				       json_object_new_int64(outcome->captures[i].packets));
		json_object_object_add(object, "lost",
				       json_object_new_int64(outcome->captures[i].lost));
		json_object_array_add(captures, object);
		free(shown);
	}
	return captures;
}
