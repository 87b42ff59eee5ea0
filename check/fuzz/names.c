// SPDX-License-Identifier: GPL-2.0-only
/* The NAMES of -t, -a, -b and -d, and the lines of list files such as DENYLIST. */
#include <ctype.h>

#include "check/fuzz/fuzz.h"
#include "runner/selection/selection.h"

struct reader {
	const struct name_list *list;
	int next;
	bool substring;
};

/* The next pattern of the list must be this one. */
static void check_next(struct reader *reader, char *text, const char *path, int line)
{
	const struct name_pattern *pattern = &reader->list->items[reader->next++];
	const char *around = reader->substring ? "*" : "";
	char *slash = strchr(text, '/'), *expected;

	INVARIANT(reader->next <= reader->list->cnt && pattern->from_file == !!path);
	if (path)
		INVARIANT(asprintf(&expected, "%s:%d: %s", path, line, text) >= 0);
	else
		expected = strdup(text);
	INVARIANT(!strcmp(pattern->origin, expected));
	free(expected);

	INVARIANT(!slash == !pattern->subtest);
	if (slash) {
		*slash = '\0';
		INVARIANT(asprintf(&expected, "%s%s%s", around, slash + 1, around) >= 0);
		INVARIANT(!strcmp(pattern->subtest, expected));
		free(expected);
	}
	INVARIANT(asprintf(&expected, "%s%s%s", around, text, around) >= 0);
	INVARIANT(!strcmp(pattern->test, expected));
	free(expected);
}

static void check_list(struct reader *reader, const char *names)
{
	char *copy = strdup(names), *rest = copy, *name;

	while ((name = strsep(&rest, ","))) {
		if (*name)
			check_next(reader, name, NULL, 0);
	}
	free(copy);
}

static void check_file(struct reader *reader, struct input input, const char *path)
{
	static const char bom[] = "\xef\xbb\xbf";
	int number = 0;
	char *line;

	if (input.size >= strlen(bom) && !memcmp(input.data, bom, strlen(bom)))
		input = (struct input){ input.data + strlen(bom), input.size - strlen(bom) };
	while ((line = input__line(&input))) {
		char *start = line, *end;

		number++;
		line[strcspn(line, "#")] = '\0';
		while (isspace((unsigned char)*start))
			start++;
		end = start + strlen(start);
		while (end > start && isspace((unsigned char)end[-1]))
			*--end = '\0';
		if (*start)
			check_next(reader, start, path, number);
		free(line);
	}
}

static bool has_zero(const struct input *input)
{
	return input->size && memchr(input->data, '\0', input->size);
}

/* A test that is denied under its own name does not run, whatever else the list says. */
static void check_denied(struct name_list *list)
{
	struct selection selection = { .deny = *list };
	char error[256] = "";
	int i;

	for (i = 0; i < list->cnt; i++) {
		if (!list->items[i].subtest)
			INVARIANT(!selection__has_test(&selection, list->items[i].test, 1));
		else
			INVARIANT(!selection__has_subtest(&selection, list->items[i].test, 1,
							  list->items[i].subtest, NULL, 1));
	}
	INVARIANT(!selection__set_numbers(&selection, "1", error, sizeof(error)));
	for (i = 0; i < list->cnt; i++) {
		if (!list->items[i].subtest)
			INVARIANT(!selection__has_test(&selection, list->items[i].test, 1));
	}
	selection__free(&selection);
	memset(list, 0, sizeof(*list));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	unsigned int flags = input__byte(&input);
	struct name_list list = {};
	struct reader reader = { .list = &list, .substring = flags & 1 };
	char path[32], file[40], error[256];
	char *names = input__rest(&input);
	int fd, err = 0;

	if (flags & 2) {
		fd = input__file(&input, path);
		snprintf(file, sizeof(file), "@%s", path);
		err = name_list__parse(&list, file, reader.substring, error, sizeof(error));
		/* A text in UTF-16 has zero bytes, and is refused. */
		INVARIANT(!err == !has_zero(&input));
		if (!err)
			check_file(&reader, input, path);
		close(fd);
	} else if (*names != '@') {
		INVARIANT(!name_list__parse(&list, names, reader.substring, error, sizeof(error)));
		check_list(&reader, names);
	}
	INVARIANT(err || reader.next == list.cnt);
	check_denied(&list);
	name_list__free(&list);
	free(names);
	return 0;
}
