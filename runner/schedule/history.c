// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and writes the history. Anybody may have written the file, so all of its content is
 * checked.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/schedule/history.h"

/* Return: the member of an object if it has this type, or NULL. */
static struct json_object *member(struct json_object *object, const char *name, json_type type)
{
	struct json_object *found;

	if (!json_object_object_get_ex(object, name, &found) || !json_object_is_type(found, type))
		return NULL;
	return found;
}

static const char *member_text(struct json_object *object, const char *name)
{
	struct json_object *text = member(object, name, json_type_string);

	return text ? json_object_get_string(text) : NULL;
}

static bool is_test(struct json_object *test)
{
	struct json_object *duration = member(test, "duration_us", json_type_int);
	struct json_object *subtests;
	size_t i;

	if (!duration || json_object_get_int64(duration) < 0)
		return false;
	if (!json_object_object_get_ex(test, "subtests", &subtests))
		return true;
	if (!json_object_is_type(subtests, json_type_array) ||
	    json_object_array_length(subtests) > HISTORY_SUBTESTS_MAX)
		return false;
	for (i = 0; i < json_object_array_length(subtests); i++) {
		if (!json_object_is_type(json_object_array_get_idx(subtests, i), json_type_string))
			return false;
	}
	return true;
}

static bool is_entry(struct json_object *entry)
{
	struct json_object *tests = member(entry, "tests", json_type_object);

	if (!member_text(entry, "program") || !member_text(entry, "release") ||
	    !member_text(entry, "build") || !tests)
		return false;
	json_object_object_foreach(tests, name, test)
	{
		(void)name;
		if (!is_test(test))
			return false;
	}
	return true;
}

static bool is_history(struct json_object *root)
{
	struct json_object *version = member(root, "version", json_type_int);
	struct json_object *entries = member(root, "entries", json_type_array);
	size_t i;

	if (!version || json_object_get_int64(version) != HISTORY_VERSION || !entries)
		return false;
	for (i = 0; i < json_object_array_length(entries); i++) {
		if (!is_entry(json_object_array_get_idx(entries, i)))
			return false;
	}
	return true;
}

int history__parse(struct history *history, const char *text, size_t len_bytes)
{
	struct json_tokener *tokener;
	struct json_object *root;
	bool is_complete;

	history->root = NULL;
	if (len_bytes > HISTORY_MAX_BYTES)
		return -EINVAL;
	tokener = json_tokener_new();
	if (!tokener)
		return -ENOMEM;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	root = json_tokener_parse_ex(tokener, text, len_bytes);
	is_complete = json_tokener_get_error(tokener) == json_tokener_success;
	json_tokener_free(tokener);
	if (!is_complete || !is_history(root)) {
		json_object_put(root);
		return -EINVAL;
	}
	history->root = root;
	return 0;
}

/* Return: a descriptor, or a negative errno if this is not a regular file or is too large. */
static int open_file(const char *path, size_t *size_bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat found;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &found) || !S_ISREG(found.st_mode) || found.st_size > HISTORY_MAX_BYTES) {
		close(fd);
		return -EINVAL;
	}
	*size_bytes = found.st_size;
	return fd;
}

int history__load(struct history *history, const char *path)
{
	size_t room = 0, len = 0;
	char *text;
	ssize_t n;
	int fd;

	history->root = NULL;
	fd = open_file(path, &room);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	text = malloc(room + 1);
	n = text ? 1 : -1;
	while (n > 0 && len < room) {
		n = read(fd, text + len, room - len);
		len += n > 0 ? n : 0;
	}
	close(fd);
	n = n < 0 ? -EIO : history__parse(history, text, len);
	free(text);
	return n;
}

static struct json_object *entries_of(const struct history *history)
{
	return history->root ? member(history->root, "entries", json_type_array) : NULL;
}

/* Return: the latest entry of a program for @release, or for any release if @release is NULL. */
static struct json_object *find_entry(const struct history *history, const char *program,
				      const char *release)
{
	struct json_object *entries = entries_of(history);
	size_t i;

	for (i = 0; entries && i < json_object_array_length(entries); i++) {
		struct json_object *entry = json_object_array_get_idx(entries, i);

		if (!strcmp(member_text(entry, "program"), program) &&
		    (!release || !strcmp(member_text(entry, "release"), release)))
			return entry;
	}
	return NULL;
}

static struct json_object *find_test(struct json_object *entry, const char *test)
{
	struct json_object *tests = entry ? member(entry, "tests", json_type_object) : NULL;

	return tests ? member(tests, test, json_type_object) : NULL;
}

int64_t history__duration_us(const struct history *history, const struct history_key *key,
			     const char *test)
{
	struct json_object *found;

	found = find_test(find_entry(history, key->program, key->release), test);
	if (!found)
		found = find_test(find_entry(history, key->program, NULL), test);
	return found ? json_object_get_int64(member(found, "duration_us", json_type_int)) : -1;
}

static bool is_build(struct json_object *entry, const char *build)
{
	return *build && !strcmp(member_text(entry, "build"), build);
}

static struct json_object *find_subtests(const struct history *history,
					 const struct history_key *key, const char *test)
{
	struct json_object *entry = find_entry(history, key->program, key->release);
	struct json_object *found;

	if (!entry || !is_build(entry, key->build))
		return NULL;
	found = find_test(entry, test);
	return found ? member(found, "subtests", json_type_array) : NULL;
}

size_t history__subtests_cnt(const struct history *history, const struct history_key *key,
			     const char *test)
{
	struct json_object *subtests = find_subtests(history, key, test);

	return subtests ? json_object_array_length(subtests) : 0;
}

const char *history__subtest(const struct history *history, const struct history_key *key,
			     const char *test, size_t i)
{
	struct json_object *subtests = find_subtests(history, key, test);

	return subtests ? json_object_get_string(json_object_array_get_idx(subtests, i)) : NULL;
}

static struct json_object *new_entry(const struct history_key *key, struct json_object *tests)
{
	struct json_object *entry = json_object_new_object();

	json_object_object_add(entry, "program", json_object_new_string(key->program));
	json_object_object_add(entry, "release", json_object_new_string(key->release));
	json_object_object_add(entry, "build", json_object_new_string(key->build));
	json_object_object_add(entry, "tests", tests ?: json_object_new_object());
	return entry;
}

int history__begin_entry(struct history *history, const struct history_key *key)
{
	struct json_object *old = find_entry(history, key->program, key->release);
	struct json_object *tests = old ? member(old, "tests", json_type_object) : NULL;
	struct json_object *entries = json_object_new_array();
	struct json_object *root = json_object_new_object();
	struct json_object *old_entries = entries_of(history);
	size_t i;

	if (!entries || !root) {
		json_object_put(entries);
		json_object_put(root);
		return -ENOMEM;
	}
	if (old && !is_build(old, key->build)) {
		json_object_object_foreach(tests, name, test)
		{
			(void)name;
			json_object_object_del(test, "subtests");
		}
	}
	json_object_array_add(entries, new_entry(key, json_object_get(tests)));
	for (i = 0; old_entries && i < json_object_array_length(old_entries); i++) {
		struct json_object *entry = json_object_array_get_idx(old_entries, i);

		if (entry != old && json_object_array_length(entries) < HISTORY_ENTRIES_MAX)
			json_object_array_add(entries, json_object_get(entry));
	}
	json_object_object_add(root, "version", json_object_new_int(HISTORY_VERSION));
	json_object_object_add(root, "entries", entries);
	json_object_put(history->root);
	history->root = root;
	return 0;
}

/* Return: a new list with @known, and the @names that are not in @known yet. */
static struct json_object *join_subtests(struct json_object *known, const char *const *names,
					 size_t cnt)
{
	struct json_object *seen = json_object_new_object(), *joined = json_object_new_array();
	size_t i, known_cnt = known ? json_object_array_length(known) : 0;

	for (i = 0; i < known_cnt + cnt; i++) {
		const char *name =
			i < known_cnt ?
				json_object_get_string(json_object_array_get_idx(known, i)) :
				names[i - known_cnt];

		if (json_object_object_get_ex(seen, name, NULL) ||
		    json_object_array_length(joined) == HISTORY_SUBTESTS_MAX)
			continue;
		json_object_object_add(seen, name, NULL);
		json_object_array_add(joined, json_object_new_string(name));
	}
	json_object_put(seen);
	return joined;
}

void history__note(struct history *history, const char *test, int64_t duration_us,
		   const char *const *subtests, size_t subtests_cnt)
{
	struct json_object *entry = json_object_array_get_idx(entries_of(history), 0);
	struct json_object *tests = member(entry, "tests", json_type_object);
	struct json_object *old = find_test(entry, test), *noted = json_object_new_object();
	struct json_object *known = old ? member(old, "subtests", json_type_array) : NULL;

	json_object_object_add(noted, "duration_us", json_object_new_int64(duration_us));
	if (known || subtests_cnt)
		json_object_object_add(noted, "subtests",
				       join_subtests(known, subtests, subtests_cnt));
	json_object_object_add(tests, test, noted);
}

char *history__text(const struct history *history)
{
	const char *text = json_object_to_json_string_ext(history->root,
							  JSON_C_TO_STRING_PLAIN |
								  JSON_C_TO_STRING_NOSLASHESCAPE);

	return text ? strdup(text) : NULL;
}

static int make_folders(const char *path)
{
	char copy[PATH_MAX], *slash = copy;

	if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
		return -ENAMETOOLONG;
	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		/* The XDG specification asks for folders that only the user can read. */
		if (mkdir(copy, 0700) && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

static int write_text(int fd, const char *text)
{
	FILE *file = fdopen(fd, "w");
	int err = 0;

	if (!file) {
		close(fd);
		return -ENOMEM;
	}
	if (fputs(text, file) < 0 || fputc('\n', file) < 0 || fflush(file))
		err = -errno;
	if (fclose(file) && !err)
		err = -errno;
	return err;
}

int history__save(const struct history *history, const char *path)
{
	char *text = history__text(history), written[PATH_MAX];
	int fd, err = text ? make_folders(path) : -ENOMEM;
	struct stat there;

	/* Refuse to replace a device by a file. */
	if (!err && !stat(path, &there) && !S_ISREG(there.st_mode))
		err = -EINVAL;
	if (!err && snprintf(written, sizeof(written), "%s.XXXXXX", path) >= (int)sizeof(written))
		err = -ENAMETOOLONG;
	if (err)
		goto out;
	fd = mkostemp(written, O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		goto out;
	}
	err = write_text(fd, text);
	if (!err && rename(written, path))
		err = -errno;
	if (err)
		unlink(written);
out:
	free(text);
	return err;
}

int history__default_path(char *path, size_t size_bytes)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n;

	/* The XDG specification says that a relative path is ignored. */
	if (state && *state == '/')
		n = snprintf(path, size_bytes, "%s/bpf-selftests/history", state);
	else if (home && *home == '/')
		n = snprintf(path, size_bytes, "%s/.local/state/bpf-selftests/history", home);
	else
		return -ENOENT;
	return n < (int)size_bytes ? 0 : -ENAMETOOLONG;
}

void history__free(struct history *history)
{
	json_object_put(history->root);
	history->root = NULL;
}
