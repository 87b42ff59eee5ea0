// SPDX-License-Identifier: GPL-2.0-only
/* Tests how a failed assertion shows two strings or buffers. */
#include "check/unit/unit_test.h"
#include "runner/text/difference.h"

#define TEN     "0123456789"
#define FORTY   TEN TEN TEN TEN
#define HUNDRED FORTY FORTY TEN TEN

static void strings_are(const char *actual, const char *expected, size_t max_bytes,
			const char *difference)
{
	char text[512];

	difference__strings(text, sizeof(text), actual, expected, max_bytes);
	assert_string_equal(text, difference);
}

static void short_strings_are_whole(void **state)
{
	strings_are("left", "right", SIZE_MAX, "actual 'left' != expected 'right'");
	strings_are("", "x", SIZE_MAX, "actual '' != expected 'x'");
	strings_are("abcXY", "abd", 3, "actual 'abc' != expected 'abd'");
}

static void the_place_is_named_where_it_is_hard_to_see(void **state)
{
	strings_are(
		"/sys/fs/bpf/l1", "/sys/fs/bpf/I1", SIZE_MAX,
		"actual '/sys/fs/bpf/l1' != expected '/sys/fs/bpf/I1': byte 12 differs (6c != 49)");
	strings_are(TEN, TEN " ", SIZE_MAX,
		    "actual '" TEN "' != expected '" TEN " ': byte 10 differs (00 != 20)");
	strings_are("a\n", "a\t\x01", SIZE_MAX,
		    "actual 'a\\n' != expected 'a\\t\\x01': byte 1 differs (0a != 09)");
}

static void long_strings_are_excerpts(void **state)
{
	strings_are(HUNDRED "left" HUNDRED, HUNDRED "right" HUNDRED, SIZE_MAX,
		    "actual '..." TEN TEN "left" TEN "012345...' != expected '..." TEN TEN
		    "right" TEN "01234...': byte 100 differs (6c != 72), of 204 and 205 bytes");
	/* Nothing is left out at an end that is near. */
	strings_are("x" HUNDRED, "y" HUNDRED, SIZE_MAX,
		    "actual 'x" TEN "012345678...' != expected 'y" TEN
		    "012345678...': byte 0 differs (78 != 79)");
	strings_are(HUNDRED, HUNDRED "y", SIZE_MAX,
		    "actual '..." TEN TEN "' != expected '..." TEN TEN
		    "y': byte 100 differs (00 != 79), of 100 and 101 bytes");
	/* A character is not cut. */
	strings_are(FORTY "\u00e9" TEN "012345678a" TEN, FORTY "\u00e9" TEN "012345678b" TEN,
		    SIZE_MAX,
		    "actual '..." TEN "012345678a" TEN "' != expected '..." TEN "012345678b" TEN
		    "': byte 61 differs (61 != 62)");
}

static void a_text_that_is_too_long_is_cut(void **state)
{
	char text[] = "----------------";

	difference__strings(text, 6, "left", "right", SIZE_MAX);
	assert_memory_equal(text, "actua\0----------", sizeof(text));
}

static void substring_is(const char *text, const char *part, const char *difference)
{
	char out[512];

	difference__substring(out, sizeof(out), text, part);
	assert_string_equal(out, difference);
}

static void the_longest_beginning_is_found(void **state)
{
	substring_is("haystack", "needle", "'haystack' does not contain 'needle'");
	substring_is("haystack", "hayloft", "'haystack' does not contain 'hayloft'");
	substring_is("", "needle", "'' does not contain 'needle'");
	substring_is(
		"one needle, two needles", "needless",
		"'one needle, two needles' does not contain 'needless': its first 7 of 8 bytes "
		"are there, from byte 16 on; then comes the end of the text");
	substring_is(
		HUNDRED "R1 invalid mem access 'scalar'" HUNDRED, "invalid mem access 'map'",
		"'...invalid mem access 'scalar'" TEN
		"012...' (230 bytes) does not contain 'invalid "
		"mem access 'map'': its first 20 of 24 bytes are there, from byte 103 on; then "
		"comes 73 instead of 6d");
	/* The first of several. */
	substring_is(
		"need, need", "needle",
		"'need, need' does not contain 'needle': its first 4 of 6 bytes are there, from "
		"byte 0 on; then comes 2c instead of 6c");
	substring_is(HUNDRED, "none of it",
		     "'" TEN TEN "...' (100 bytes) does not contain 'none of it'");
}

static void buffers_are(const void *actual, const void *expected, size_t len_bytes,
			const char *difference)
{
	char text[512];

	difference__buffers(text, sizeof(text), actual, expected, len_bytes);
	assert_string_equal(text, difference);
}

static void text_in_buffers_is_shown(void **state)
{
	buffers_are("abcd", "abXd", 4,
		    "byte 2 of 4 differs: actual 63 64 != expected 58 64 ('abcd' != 'abXd')");
	buffers_are("\x01\x02\x03", "\x01\x02\x04", 3,
		    "byte 2 of 3 differs: actual 03 != expected 04");
	/* One of them is no text. */
	buffers_are("abcd", "\0\0\0\0", 4,
		    "byte 0 of 4 differs: actual 61 62 63 64 != expected 00 00 00 00");
	buffers_are(
		HUNDRED "abc\n" HUNDRED, HUNDRED "abX\n" HUNDRED, 204,
		"byte 102 of 204 differs: actual 63 0a 30 31 32 33 34 35 36 37 38 39 30 31 32 33 "
		"!= expected 58 0a 30 31 32 33 34 35 36 37 38 39 30 31 32 33 "
		"('...23456789" TEN "abc\\n" TEN "01234567...' != '...23456789" TEN "abX\\n" TEN
		"01234567...')");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_strings_are_whole),
		cmocka_unit_test(the_place_is_named_where_it_is_hard_to_see),
		cmocka_unit_test(long_strings_are_excerpts),
		cmocka_unit_test(a_text_that_is_too_long_is_cut),
		cmocka_unit_test(the_longest_beginning_is_found),
		cmocka_unit_test(text_in_buffers_is_shown),
	};

	return cmocka_run_group_tests_name("difference", tests, NULL, NULL);
}
