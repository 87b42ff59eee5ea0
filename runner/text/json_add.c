// SPDX-License-Identifier: GPL-2.0-only
/* Makes JSON values from texts and numbers. */
#include <json-c/json.h>
#include <string.h>

#include "runner/text/cleanup.h"
#include "runner/text/json_add.h"
#include "runner/text/printable.h"

struct json_object *json_add__new_text(const char *text, size_t len_bytes)
{
	autofree char *shown = printable(text, len_bytes);

	return json_object_new_string(shown ?: "");
}

void json_add__text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, json_add__new_text(text, strlen(text)));
}

void json_add__number(struct json_object *object, const char *key, int64_t value)
{
	json_object_object_add(object, key, json_object_new_int64(value));
}

void json_add__bool(struct json_object *object, const char *key, bool value)
{
	json_object_object_add(object, key, json_object_new_boolean(value));
}
