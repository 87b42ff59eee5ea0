// SPDX-License-Identifier: GPL-2.0-only
/*
 * The NAMES of the command line and of list files.
 *
 * Every pattern stays an entry of its own. Merging entries of one test, as the kernel's runner
 * does, makes `-d foo/bar,foo` deny less than it says.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/selection/name_list.h"

static int add_pattern(struct name_list *list, const char *text, size_t len, bool substring,
		       const char *file, int line)
{
	const char *slash = memchr(text, '/', len);
	struct name_pattern pattern = { .from_file = file };
	struct name_pattern *grown;
	const char *around = substring ? "*" : "";
	size_t test_len = slash ? (size_t)(slash - text) : len;
	int n;

	n = asprintf(&pattern.test, "%s%.*s%s", around, (int)test_len, text, around);
	if (n < 0)
		return -ENOMEM;
	if (slash) {
		n = asprintf(&pattern.subtest, "%s%.*s%s", around, (int)(len - test_len - 1),
			     slash + 1, around);
		if (n < 0)
			goto no_memory;
	}
	if (file)
		n = asprintf(&pattern.origin, "%s:%d: %.*s", file, line, (int)len, text);
	else
		n = asprintf(&pattern.origin, "%.*s", (int)len, text);
	if (n < 0)
		goto no_memory;
	grown = reallocarray(list->items, list->cnt + 1, sizeof(*grown));
	if (!grown) {
		free(pattern.origin);
		goto no_memory;
	}
	list->items = grown;
	list->items[list->cnt++] = pattern;
	return 0;

no_memory:
	free(pattern.test);
	free(pattern.subtest);
	return -ENOMEM;
}

static int parse_file(struct name_list *list, const char *path, bool substring, char *error,
		      size_t size_bytes)
{
	char *text = NULL, *start, *end;
	int line = 0, err = 0;
	size_t room = 0;
	FILE *file;

	file = fopen(path, "re");
	if (!file) {
		err = -errno;
		snprintf(error, size_bytes, "cannot open the list '%s': %s", path, strerror(-err));
		return err;
	}
	errno = 0;
	while (!err && getline(&text, &room, file) >= 0) {
		line++;
		start = text;
		end = start + strcspn(start, "#\n");
		while (start < end && isspace((unsigned char)*start))
			start++;
		while (end > start && isspace((unsigned char)end[-1]))
			end--;
		if (end > start)
			err = add_pattern(list, start, end - start, substring, path, line);
	}
	if (!err && ferror(file))
		err = errno ? -errno : -EIO;
	if (err)
		snprintf(error, size_bytes, "cannot read the list '%s': %s", path, strerror(-err));
	free(text);
	fclose(file);
	return err;
}

int name_list__parse(struct name_list *list, const char *names, bool substring, char *error,
		     size_t size_bytes)
{
	size_t len;
	int err;

	if (names[0] == '@')
		return parse_file(list, names + 1, substring, error, size_bytes);
	for (; *names; names += len + (names[len] == ',')) {
		len = strcspn(names, ",");
		if (!len)
			continue;
		err = add_pattern(list, names, len, substring, NULL, 0);
		if (err) {
			snprintf(error, size_bytes, "out of memory");
			return err;
		}
	}
	return 0;
}

void name_list__free(struct name_list *list)
{
	int i;

	for (i = 0; i < list->cnt; i++) {
		free(list->items[i].test);
		free(list->items[i].subtest);
		free(list->items[i].origin);
	}
	free(list->items);
	list->items = NULL;
	list->cnt = 0;
}
