// SPDX-License-Identifier: GPL-2.0-only
/* The lines on stdout. Reads results, decides nothing. */
#include <stdlib.h>
#include <string.h>

#include "runner/system/clock.h"
#include "runner/text/printable.h"
#include "runner/reports/status_lines.h"
#include "runner/blame/undecided.h"
#include "runner/process/unit.h"

/*
 * Failed logs are kept for the replay and the JSON report. What a test may keep shrinks once a
 * run has kept this much.
 */
#define KEPT_LOGS_MAX_BYTES (256ULL << 20)

static bool is_live(const struct runner *runner)
{
	return (runner->options->verbosity || runner->options->tracer == TRACER_GDB) &&
	       runner->options->jobs == 1;
}

static void print_printable(const char *text, size_t len_bytes)
{
	char *shown = printable(text, len_bytes);

	if (shown)
		fputs(shown, stdout);
	free(shown);
}

/* Names and reasons: a newline in them must not make a line of its own. */
static void print_word(FILE *out, const char *text)
{
	char *shown = printable_line(text, strlen(text));

	if (shown)
		fputs(shown, out);
	free(shown);
}

static void print_log(const struct capped_log *log)
{
	size_t len;
	char *text;

	if (!log->total_bytes)
		return;
	text = capped_log__text(log, &len);
	if (!text)
		return;
	print_printable(text, len);
	if (len && text[len - 1] != '\n')
		putchar('\n');
	free(text);
}

static const char *status_word(enum result result)
{
	if (result == RESULT_PASS)
		return "OK";
	return result == RESULT_SKIP ? "SKIP" : "FAIL";
}

/* The detail is what follows the word in parentheses; a skip always has one. */
static void print_status(const struct outcome *outcome)
{
	fputs(status_word(outcome->result), stdout);
	if (outcome->result == RESULT_PASS)
		return;
	if (outcome->detail || outcome->result == RESULT_SKIP) {
		fputs(" (", stdout);
		if (outcome->detail)
			print_word(stdout, outcome->detail);
		else
			fputs("reason not given", stdout);
		putchar(')');
	}
}

static void print_subtest_line(const struct test_outcome *test, const struct outcome *subtest)
{
	char number[32];

	snprintf(number, sizeof(number), "%d/%d", test->outcome.number, subtest->number);
	printf("#%-7s %s/", number, test->outcome.name);
	print_word(stdout, subtest->name);
	putchar(':');
	print_status(subtest);
	putchar('\n');
}

static void print_test_line(const struct test_outcome *test)
{
	int skipped = test_outcome__skipped_subtests(test);

	printf("#%-7d %s:", test->outcome.number, test->outcome.name);
	print_status(&test->outcome);
	if (test->outcome.result == RESULT_PASS && skipped)
		printf(" (SKIP: %d/%d)", skipped, test->subtests_met);
	putchar('\n');
}

static bool shows_log(const struct runner *runner, const struct outcome *outcome)
{
	return result__is_failure(outcome->result) || outcome->force_log ||
	       (runner->options->verbosity && !is_live(runner));
}

static void print_test(const struct runner *runner, const struct test_outcome *test,
		       bool failures_only)
{
	int i;

	if (shows_log(runner, &test->outcome))
		print_log(&test->outcome.log);
	for (i = 0; i < test->subtests_cnt; i++) {
		const struct outcome *subtest = &test->subtests[i]->outcome;

		if (failures_only && !result__is_failure(subtest->result))
			continue;
		if (shows_log(runner, subtest))
			print_log(&subtest->log);
		print_subtest_line(test, subtest);
	}
	print_test_line(test);
}

/* What was shown live may have stopped within a line. */
static void end_live_line(const struct capped_log *log)
{
	if (log->total_bytes && log->last != '\n')
		putchar('\n');
}

void report__live_output(struct runner *runner, const char *text, size_t len_bytes)
{
	if (!is_live(runner))
		return;
	print_printable(text, len_bytes);
	fflush(stdout);
}

void report__live_subtest(struct runner *runner, const struct test_outcome *test,
			  const struct outcome *subtest)
{
	if (!is_live(runner))
		return;
	end_live_line(&subtest->log);
	print_subtest_line(test, subtest);
}

void report__slow(struct runner *runner, struct test_outcome *test)
{
	struct subtest_outcome *subtest = test_outcome__open_subtest(test);
	const struct outcome *outcome = subtest ? &subtest->outcome : &test->outcome;

	fflush(stdout);
	fprintf(stderr, "slow: #%d %s%s", test->outcome.number, test->outcome.name,
		subtest ? "/" : "");
	if (subtest)
		print_word(stderr, outcome->name);
	fprintf(stderr, " has been running for %.1f s\n",
		(clock__now_ns() - outcome->begin_ns) / 1e9);
}

void report__settle_log(struct runner *runner, struct outcome *outcome)
{
	static const char note[] = "[this log was dropped: the run has kept too much already]\n";
	struct capped_log *log = &outcome->log;

	if (!shows_log(runner, outcome)) {
		capped_log__free(log);
	} else if (runner->kept_log_bytes > KEPT_LOGS_MAX_BYTES) {
		capped_log__free(log);
		capped_log__add(log, note, strlen(note));
	} else {
		runner->kept_log_bytes += log->head_bytes + log->tail_bytes;
	}
}

/* Once it is shown, only the replay and the JSON report need a log, and only of a failure. */
static void free_shown_log(struct runner *runner, struct outcome *outcome)
{
	if (result__is_failure(outcome->result))
		return;
	runner->kept_log_bytes -= outcome->log.head_bytes + outcome->log.tail_bytes;
	capped_log__free(&outcome->log);
}

void report__test(struct runner *runner, struct test_outcome *test)
{
	int i;

	events__test_end(&runner->events, test);
	report__settle_log(runner, &test->outcome);
	if (is_live(runner)) {
		struct subtest_outcome *last =
			test->subtests_cnt ? test->subtests[test->subtests_cnt - 1] : NULL;

		/* The line of a subtest that the test did not live to end is still to come. */
		if (last && last->was_cut_short)
			report__live_subtest(runner, test, &last->outcome);
		end_live_line(&test->outcome.log);
		print_test_line(test);
	} else {
		print_test(runner, test, false);
	}
	fflush(stdout);
	free_shown_log(runner, &test->outcome);
	for (i = 0; i < test->subtests_cnt; i++)
		free_shown_log(runner, &test->subtests[i]->outcome);
}

void report__totals(const struct runner *runner, struct run_totals *totals)
{
	int i, k;

	memset(totals, 0, sizeof(*totals));
	for (i = 0; i < runner->tests_cnt; i++) {
		const struct test_outcome *test = &runner->tests[i];

		if (!registry__is_built(test->entry))
			totals->not_built++;
		for (k = 0; k < test->subtests_cnt; k++) {
			enum result result = test->subtests[k]->outcome.result;

			totals->subtests_passed += result == RESULT_PASS;
			totals->skipped += result == RESULT_SKIP;
			totals->subtests_failed += result__is_failure(result);
		}
		switch (test->outcome.result) {
		case RESULT_PASS:
			totals->tests_passed++;
			break;
		case RESULT_SKIP:
			/* Where subtests are what was skipped they are counted already. */
			totals->skipped += !test->subtests_cnt ||
					   test_outcome__skipped_subtests(test) <
						   test->subtests_cnt;
			break;
		case RESULT_NOTRUN:
			totals->tests_not_run++;
			break;
		default:
			totals->tests_failed++;
		}
	}
}

static void print_failures_again(const struct runner *runner)
{
	int i;

	puts("\nAll error logs:");
	for (i = 0; i < runner->tests_cnt; i++) {
		if (result__is_failure(runner->tests[i].outcome.result))
			print_test(runner, &runner->tests[i], true);
	}
}

static void print_not_run(const struct runner *runner, int cnt)
{
	int i;

	printf("Not run: %d test%s (%s)\n", cnt, cnt == 1 ? "" : "s",
	       runner->stop_reason ?: "the run was stopped");
	for (i = 0; i < runner->tests_cnt; i++) {
		if (runner->tests[i].outcome.result == RESULT_NOTRUN)
			printf("  #%-7d %s\n", runner->tests[i].outcome.number,
			       runner->tests[i].outcome.name);
	}
}

void report__summary(struct runner *runner, const struct run_totals *totals)
{
	if (totals->tests_failed && !runner->options->verbosity &&
	    !runner->options->no_error_summary)
		print_failures_again(runner);
	if (totals->tests_not_run)
		print_not_run(runner, totals->tests_not_run);
	splats__print(runner, stdout);
	audit__print(runner, stdout);
	undecided__print(runner, stdout);
	kept__print(&runner->kept, stdout);
	printf("Summary: %d/%d PASSED, %d SKIPPED", totals->tests_passed, totals->subtests_passed,
	       totals->skipped);
	if (totals->not_built)
		printf(" (%d not built)", totals->not_built);
	printf(", %d/%d FAILED\n", totals->tests_failed, totals->subtests_failed);
	fflush(stdout);
}
