// SPDX-License-Identifier: GPL-2.0-only
/* Tests which lines of the verifier's log are shown if a message is not in it. */
#include "check/unit/unit_test.h"
#include "verifier_log.h"

/* The log of a program that is rejected in its 40th line. */
static char log_text[8192];

static int make_log(void **state)
{
	FILE *out = fmemopen(log_text, sizeof(log_text), "w");
	int i;

	for (i = 1; i < 40; i++)
		fprintf(out, "%d: (b7) r%d = %d\n", i - 1, i % 10, i * 7);
	fputs("R1 invalid mem access 'map_value'\n", out);
	fputs("processed 39 insns (limit 1000000) max_states_per_insn 0\n", out);
	return fclose(out);
}

static const char *behind(const char *text)
{
	const char *at = strstr(log_text, text);

	assert_non_null(at);
	return at + strlen(text);
}

static void mismatch_is(const char *from, const char *message, const char *early,
			struct verifier_mismatch expected, const char *description)
{
	struct verifier_mismatch found = verifier_log__compare(log_text, from, message, early);
	char text[512];

	assert_int_equal(found.lines_cnt, 41);
	assert_int_equal(found.stopped, expected.stopped);
	assert_int_equal(found.near, expected.near);
	assert_int_equal(found.is_early, expected.is_early);
	verifier_log__describe(&found, log_text, text, sizeof(text));
	assert_string_equal(text, description);
}

static void the_most_similar_line_is_found(void **state)
{
	mismatch_is(log_text, "R1 invalid mem access 'scalar'", NULL,
		    (struct verifier_mismatch){ .near = 40 },
		    "line 40 of the log is the most similar: 'R1 invalid mem access 'map_value''");
	mismatch_is(behind("= 70"), "R{{[0-9]}} invalid mem access 'scalar'", NULL,
		    (struct verifier_mismatch){ .stopped = 10, .near = 40 },
		    "line 40 of the log is the most similar: 'R1 invalid mem access 'map_value''");
	mismatch_is(log_text, "math between fp pointer and register", NULL,
		    (struct verifier_mismatch){}, "no line of the log is similar");
	mismatch_is(log_text, "{{invalid mem access}}", NULL, (struct verifier_mismatch){},
		    "no line of the log is similar");
	/* Lines in front of the last message do not count. The rest of its own line does. */
	mismatch_is(behind("invalid mem"), "invalid memory", NULL,
		    (struct verifier_mismatch){ .stopped = 40 }, "no line of the log is similar");
	mismatch_is(behind("R1 invalid"), " mem access 'scalar'", NULL,
		    (struct verifier_mismatch){ .stopped = 40, .near = 40 },
		    "line 40 of the log is the most similar: 'R1 invalid mem access 'map_value''");
}

static void similar_is_what_has_half_of_the_message(void **state)
{
	static const char log[] = "a longer line with the word register\n"
				  "the word register\n"
				  "the word\n";

	assert_int_equal(verifier_log__compare(log, log, "word register", NULL).near, 2);
	assert_int_equal(verifier_log__compare(log, log, "{{no}}wordy", NULL).near, 3);
	assert_int_equal(verifier_log__compare(log, log, "wordless", NULL).near, 0);
	assert_int_equal(verifier_log__compare(log, log, "wo", NULL).near, 0);
}

static void an_early_message_is_named(void **state)
{
	mismatch_is(behind("processed"), "invalid mem access", behind("invalid mem access"),
		    (struct verifier_mismatch){ .stopped = 41, .near = 40, .is_early = true },
		    "line 40 has it, too early");
}

/* Compare what is printed with the numbers of the lines in it. */
static void printed_is(const struct verifier_mismatch *mismatch, const char *expected)
{
	char text[4096] = "", numbers[512] = "", mark[16], *line, *save;
	FILE *out = fmemopen(text, sizeof(text), "w");
	int number;

	verifier_log__print(mismatch, log_text, out);
	fclose(out);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		size_t len = strlen(numbers);

		if (sscanf(line, " %d  ", &number) == 1)
			snprintf(numbers + len, sizeof(numbers) - len, "%d ", number);
		else if (sscanf(line, " ... %d lines", &number) == 1)
			snprintf(numbers + len, sizeof(numbers) - len, "(%d) ", number);
		else if (sscanf(line, "%15s %d", mark, &number) == 2)
			snprintf(numbers + len, sizeof(numbers) - len, "%s:%d ", mark, number);
		else
			fail_msg("'%s'", line);
	}
	assert_string_equal(numbers, expected);
}

static void at_most_ten_lines_are_printed(void **state)
{
	struct verifier_mismatch mismatch = { .lines_cnt = 41, .stopped = 10, .near = 40 };

	printed_is(&mismatch, "8 9 found:10 11 12 (24) 37 38 39 similar:40 41 ");
	mismatch = (struct verifier_mismatch){ .lines_cnt = 41, .stopped = 10 };
	printed_is(&mismatch, "8 9 found:10 11 12 (24) 37 38 39 40 41 ");
	mismatch = (struct verifier_mismatch){ .lines_cnt = 41, .stopped = 10, .near = 13 };
	printed_is(&mismatch, "8 9 found:10 11 12 similar:13 14 15 16 17 ");
	mismatch = (struct verifier_mismatch){ .lines_cnt = 41, .stopped = 10, .near = 15 };
	printed_is(&mismatch, "8 9 found:10 11 12 13 14 similar:15 16 17 ");
	mismatch = (struct verifier_mismatch){ .lines_cnt = 41, .near = 1 };
	printed_is(&mismatch, "similar:1 2 3 4 5 6 7 8 9 10 ");
	mismatch = (struct verifier_mismatch){ .lines_cnt = 41 };
	printed_is(&mismatch, "32 33 34 35 36 37 38 39 40 41 ");
	mismatch = (struct verifier_mismatch){
		.lines_cnt = 41, .stopped = 41, .near = 3, .is_early = true
	};
	printed_is(&mismatch, "1 2 early:3 4 5 (31) 37 38 39 40 found:41 ");
}

static void short_logs_are_printed_whole(void **state)
{
	const struct verifier_mismatch three = { .lines_cnt = 3, .near = 3 };
	const struct verifier_mismatch none = {};
	char text[256] = "-", description[64];
	FILE *out = fmemopen(text, sizeof(text), "w");

	verifier_log__print(&three, "first\n\nthird", out);
	verifier_log__print(&none, "", out);
	fclose(out);
	assert_string_equal(text, "            1  first\n            2\nsimilar     3  third\n");
	verifier_log__describe(&none, "", description, sizeof(description));
	assert_string_equal(description, "the log is empty");
	assert_int_equal(verifier_log__compare("", "", "message", NULL).near, 0);
}

static void the_verdict_is_in_front_of_explanation_and_statistics(void **state)
{
	size_t len;
	const char *verdict = verifier_log__verdict(log_text, &len);

	assert_memory_equal(verdict, "R1 invalid mem access 'map_value'\n", len + 1);
	assert_memory_equal(verifier_log__verdict("verdict\n\nprocessed 2 insns\n\n", &len),
			    "verdict\n", 8);
	assert_memory_equal(verifier_log__verdict("verdict\n\nVerification failed: kind\n  Why.\n",
						  &len),
			    "verdict\n", 8);
	assert_string_equal(verifier_log__verdict("processed 2 insns\n", &len), "");
	assert_int_equal(len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_similar_line_is_found),
		cmocka_unit_test(similar_is_what_has_half_of_the_message),
		cmocka_unit_test(an_early_message_is_named),
		cmocka_unit_test(at_most_ten_lines_are_printed),
		cmocka_unit_test(short_logs_are_printed_whole),
		cmocka_unit_test(the_verdict_is_in_front_of_explanation_and_statistics),
	};

	return cmocka_run_group_tests_name("verifier_log", tests, make_log, NULL);
}
