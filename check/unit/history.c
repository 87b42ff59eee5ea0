// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "runner/schedule/history.h"

static const struct history_key key = { "program", "6.1", "build" };

static int parse(struct history *history, const char *text)
{
	return history__parse(history, text, strlen(text));
}

static void kept(void **state)
{
	const struct history_key other_build = { "program", "6.1", "other" };
	const struct history_key other_release = { "program", "6.2", "build" };
	const struct history_key other_program = { "another", "6.1", "build" };
	const struct history_key no_build = { "program", "6.1", "" };
	const char *const names[] = { "a", "b, c", "a", "\x01\xff" };
	struct history history = {}, copy = {};
	char *text;

	assert_int_equal(history__begin_entry(&history, &key), 0);
	history__note(&history, "test", 1234, names, 4);
	history__note(&history, "plain", 0, NULL, 0);
	text = history__text(&history);
	assert_int_equal(parse(&copy, text), 0);
	assert_int_equal(history__duration_us(&copy, &key, "test"), 1234);
	assert_int_equal(history__duration_us(&copy, &key, "plain"), 0);
	assert_int_equal(history__duration_us(&copy, &key, "nosuch"), -1);
	assert_int_equal(history__duration_us(&copy, &other_build, "test"), 1234);
	assert_int_equal(history__duration_us(&copy, &other_release, "test"), 1234);
	assert_int_equal(history__duration_us(&copy, &other_program, "test"), -1);
	assert_int_equal(history__subtests_cnt(&copy, &key, "test"), 3);
	assert_string_equal(history__subtest(&copy, &key, "test", 1), "b, c");
	assert_string_equal(history__subtest(&copy, &key, "test", 2), "\x01\xff");
	assert_int_equal(history__subtests_cnt(&copy, &other_build, "test"), 0);
	assert_int_equal(history__subtests_cnt(&copy, &other_release, "test"), 0);
	assert_int_equal(history__begin_entry(&copy, &no_build), 0);
	history__note(&copy, "test", 1, names, 1);
	assert_int_equal(history__subtests_cnt(&copy, &no_build, "test"), 0);
	free(text);
	history__free(&history);
	history__free(&copy);
}

static void names_are_joined(void **state)
{
	const char *const first[] = { "a", "b" }, *const second[] = { "c", "a" };
	struct history history = {};

	assert_int_equal(history__begin_entry(&history, &key), 0);
	history__note(&history, "test", 1, first, 2);
	history__note(&history, "test", 2, second, 2);
	assert_int_equal(history__subtests_cnt(&history, &key, "test"), 3);
	assert_int_equal(history__duration_us(&history, &key, "test"), 2);
	history__free(&history);
}

static void another_build_drops_subtests(void **state)
{
	const struct history_key newer = { "program", "6.1", "newer" };
	const char *const names[] = { "a" };
	struct history history = {};

	assert_int_equal(history__begin_entry(&history, &key), 0);
	history__note(&history, "test", 7, names, 1);
	assert_int_equal(history__begin_entry(&history, &newer), 0);
	assert_int_equal(history__duration_us(&history, &newer, "test"), 7);
	assert_int_equal(history__subtests_cnt(&history, &newer, "test"), 0);
	assert_int_equal(history__begin_entry(&history, &key), 0);
	assert_int_equal(history__subtests_cnt(&history, &key, "test"), 0);
	history__free(&history);
}

static void the_oldest_entries_go(void **state)
{
	struct history history = {};
	struct history_key numbered = key;
	char release[16];
	int i;

	numbered.release = release;
	for (i = 0; i < HISTORY_ENTRIES_MAX + 3; i++) {
		snprintf(release, sizeof(release), "%d", i);
		assert_int_equal(history__begin_entry(&history, &numbered), 0);
		snprintf(release, sizeof(release), "test%d", i);
		history__note(&history, release, i, NULL, 0);
	}
	assert_int_equal(history__duration_us(&history, &key, "test2"), -1);
	/* The latest entry of the program counts for a release without an entry. */
	snprintf(release, sizeof(release), "3");
	assert_int_equal(history__duration_us(&history, &numbered, "test3"), 3);
	snprintf(release, sizeof(release), "2");
	assert_int_equal(history__duration_us(&history, &numbered, "test2"), -1);
	history__free(&history);
}

static void refused(void **state)
{
	static const char *const texts[] = {
		"",
		"x",
		"null",
		"[]",
		"{}",
		"{\"version\":1}",
		"{\"version\":2,\"entries\":[]}",
		"{\"version\":\"1\",\"entries\":[]}",
		"{\"version\":1,\"entries\":{}}",
		"{\"version\":1,\"entries\":[null]}",
		"{\"version\":1,\"entries\":[{\"program\":\"a\",\"release\":\"b\",\"tests\":{}}]}",
		"{\"version\":1,\"entries\":[{\"program\":\"a\",\"release\":\"b\",\"build\":\"c\","
		"\"tests\":{\"t\":null}}]}",
		"{\"version\":1,\"entries\":[{\"program\":\"a\",\"release\":\"b\",\"build\":\"c\","
		"\"tests\":{\"t\":{\"duration_us\":-1}}}]}",
		"{\"version\":1,\"entries\":[{\"program\":\"a\",\"release\":\"b\",\"build\":\"c\","
		"\"tests\":{\"t\":{\"duration_us\":1.5}}}]}",
		"{\"version\":1,\"entries\":[{\"program\":\"a\",\"release\":\"b\",\"build\":\"c\","
		"\"tests\":{\"t\":{\"duration_us\":1,\"subtests\":[1]}}}]}",
		"{\"version\":1,\"entries\":[]",
		"{\"version\":1,\"entries\":[]} x",
	};
	struct history history;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (parse(&history, texts[i]) != -EINVAL)
			fail_msg("'%s' was accepted", texts[i]);
		assert_null(history.root);
	}
	assert_int_equal(parse(&history, "{\"version\":1,\"entries\":[]}\n"), 0);
	history__free(&history);
}

static void files(void **state)
{
	char folder[] = "/tmp/history-XXXXXX", path[128], inner[64];
	struct history history = {};

	assert_non_null(mkdtemp(folder));
	snprintf(inner, sizeof(inner), "%s/a", folder);
	snprintf(path, sizeof(path), "%s/b", inner);
	assert_int_equal(history__load(&history, path), 0);
	assert_int_equal(history__duration_us(&history, &key, "test"), -1);
	assert_int_equal(history__begin_entry(&history, &key), 0);
	history__note(&history, "test", 7, NULL, 0);
	assert_int_equal(history__save(&history, path), 0);
	assert_int_equal(history__save(&history, path), 0);
	history__free(&history);
	assert_int_equal(history__load(&history, path), 0);
	assert_int_equal(history__duration_us(&history, &key, "test"), 7);
	/* A folder is not a valid file, and a failed save leaves no file beside it. */
	assert_int_equal(history__save(&history, inner), -EINVAL);
	history__free(&history);
	assert_int_equal(history__load(&history, inner), -EINVAL);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(inner), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void default_path(void **state)
{
	char path[64];

	setenv("XDG_STATE_HOME", "/x", 1);
	setenv("HOME", "/home", 1);
	assert_int_equal(history__default_path(path, sizeof(path)), 0);
	assert_string_equal(path, "/x/bpf-selftests/history");
	setenv("XDG_STATE_HOME", "relative", 1);
	assert_int_equal(history__default_path(path, sizeof(path)), 0);
	assert_string_equal(path, "/home/.local/state/bpf-selftests/history");
	assert_int_equal(history__default_path(path, 20), -ENAMETOOLONG);
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	assert_int_equal(history__default_path(path, sizeof(path)), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept),
		cmocka_unit_test(names_are_joined),
		cmocka_unit_test(another_build_drops_subtests),
		cmocka_unit_test(the_oldest_entries_go),
		cmocka_unit_test(refused),
		cmocka_unit_test(files),
		cmocka_unit_test(default_path),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
