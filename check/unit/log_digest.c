// SPDX-License-Identifier: GPL-2.0-only
/* Tests how the log of a failure is shortened for the terminal. */
#include "check/unit/unit_test.h"
#include "runner/reports/log_digest.h"
#include "runner/text/cleanup.h"

static void check(const char *log, size_t max_lines, const char *expected, bool expects_short)
{
	bool is_short = !expects_short;
	autofree char *digest = log_digest__make(log, max_lines, &is_short);

	assert_string_equal(digest, expected);
	assert_int_equal(is_short, expects_short);
	assert_true(log_digest__lines(digest) <= max_lines);
}

static void assertions_that_held_are_left_out(void **state)
{
	check("f:PASS:open\nhere\ng:PASS:close\nf:FAIL:x 1\n", 40, "here\nf:FAIL:x 1\n", false);
	/* A sentence with such a word is no assertion. */
	check("the test :PASS: it\n", 40, "the test :PASS: it\n", false);
	check("", 40, "", false);
	check("no newline", 40, "no newline\n", false);
}

static void repeated_lines_appear_once(void **state)
{
	check("a\na\na\nb\n", 40, "a  (3 times)\nb\n", false);
	check("a\nb\na\nb\nc\n", 40, "a\nb  (these 2 lines 2 times)\nc\n", false);
	/* Assertions that held stand between them. */
	check("v1\nv2\nf:PASS:p\nv1\nv2\nf:PASS:q\n", 40, "v1\nv2  (these 2 lines 2 times)\n",
	      false);
	check("a\nb\na\n", 40, "a\nb\na\n", false);
}

static void a_block_of_many_lines_appears_once(void **state)
{
	autofree char *log = NULL, *expected = NULL;
	size_t size;
	FILE *out = open_memstream(&log, &size);

	for (int i = 0; i < 20; i++)
		for (int line = 0; line < 30; line++)
			fprintf(out, "%d: r0 = %d\n", line, line);
	fclose(out);
	out = open_memstream(&expected, &size);
	for (int line = 0; line < 30; line++)
		fprintf(out, "%d: r0 = %d%s\n", line, line,
			line == 29 ? "  (these 30 lines 20 times)" : "");
	fclose(out);
	check(log, 40, expected, false);
}

/* A log of 100 different lines with a failed assertion behind line 60. */
static char *long_log(void)
{
	char *log = NULL;
	size_t size;
	FILE *out = open_memstream(&log, &size);

	for (int i = 1; i <= 100; i++) {
		fprintf(out, "line %d\n", i);
		if (i == 60)
			fputs("f:FAIL:name actual 1 != expected 2 (a.c:1)\n", out);
	}
	fclose(out);
	return log;
}

static void a_long_log_keeps_the_failure_what_is_before_it_and_both_ends(void **state)
{
	autofree char *log = long_log();

	check(log, 12,
	      "line 1\n... 53 lines\nline 55\nline 56\nline 57\nline 58\nline 59\nline 60\n"
	      "f:FAIL:name actual 1 != expected 2 (a.c:1)\n... 39 lines\nline 100\n",
	      true);
}

static void the_shortest_digest_has_the_failure(void **state)
{
	autofree char *log = long_log();

	check(log, 3, "... 60 lines\nf:FAIL:name actual 1 != expected 2 (a.c:1)\n... 40 lines\n",
	      true);
}

static void what_libbpf_says_of_one_failure_appears_once(void **state)
{
	check("libbpf: prog 'p': BPF program load failed: -EINVAL\n"
	      "libbpf: prog 'p': failed to load: -EINVAL\n"
	      "libbpf: failed to load object 'o'\nnext\n",
	      40, "libbpf: prog 'p': BPF program load failed: -EINVAL\nnext\n", false);
	/* Without the first line, these are not known. */
	check("libbpf: prog 'p': failed to load: -EINVAL\nlibbpf: failed to load object 'o'\n", 40,
	      "libbpf: prog 'p': failed to load: -EINVAL\nlibbpf: failed to load object 'o'\n",
	      false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(assertions_that_held_are_left_out),
		cmocka_unit_test(repeated_lines_appear_once),
		cmocka_unit_test(a_block_of_many_lines_appears_once),
		cmocka_unit_test(a_long_log_keeps_the_failure_what_is_before_it_and_both_ends),
		cmocka_unit_test(the_shortest_digest_has_the_failure),
		cmocka_unit_test(what_libbpf_says_of_one_failure_appears_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
