// SPDX-License-Identifier: GPL-2.0-only
/* How a run that continues after a restart reads its event stream. */
#include <limits.h>

#include "check/unit/unit_test.h"
#include "runner/resume/journal_events.h"
#include "runner/blame/open_splats.h"
#include "runner/result/result.h"

#define TESTS 4

struct parsed {
	struct test_outcome tests[TESTS];
	enum journal_state states[TESTS];
	struct open_splats splats;
};

static void parse_in_boot(struct parsed *parsed, const char *events, const char *boot_id)
{
	static const char *const names[TESTS] = { "a", "b", "c", "d" };
	char *text = strdup(events);
	int i;

	*parsed = (struct parsed){};
	for (i = 0; i < TESTS; i++) {
		parsed->tests[i].outcome.name = strdup(names[i]);
		parsed->tests[i].outcome.number = i + 1;
	}
	journal__parse(text, parsed->tests, TESTS, parsed->states, boot_id, NULL, &parsed->splats);
	free(text);
}

static void parse(struct parsed *parsed, const char *events)
{
	parse_in_boot(parsed, events, "now");
}

static void forget(struct parsed *parsed)
{
	int i;

	for (i = 0; i < TESTS; i++)
		test_outcome__free(&parsed->tests[i]);
	open_splats__free(&parsed->splats);
}

static void results_are_kept(void **state)
{
	struct parsed parsed;
	const struct test_outcome *test = &parsed.tests[1];

	parse(&parsed, "{\"event\":\"run_begin\"}\n"
		       "{\"event\":\"test_begin\",\"test\":\"b\"}\n"
		       "{\"event\":\"subtest_begin\",\"test\":\"b\",\"subtest\":\"one\","
		       "\"subtest_number\":1}\n"
		       "{\"event\":\"assertion_failed\",\"test\":\"b\",\"subtest\":\"one\","
		       "\"subtest_number\":1,"
		       "\"file\":\"f.c\",\"line\":7,\"function\":\"f\",\"name\":\"n\","
		       "\"text\":\"t\"}\n"
		       "{\"event\":\"subtest_end\",\"test\":\"b\",\"subtest\":\"one\","
		       "\"subtest_number\":1,\"result\":\"FAIL\",\"failed_assertions\":1}\n"
		       "{\"event\":\"subtest_begin\",\"test\":\"b\",\"subtest\":\"one\","
		       "\"subtest_number\":2}\n"
		       "{\"event\":\"subtest_end\",\"test\":\"b\",\"subtest\":\"one\","
		       "\"subtest_number\":2,\"result\":\"SKIP\",\"reason\":\"why\"}\n"
		       "{\"event\":\"subtest_end\",\"test\":\"b\",\"subtest\":\"gone\","
		       "\"subtest_number\":3,\"result\":\"UNREACHED\",\"reason\":\"not run\"}\n"
		       "{\"event\":\"test_end\",\"test\":\"b\",\"result\":\"FAIL\","
		       "\"duration_us\":1500}\n");
	assert_int_equal(parsed.states[0], JOURNAL_UNKNOWN);
	assert_int_equal(parsed.states[1], JOURNAL_ENDED);
	assert_int_equal(test->outcome.result, RESULT_FAIL);
	assert_int_equal(test->outcome.end_ns - test->outcome.begin_ns, 1500000);
	assert_int_equal(test->subtests_cnt, 3);
	assert_int_equal(test->subtests[2]->outcome.result, RESULT_UNREACHED);
	assert_int_equal(test->subtests[0]->outcome.result, RESULT_FAIL);
	assert_string_equal(test->subtests[0]->outcome.first_failure.text, "n: t");
	assert_int_equal(test->subtests[1]->outcome.result, RESULT_SKIP);
	assert_string_equal(test->subtests[1]->outcome.detail, "why");
	assert_false(test->subtests[1]->is_open);
	forget(&parsed);
}

static void who_did_not_end_is_suspected(void **state)
{
	struct parsed parsed;

	parse(&parsed, "{\"event\":\"test_begin\",\"test\":\"a\"}\n"
		       "{\"event\":\"subtest_begin\",\"test\":\"a\",\"subtest\":\"one\"}\n"
		       "{\"event\":\"test_begin\",\"test\":\"b\"}\n"
		       "{\"event\":\"test_begin\",\"test\":\"c\"}\n"
		       "{\"event\":\"run_begin\"}\n"
		       "{\"event\":\"test_begin\",\"test\":\"b\",\"alone\":true}\n"
		       "{\"event\":\"test_end\",\"test\":\"b\",\"result\":\"PASS\"}\n"
		       "{\"event\":\"test_begin\",\"test\":\"c\",\"alone\":true}\n"
		       "{\"event\":\"subtest_begin\",\"test\":\"c\",\"subtest\":\"guilty\"}\n");
	assert_int_equal(parsed.states[0], JOURNAL_SUSPECT);
	assert_int_equal(parsed.tests[0].subtests_cnt, 0);
	assert_int_equal(parsed.tests[0].outcome.result, RESULT_NOTRUN);
	assert_int_equal(parsed.states[1], JOURNAL_ENDED);
	assert_int_equal(parsed.states[2], JOURNAL_GUILTY);
	assert_non_null(test_outcome__open_subtest(&parsed.tests[2]));
	assert_int_equal(parsed.states[3], JOURNAL_UNKNOWN);
	forget(&parsed);
}

/* The status line of a suspect waits for its rerun, until a later end of the test says otherwise. */
static void who_waits_for_a_rerun(void **state)
{
	struct parsed parsed;

	parse(&parsed, "{\"event\":\"run_begin\"}\n"
		       "{\"event\":\"test_begin\",\"test\":\"a\"}\n"
		       "{\"event\":\"test_end\",\"test\":\"a\",\"result\":\"PASS\","
		       "\"suspected\":true}\n"
		       "{\"event\":\"test_begin\",\"test\":\"b\"}\n"
		       "{\"event\":\"test_end\",\"test\":\"b\",\"result\":\"PASS\"}\n"
		       "{\"event\":\"test_begin\",\"test\":\"c\"}\n"
		       "{\"event\":\"test_end\",\"test\":\"c\",\"result\":\"PASS\","
		       "\"suspected\":true}\n"
		       "{\"event\":\"test_begin\",\"test\":\"c\",\"again\":true}\n"
		       "{\"event\":\"test_end\",\"test\":\"c\",\"result\":\"PASS\"}\n"
		       "{\"event\":\"test_begin\",\"test\":\"d\"}\n"
		       "{\"event\":\"test_end\",\"test\":\"d\",\"result\":\"PASS\","
		       "\"suspected\":true}\n"
		       "{\"event\":\"test_begin\",\"test\":\"d\",\"again\":true}\n");
	assert_true(parsed.tests[0].waits_for_rerun);
	assert_false(parsed.tests[1].waits_for_rerun);
	assert_false(parsed.tests[2].waits_for_rerun);
	/* The kernel went down in the rerun: the test is convicted, and has a status line for that. */
	assert_int_equal(parsed.states[3], JOURNAL_GUILTY);
	assert_false(parsed.tests[3].waits_for_rerun);
	forget(&parsed);
}

/* Three tests, and a splat while the first two ran, which is not charged to any test. */
#define SPLAT_OF_A_OR_B                                                                \
	"{\"event\":\"run_begin\"}\n"                                                  \
	"{\"event\":\"test_begin\",\"test\":\"a\"}\n"                                  \
	"{\"event\":\"test_begin\",\"test\":\"b\"}\n"                                  \
	"{\"event\":\"splat\",\"title\":\"WARNING: f at f.c:1\",\"expected\":false}\n" \
	"{\"event\":\"splat\",\"title\":\"WARNING: g at g.c:1\",\"test\":\"a\"}\n"     \
	"{\"event\":\"test_end\",\"test\":\"a\",\"result\":\"PASS\"}\n"                \
	"{\"event\":\"test_end\",\"test\":\"b\",\"result\":\"PASS\"}\n"                \
	"{\"event\":\"test_begin\",\"test\":\"c\"}\n"

static void a_splat_that_no_test_is_charged_with_keeps_its_suspects(void **state)
{
	struct parsed parsed;

	parse(&parsed, SPLAT_OF_A_OR_B);
	assert_int_equal(parsed.splats.cnt, 1);
	assert_string_equal(parsed.splats.list[0].splat->title, "WARNING: f at f.c:1");
	assert_true(open_splats__has_suspect(&parsed.splats, 0));
	assert_true(open_splats__has_suspect(&parsed.splats, 1));
	assert_false(open_splats__has_suspect(&parsed.splats, 2));
	assert_int_equal(parsed.states[0], JOURNAL_ENDED);
	forget(&parsed);
	/* A test that was running when the kernel crashed no longer runs after the restart. */
	parse(&parsed, "{\"event\":\"test_begin\",\"test\":\"a\"}\n"
		       "{\"event\":\"run_begin\"}\n"
		       "{\"event\":\"splat\",\"title\":\"t\"}\n");
	assert_int_equal(parsed.splats.cnt, 1);
	assert_int_equal(parsed.splats.list[0].suspects_cnt, 0);
	forget(&parsed);
}

static void a_suspect_of_a_splat_that_has_run_again_is_decided(void **state)
{
	struct parsed parsed;

	parse(&parsed,
	      SPLAT_OF_A_OR_B "{\"event\":\"test_begin\",\"test\":\"a\",\"again\":true}\n"
			      "{\"event\":\"subtest_begin\",\"test\":\"a\",\"subtest\":\"one\"}\n"
			      "{\"event\":\"test_end\",\"test\":\"a\",\"result\":\"PASS\"}\n");
	assert_int_equal(parsed.states[0], JOURNAL_ENDED);
	assert_int_equal(parsed.tests[0].subtests_cnt, 0);
	assert_false(open_splats__has_suspect(&parsed.splats, 0));
	assert_true(open_splats__has_suspect(&parsed.splats, 1));
	forget(&parsed);
	parse(&parsed,
	      SPLAT_OF_A_OR_B "{\"event\":\"test_begin\",\"test\":\"b\",\"again\":true}\n"
			      "{\"event\":\"test_end\",\"test\":\"b\",\"result\":\"SPLAT\"}\n");
	assert_int_equal(parsed.tests[1].outcome.result, RESULT_SPLAT);
	assert_int_equal(parsed.splats.cnt, 0);
	forget(&parsed);
}

static void a_suspect_of_a_splat_that_takes_the_kernel_down_is_guilty(void **state)
{
	struct parsed parsed;

	parse(&parsed,
	      SPLAT_OF_A_OR_B "{\"event\":\"test_end\",\"test\":\"c\",\"result\":\"PASS\"}\n"
			      "{\"event\":\"test_begin\",\"test\":\"b\",\"again\":true}\n"
			      "{\"event\":\"subtest_begin\",\"test\":\"b\",\"subtest\":\"one\"}\n");
	assert_int_equal(parsed.states[0], JOURNAL_ENDED);
	assert_int_equal(parsed.states[1], JOURNAL_GUILTY);
	assert_int_equal(parsed.states[2], JOURNAL_ENDED);
	assert_int_equal(parsed.splats.cnt, 0);
	forget(&parsed);
}

#define FIRST_BOOT     "{\"event\":\"run_begin\",\"boot_id\":\"first\"}\n"
#define SECOND_BOOT    "{\"event\":\"run_begin\",\"boot_id\":\"second\"}\n"
#define BEGIN(how)     "{\"event\":\"test_begin\"," how "}\n"
#define A_BEGINS_ALONE BEGIN("\"test\":\"a\",\"alone\":true")
#define B_BEGINS_ALONE BEGIN("\"test\":\"b\",\"alone\":true")
#define B_BEGINS_AGAIN BEGIN("\"test\":\"b\",\"again\":true")
#define C_BEGINS_ALONE BEGIN("\"test\":\"c\",\"alone\":true")

static void who_ran_alone_is_guilty_only_if_the_kernel_went_down(void **state)
{
	static const char alone[] = FIRST_BOOT A_BEGINS_ALONE
		"{\"event\":\"subtest_begin\",\"test\":\"a\",\"subtest\":\"one\"}\n";
	struct parsed parsed;

	parse_in_boot(&parsed, alone, "first");
	assert_int_equal(parsed.states[0], JOURNAL_SUSPECT);
	assert_int_equal(parsed.tests[0].subtests_cnt, 0);
	forget(&parsed);
	parse_in_boot(&parsed, alone, "second");
	assert_int_equal(parsed.states[0], JOURNAL_GUILTY);
	forget(&parsed);
	parse_in_boot(&parsed, alone, NULL);
	assert_int_equal(parsed.states[0], JOURNAL_GUILTY);
	forget(&parsed);
}

static void each_part_of_a_run_has_its_boot(void **state)
{
	struct parsed parsed;

	/*
	 * The kernel crashed while test a ran; in the next boot, only the runner was killed, in
	 * test b.
	 */
	parse_in_boot(&parsed, FIRST_BOOT A_BEGINS_ALONE SECOND_BOOT B_BEGINS_ALONE, "second");
	assert_int_equal(parsed.states[0], JOURNAL_GUILTY);
	assert_int_equal(parsed.states[1], JOURNAL_SUSPECT);
	forget(&parsed);
	/* The runner was killed in test b; then the kernel crashed in test c. */
	parse_in_boot(&parsed, SPLAT_OF_A_OR_B FIRST_BOOT B_BEGINS_AGAIN FIRST_BOOT C_BEGINS_ALONE,
		      "second");
	assert_int_equal(parsed.states[1], JOURNAL_ENDED);
	assert_int_equal(parsed.states[2], JOURNAL_GUILTY);
	assert_int_equal(parsed.splats.cnt, 1);
	forget(&parsed);
}

static void a_suspect_of_a_splat_whose_runner_was_killed_stays_one(void **state)
{
	struct parsed parsed;

	parse_in_boot(&parsed, SPLAT_OF_A_OR_B FIRST_BOOT B_BEGINS_AGAIN, "first");
	assert_int_equal(parsed.states[1], JOURNAL_ENDED);
	assert_int_equal(parsed.tests[1].outcome.result, RESULT_PASS);
	assert_true(open_splats__has_suspect(&parsed.splats, 1));
	forget(&parsed);
}

static void what_is_no_event_is_passed_over(void **state)
{
	struct parsed parsed;

	parse(&parsed, "\n{\n[]\nnull\n{}\n{\"event\":1,\"test\":2}\n{\"test\":\"a\"}\n"
		       "{\"event\":\"subtest_end\",\"test\":\"b\",\"result\":\"PASS\"}\n"
		       "{\"event\":\"test_begin\",\"test\":\"unknown\"}\n"
		       "{\"event\":\"test_end\",\"test\":\"a\",\"result\":\"WHAT\"}\n"
		       "{\"event\":\"test_beg");
	/* An unknown result word does not count as a result. */
	assert_int_equal(parsed.states[0], JOURNAL_SUSPECT);
	assert_int_equal(parsed.states[1], JOURNAL_UNKNOWN);
	forget(&parsed);
}

static void numbers_that_no_run_writes_are_cut(void **state)
{
	struct parsed parsed;
	const struct test_outcome *test = &parsed.tests[0];

	parse(&parsed, "{\"event\":\"test_begin\",\"test\":\"a\"}\n"
		       "{\"event\":\"test_end\",\"test\":\"a\",\"result\":\"FAIL\","
		       "\"duration_us\":9223372036854775807,\"failed_assertions\":-5,"
		       "\"left_processes\":99999999999}\n");
	assert_int_equal(parsed.states[0], JOURNAL_ENDED);
	assert_true(test->outcome.end_ns > test->outcome.begin_ns);
	assert_int_equal(test->outcome.failures, 0);
	assert_int_equal(test->left_processes, INT_MAX);
	forget(&parsed);
}

#define ON_1(event, more) "{\"event\":\"" event "\",\"machine\":1" more "}\n"

static void who_ran_on_another_machine_runs_again(void **state)
{
	struct parsed parsed;

	parse_in_boot(&parsed,
		      FIRST_BOOT BEGIN("\"test\":\"a\"") ON_1("test_begin", ",\"test\":\"b\"")
			      ON_1("subtest_begin", ",\"test\":\"b\",\"subtest\":\"x\"")
				      ON_1("test_begin", ",\"test\":\"c\",\"alone\":true")
					      ON_1("test_begin", ",\"test\":\"d\"")
						      ON_1("test_end", ",\"test\":\"d\","
								       "\"result\":\"PASS\""),
		      "second");
	assert_int_equal(parsed.states[0], JOURNAL_SUSPECT);
	assert_int_equal(parsed.states[1], JOURNAL_ELSEWHERE);
	assert_int_equal(parsed.tests[1].subtests_cnt, 0);
	assert_int_equal(parsed.tests[1].outcome.result, RESULT_NOTRUN);
	assert_int_equal(parsed.states[2], JOURNAL_ELSEWHERE);
	assert_int_equal(parsed.states[3], JOURNAL_ENDED);
	forget(&parsed);
}

static void only_tests_of_the_same_machine_are_suspects(void **state)
{
	static const char events[] = FIRST_BOOT BEGIN("\"test\":\"a\"")
		ON_1("test_begin", ",\"test\":\"b\"") ON_1("splat", ",\"title\":\"t\"");
	struct parsed parsed;

	parse(&parsed, events);
	assert_int_equal(parsed.splats.cnt, 1);
	assert_false(open_splats__has_suspect(&parsed.splats, 0));
	assert_true(open_splats__has_suspect(&parsed.splats, 1));
	forget(&parsed);
}

static void a_rerun_that_ends_with_its_machine_changes_nothing(void **state)
{
	struct parsed parsed;

	parse_in_boot(&parsed,
		      SPLAT_OF_A_OR_B FIRST_BOOT ON_1("test_begin",
						      ",\"test\":\"b\",\"again\":true"),
		      "second");
	assert_int_equal(parsed.states[1], JOURNAL_ENDED);
	assert_int_equal(parsed.splats.cnt, 1);
	forget(&parsed);
	parse_in_boot(&parsed,
		      SPLAT_OF_A_OR_B FIRST_BOOT ON_1("test_begin",
						      ",\"test\":\"b\",\"again\":true")
			      ON_1("machine_gone", "") BEGIN("\"test\":\"b\",\"again\":true"),
		      "second");
	assert_int_equal(parsed.states[1], JOURNAL_GUILTY);
	forget(&parsed);
}

static void a_test_that_is_dropped_runs_no_more(void **state)
{
	struct parsed parsed;

	parse(&parsed,
	      FIRST_BOOT ON_1("test_begin", ",\"test\":\"a\"")
		      ON_1("test_dropped", ",\"test\":\"a\"") ON_1("splat", ",\"title\":\"t\""));
	assert_int_equal(parsed.splats.list[0].suspects_cnt, 0);
	assert_int_equal(parsed.states[0], JOURNAL_ELSEWHERE);
	forget(&parsed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_are_kept),
		cmocka_unit_test(who_did_not_end_is_suspected),
		cmocka_unit_test(who_waits_for_a_rerun),
		cmocka_unit_test(a_splat_that_no_test_is_charged_with_keeps_its_suspects),
		cmocka_unit_test(a_suspect_of_a_splat_that_has_run_again_is_decided),
		cmocka_unit_test(a_suspect_of_a_splat_that_takes_the_kernel_down_is_guilty),
		cmocka_unit_test(who_ran_alone_is_guilty_only_if_the_kernel_went_down),
		cmocka_unit_test(each_part_of_a_run_has_its_boot),
		cmocka_unit_test(a_suspect_of_a_splat_whose_runner_was_killed_stays_one),
		cmocka_unit_test(who_ran_on_another_machine_runs_again),
		cmocka_unit_test(only_tests_of_the_same_machine_are_suspects),
		cmocka_unit_test(a_rerun_that_ends_with_its_machine_changes_nothing),
		cmocka_unit_test(a_test_that_is_dropped_runs_no_more),
		cmocka_unit_test(what_is_no_event_is_passed_over),
		cmocka_unit_test(numbers_that_no_run_writes_are_cut),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
