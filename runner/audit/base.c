// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file has one JSON object a line: first the run, then the objects, then an end marker. A
 * second run appends a newline, and the first one sees by the size of the file that it is no longer
 * alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/audit/base.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_field.h"
#include "runner/text/text_file.h"

#define FOLDER "/run/bpf-selftests"
#define PATH   FOLDER "/audit"
#define END    "{\"end\":true}"

static off_t size_of(int fd)
{
	struct stat file;

	return fstat(fd, &file) ? 0 : file.st_size;
}

bool audit_base__begin(struct audit_base *base)
{
	bool is_alone;

	if (mkdir(FOLDER, 0755) && errno != EEXIST)
		return true;
	base->fd = open(PATH, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (base->fd < 0)
		return true;
	is_alone = !flock(base->fd, LOCK_EX | LOCK_NB);
	flock(base->fd, LOCK_SH);
	if (!is_alone && write(base->fd, "\n", 1) < 0)
		return false;
	base->size_bytes = size_of(base->fd);
	return is_alone;
}

bool audit_base__is_alone(const struct audit_base *base)
{
	return base->fd < 0 || size_of(base->fd) == base->size_bytes;
}

static void take_object(struct audit_set *known, struct json_object *line)
{
	const char *kind = json_field__text(line, "kind"), *key = json_field__text(line, "key");
	int i;

	for (i = 0; kind && key && i < AUDIT_KINDS; i++) {
		if (!strcmp(audit_kinds[i]->name, kind))
			audit_set__add(&known[i], key, json_field__text(line, "value"));
	}
}

bool audit_base__read(const struct audit_base *base, struct audit_set *known, int *pid)
{
	autofree char *text = base->fd < 0 ? NULL : text_file__read(PATH);
	char *rest = text, *line;
	int i;

	if (!text || !strstr(text, END))
		return false;
	*pid = 0;
	while ((line = strsep(&rest, "\n"))) {
		struct json_object *object = *line == '{' ? json_tokener_parse(line) : NULL;

		*pid = *pid ?: json_field__number(object, "pid", INT32_MAX);
		take_object(known, object);
		json_object_put(object);
	}
	for (i = 0; i < AUDIT_KINDS; i++)
		audit_set__sort(&known[i]);
	return true;
}

static void print_object(FILE *out, const struct audit_kind *kind,
			 const struct audit_object *object)
{
	struct json_object *line = json_object_new_object();

	json_object_object_add(line, "kind", json_object_new_string(kind->name));
	json_object_object_add(line, "key", json_object_new_string(object->key));
	if (object->value)
		json_object_object_add(line, "value", json_object_new_string(object->value));
	fprintf(out, "%s\n", json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN));
	json_object_put(line);
}

void audit_base__write(struct audit_base *base, const struct audit_set *known)
{
	autofree char *text = NULL;
	size_t len_bytes;
	FILE *out = base->fd < 0 ? NULL : open_memstream(&text, &len_bytes);
	int i, k;

	if (!out)
		return;
	fprintf(out, "{\"pid\":%d}\n", getpid());
	for (i = 0; i < AUDIT_KINDS; i++) {
		for (k = 0; k < known[i].cnt; k++)
			print_object(out, audit_kinds[i], &known[i].objects[k]);
	}
	fputs(END "\n", out);
	if (fclose(out) || ftruncate(base->fd, 0) ||
	    write(base->fd, text, len_bytes) != (ssize_t)len_bytes)
		return;
	base->size_bytes = size_of(base->fd);
	base->is_written = true;
}

void audit_base__end(struct audit_base *base)
{
	if (base->fd < 0)
		return;
	if (base->is_written && ftruncate(base->fd, 0))
		unlink(PATH);
	close(base->fd);
	base->fd = -1;
}
