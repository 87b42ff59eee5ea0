/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads fields of a JSON object, which may be incomplete or written by hand. */
#ifndef RUNNER_TEXT_JSON_FIELD_H
#define RUNNER_TEXT_JSON_FIELD_H

#include <stdint.h>

struct json_object;

/** json_field__text() - a string, owned by the object; NULL if there is none */
const char *json_field__text(struct json_object *object, const char *key);

/** json_field__number() - a number, limited to 0 to @most; 0 if there is none */
int64_t json_field__number(struct json_object *object, const char *key, int64_t most);

#endif
