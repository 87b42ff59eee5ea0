// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the NAMES of the command line and of list files.
 *
 * Every pattern stays an entry of its own. The kernel's runner merges the entries of one test, and
 * then `-d foo/bar,foo` denies less than it says.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/selection/name_list.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"

static void free_pattern(struct name_pattern *pattern)
{
	free(pattern->test);
	free(pattern->subtest);
	free(pattern->origin);
}

static char *copy_glob(const char *text, size_t len, bool substring)
{
	const char *around = substring ? "*" : "";
	char *glob;

	return asprintf(&glob, "%s%.*s%s", around, (int)len, text, around) < 0 ? NULL : glob;
}

static char *describe_origin(const char *text, size_t len, const char *file, int line)
{
	char *origin;

	if (!file)
		return strndup(text, len);
	return asprintf(&origin, "%s:%d: %.*s", file, line, (int)len, text) < 0 ? NULL : origin;
}

/* @file: NULL for the command line. */
static int add_pattern(struct name_list *list, const char *text, size_t len, bool substring,
		       const char *file, int line)
{
	const char *slash = memchr(text, '/', len);
	size_t test_len = slash ? (size_t)(slash - text) : len;
	struct name_pattern pattern = {
		.test = copy_glob(text, test_len, substring),
		.subtest = slash ? copy_glob(slash + 1, len - test_len - 1, substring) : NULL,
		.origin = describe_origin(text, len, file, line),
		.from_file = file,
	};
	struct name_pattern *grown = NULL;

	if (pattern.test && pattern.origin && (pattern.subtest || !slash))
		grown = reallocarray(list->items, list->cnt + 1, sizeof(*grown));
	if (!grown) {
		free_pattern(&pattern);
		return -ENOMEM;
	}
	list->items = grown;
	list->items[list->cnt++] = pattern;
	return 0;
}

/* Add the pattern of a line, if the line has one. */
static int add_line(struct name_list *list, const char *text, bool substring, const char *path,
		    int line)
{
	const char *start = text, *end = start + strcspn(start, "#\n");

	while (start < end && isspace((unsigned char)*start))
		start++;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	return end > start ? add_pattern(list, start, end - start, substring, path, line) : 0;
}

/* Editors of other systems put a mark at the beginning of a text in UTF-8. */
static const char *skip_mark(const char *text)
{
	static const char mark[] = "\xef\xbb\xbf";

	return strncmp(text, mark, strlen(mark)) ? text : text + strlen(mark);
}

static int parse_file(struct name_list *list, const char *path, bool substring, char *error,
		      size_t size_bytes)
{
	autofree char *text = NULL;
	autofclose FILE *file = fopen(path, "re");
	int line = 0, err = 0;
	size_t room = 0;
	ssize_t len;

	if (!file) {
		err = -errno;
		snprintf(error, size_bytes, "cannot open the list '%s': " ERRNO_FMT, path,
			 ERRNO_ARG(err));
		return err;
	}
	errno = 0;
	while (!err && (len = getline(&text, &room, file)) >= 0) {
		if (memchr(text, '\0', len)) {
			snprintf(
				error, size_bytes,
				"the list '%s' has a zero byte in line %d: save it as UTF-8, not as "
				"UTF-16",
				path, line + 1);
			return -EINVAL;
		}
		err = add_line(list, line ? text : skip_mark(text), substring, path, line + 1);
		line++;
	}
	if (!err && ferror(file))
		err = errno ? -errno : -EIO;
	if (err)
		snprintf(error, size_bytes, "cannot read the list '%s': " ERRNO_FMT, path,
			 ERRNO_ARG(err));
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

	for (i = 0; i < list->cnt; i++)
		free_pattern(&list->items[i]);
	free(list->items);
	list->items = NULL;
	list->cnt = 0;
}
