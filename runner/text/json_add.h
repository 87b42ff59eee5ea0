/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Adds members to a JSON object. Texts may come from tests, so bytes that are not printable are
 * escaped (printable.h). When memory is short, a text is empty.
 */
#ifndef RUNNER_TEXT_JSON_ADD_H
#define RUNNER_TEXT_JSON_ADD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

/** json_add__new_text() - a new JSON string of @len_bytes bytes, owned by the caller */
struct json_object *json_add__new_text(const char *text, size_t len_bytes);

/** json_add__text() - add a string */
void json_add__text(struct json_object *object, const char *key, const char *text);

/** json_add__number() - add a number */
void json_add__number(struct json_object *object, const char *key, int64_t value);

/** json_add__bool() - add true or false */
void json_add__bool(struct json_object *object, const char *key, bool value);

#endif
