// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/coverage/feature_events.h"

void feature_events__parse(struct feature_set *set, const char *numbers)
{
	char *end;
	long row;
	int cnt = 0;

	if (!features__all(&cnt))
		return;
	for (row = strtol(numbers, &end, 10); end != numbers; row = strtol(numbers, &end, 10)) {
		if (row >= 0 && row < cnt)
			feature_set__add(set, row);
		numbers = end;
	}
}

struct json_object *feature_events__array(const struct feature_set *set)
{
	struct json_object *array = json_object_new_array();
	const struct feature *rows;
	char text[128];
	int i, cnt = 0;

	rows = features__all(&cnt);
	for (i = 0; i < cnt; i++) {
		if (!feature_set__has(set, i))
			continue;
		snprintf(text, sizeof(text), "%s %s", features__kind_name(rows[i].kind),
			 rows[i].name);
		json_object_array_add(array, json_object_new_string(text));
	}
	return array;
}

int feature_events__take(struct feature_set *set, struct json_object *event)
{
	struct json_object *array;
	size_t i;

	if (!json_object_object_get_ex(event, "features", &array) ||
	    !json_object_is_type(array, json_type_array))
		return -EBADMSG;
	for (i = 0; i < json_object_array_length(array); i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(array, i)) ?:
												 "";
		const char *space = strchr(text, ' ');
		char kind[32];

		if (!space || space - text >= (int)sizeof(kind))
			continue;
		snprintf(kind, sizeof(kind), "%.*s", (int)(space - text), text);
		if (features__kind_of(kind) >= 0)
			feature_set__add_name(set, features__kind_of(kind), space + 1);
	}
	return 0;
}
