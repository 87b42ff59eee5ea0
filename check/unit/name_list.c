// SPDX-License-Identifier: GPL-2.0-only
/* The patterns in NAMES and in list files. */
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "runner/selection/name_list.h"

static char error[512];

/* Returns the patterns of a list as one text, with a line test[/subtest] for each. */
static const char *patterns(const struct name_list *list)
{
	static char text[1024];
	int i;

	text[0] = '\0';
	for (i = 0; i < list->cnt; i++) {
		strcat(text, list->items[i].test);
		if (list->items[i].subtest) {
			strcat(text, "/");
			strcat(text, list->items[i].subtest);
		}
		strcat(text, "\n");
	}
	return text;
}

static const char *parsed(const char *names, bool substring)
{
	static char text[1024];
	struct name_list list = {};

	assert_int_equal(name_list__parse(&list, names, substring, error, sizeof(error)), 0);
	strcpy(text, patterns(&list));
	name_list__free(&list);
	return text;
}

static const char *parsed_file(const char *content)
{
	static char text[1024];
	char path[] = "/tmp/name_list-XXXXXX", names[64];
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	close(fd);
	snprintf(names, sizeof(names), "@%s", path);
	strcpy(text, parsed(names, false));
	unlink(path);
	return text;
}

static void whole_names(void **state)
{
	assert_string_equal(parsed("foo", false), "foo\n");
	assert_string_equal(parsed("foo,bar", false), "foo\nbar\n");
	assert_string_equal(parsed("foo/bar", false), "foo/bar\n");
	assert_string_equal(parsed("foo/bar/baz", false), "foo/bar/baz\n");
	assert_string_equal(parsed("f*o/", false), "f*o/\n");
}

static void substrings(void **state)
{
	assert_string_equal(parsed("foo", true), "*foo*\n");
	assert_string_equal(parsed("foo/bar", true), "*foo*/*bar*\n");
	assert_string_equal(parsed("f*o", true), "*f*o*\n");
}

static void empty_items_vanish(void **state)
{
	assert_string_equal(parsed("", false), "");
	assert_string_equal(parsed(",,foo,,bar,", false), "foo\nbar\n");
}

/* The kernel's runner drops `foo` after `foo/bar`, and so denies too little. */
static void entries_are_not_merged(void **state)
{
	assert_string_equal(parsed("foo/bar,foo", false), "foo/bar\nfoo\n");
	assert_string_equal(parsed("foo,foo/bar", false), "foo\nfoo/bar\n");
}

static void files(void **state)
{
	assert_string_equal(parsed_file("foo\nbar/baz\n"), "foo\nbar/baz\n");
	assert_string_equal(parsed_file("foo"), "foo\n");
	assert_string_equal(parsed_file(""), "");
	assert_string_equal(parsed_file("\n\n  \t\n"), "");
	assert_string_equal(parsed_file("# comment\nfoo # why\n#bar\n"), "foo\n");
	assert_string_equal(parsed_file("  foo bar, baz  \n"), "foo bar, baz\n");
	assert_string_equal(parsed_file("foo\r\nbar\r\n"), "foo\nbar\n");
	/* The kernel's runner loses an entry of one character. */
	assert_string_equal(parsed_file("*\n"), "*\n");
}

static void origin_names_file_and_line(void **state)
{
	char path[] = "/tmp/name_list-XXXXXX", names[64], expected[64];
	struct name_list list = {};
	int fd = mkstemp(path);

	assert_int_equal(write(fd, "\nfoo # x\n", 9), 9);
	close(fd);
	snprintf(names, sizeof(names), "@%s", path);
	snprintf(expected, sizeof(expected), "%s:2: foo", path);
	assert_int_equal(name_list__parse(&list, names, true, error, sizeof(error)), 0);
	assert_string_equal(list.items[0].origin, expected);
	assert_true(list.items[0].from_file);
	unlink(path);
	name_list__free(&list);
}

static void missing_file_is_an_error(void **state)
{
	struct name_list list = {};

	assert_int_equal(name_list__parse(&list, "kept", false, error, sizeof(error)), 0);
	assert_int_equal(name_list__parse(&list, "@/no/such/file", false, error, sizeof(error)),
			 -2);
	assert_string_equal(error, "cannot open the list '/no/such/file': "
				   "ENOENT (No such file or directory)");
	assert_string_equal(patterns(&list), "kept\n");
	name_list__free(&list);
	assert_true(name_list__parse(&list, "@/tmp", false, error, sizeof(error)) < 0);
	assert_string_equal(error, "cannot read the list '/tmp': EISDIR (Is a directory)");
	name_list__free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_names),
		cmocka_unit_test(substrings),
		cmocka_unit_test(empty_items_vanish),
		cmocka_unit_test(entries_are_not_merged),
		cmocka_unit_test(files),
		cmocka_unit_test(origin_names_file_and_line),
		cmocka_unit_test(missing_file_is_an_error),
	};

	return cmocka_run_group_tests_name("name_list", tests, NULL, NULL);
}
