// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>

#include "runner/text/json_field.h"

const char *json_field__text(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) &&
			       json_object_is_type(value, json_type_string) ?
		       json_object_get_string(value) :
		       NULL;
}

int64_t json_field__number(struct json_object *object, const char *key, int64_t most)
{
	struct json_object *value;
	int64_t number;

	if (!json_object_object_get_ex(object, key, &value))
		return 0;
	number = json_object_get_int64(value);
	return number < 0 ? 0 : number > most ? most : number;
}
