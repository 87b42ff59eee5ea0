// SPDX-License-Identifier: GPL-2.0-only
/* Prints status lines on stdout, and slow tests on stderr. Reads results, decides nothing. */
#include <stdlib.h>
#include <string.h>

#include "runner/reports/status_lines.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/printable.h"

/* A reason stands below the name. A line that begins with a blank is no status line. */
#define REASON_INDENT "         "

/* Return: true if output is shown as it comes: -v or --gdb, and one test runs at a time. */
static bool is_live(const struct run_options *options)
{
	return (options->verbosity || options->tracer == TRACER_GDB) && options->jobs == 1 &&
	       !options->machines.peers_cnt;
}

static void print_printable(const char *text, size_t len_bytes)
{
	char *shown = printable(text, len_bytes);

	if (shown)
		fputs(shown, stdout);
	free(shown);
}

/* A newline in a name or a reason must not begin a new line. */
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

static void print_reason(const char *reason)
{
	fputs(REASON_INDENT "(", stdout);
	print_word(stdout, reason);
	puts(")");
}

static void print_name(const struct test_outcome *test, const struct outcome *subtest)
{
	fputs(test->outcome.name, stdout);
	if (!subtest)
		return;
	putchar('/');
	print_word(stdout, subtest->name);
}

/*
 * Print a line that only consists of number, name and status word, because programs that read the
 * output take `^#N NAME:(OK|FAIL|SKIP)$`. The reason is below it.
 */
static void print_status_line(const struct test_outcome *test, const struct outcome *subtest)
{
	const struct outcome *outcome = subtest ?: &test->outcome;
	int skipped = test_outcome__skipped_subtests(test);
	char number[32];

	snprintf(number, sizeof(number), subtest ? "%d/%d" : "%d", test->outcome.number,
		 outcome->number);
	printf("#%-7s ", number);
	print_name(test, subtest);
	printf(":%s\n", status_word(outcome->result));
	if (outcome->result == RESULT_PASS && !subtest && skipped)
		printf(REASON_INDENT "(SKIP: %d/%d)\n", skipped, test->subtests_seen);
	else if (outcome->result == RESULT_SKIP)
		print_reason(outcome->detail ?: "reason not given");
	else if (outcome->result != RESULT_PASS && outcome->detail)
		print_reason(outcome->detail);
}

bool status_lines__shows_log(const struct run_options *options, const struct outcome *outcome)
{
	return result__is_failure(outcome->result) || outcome->force_log ||
	       (options->verbosity && !is_live(options));
}

static void print_test(const struct run_options *options, const struct test_outcome *test)
{
	int i;

	if (status_lines__shows_log(options, &test->outcome))
		print_log(&test->outcome.log);
	for (i = 0; i < test->subtests_cnt; i++) {
		const struct outcome *subtest = &test->subtests[i]->outcome;

		if (status_lines__shows_log(options, subtest))
			print_log(&subtest->log);
		print_status_line(test, subtest);
	}
	print_status_line(test, NULL);
}

/* Print a failure once more, in a form that is not counted a second time. */
static void print_failure(const struct test_outcome *test, const struct outcome *subtest)
{
	const struct outcome *outcome = subtest ?: &test->outcome;
	autofree char *reason = test_outcome__explain(test, outcome);

	printf("Failed: #%d", test->outcome.number);
	if (subtest)
		printf("/%d", subtest->number);
	putchar(' ');
	print_name(test, subtest);
	/* The log of a failed assertion says what failed. */
	if (reason && (outcome->detail || !outcome->log.total_bytes)) {
		fputs(" (", stdout);
		print_word(stdout, reason);
		putchar(')');
	}
	putchar('\n');
	print_log(&outcome->log);
}

static void print_failures(const struct test_outcome *test)
{
	int i, failed = 0;

	for (i = 0; i < test->subtests_cnt; i++) {
		if (!result__is_failure(test->subtests[i]->outcome.result))
			continue;
		print_failure(test, &test->subtests[i]->outcome);
		failed++;
	}
	/* A test that failed only in its subtests needs no line of its own. */
	if (!failed || test->outcome.detail || test->outcome.log.total_bytes)
		print_failure(test, NULL);
}

/* End the last line of live output, which may lack its newline. */
static void end_live_line(const struct capped_log *log)
{
	if (log->total_bytes && log->last != '\n')
		putchar('\n');
}

static void show_output(const struct run_options *options, const struct event *event)
{
	if (!is_live(options))
		return;
	print_printable(event->output.text, event->output.len_bytes);
	fflush(stdout);
}

static void show_subtest(const struct run_options *options, const struct test_outcome *test,
			 const struct outcome *subtest)
{
	if (!is_live(options))
		return;
	end_live_line(&subtest->log);
	print_status_line(test, subtest);
}

static void show_slow(const struct event *event)
{
	bool is_subtest = event->where != &event->test->outcome;

	fflush(stdout);
	fprintf(stderr, "slow: #%d %s%s", event->test->outcome.number, event->test->outcome.name,
		is_subtest ? "/" : "");
	if (is_subtest)
		print_word(stderr, event->where->name);
	fprintf(stderr, " has been running for %.1f s\n",
		(double)(clock__now_ns() - event->where->begin_ns) / NS_PER_S);
}

static void show_test(const struct run_options *options, const struct test_outcome *test)
{
	if (is_live(options)) {
		end_live_line(&test->outcome.log);
		print_status_line(test, NULL);
	} else {
		print_test(options, test);
	}
	fflush(stdout);
}

static void show_cleared(const struct event *event)
{
	printf("rerun alone: #%d %s: %s\n", event->test->outcome.number, event->test->outcome.name,
	       event->cleared.is_incomplete ? "ended too early to tell" : "did not reproduce");
	fflush(stdout);
}

/* Print leftovers without a test. A test that is charged with one has a line in its log. */
static void show_left_behind(const struct event *event)
{
	if (event->test)
		return;
	printf("left behind, killed: %s\n", event->left.what);
	fflush(stdout);
}

static void show_gone(const struct event *event)
{
	printf("Machine %d is gone", event->machine);
	if (event->gone.reason) {
		fputs(": ", stdout);
		print_word(stdout, event->gone.reason);
	}
	printf("; %d test%s ran there\n", event->gone.running_cnt,
	       event->gone.running_cnt == 1 ? "" : "s");
	fflush(stdout);
}

void status_lines__listen(void *context, const struct event *event)
{
	const struct run_options *options = context;

	switch (event->kind) {
	case EVENT_OUTPUT:
		show_output(options, event);
		break;
	case EVENT_SUBTEST_END:
		show_subtest(options, event->test, event->where);
		break;
	case EVENT_SLOW:
		show_slow(event);
		break;
	case EVENT_TEST_END:
		show_test(options, event->test);
		break;
	case EVENT_RERUN_CLEARED:
		show_cleared(event);
		break;
	case EVENT_LEFT_BEHIND:
		show_left_behind(event);
		break;
	case EVENT_MACHINE_GONE:
		show_gone(event);
		break;
	default:
		break;
	}
}

void status_lines__print_failures(const struct run_options *options, const struct tests *tests)
{
	int i;

	if (options->verbosity || options->no_error_summary)
		return;
	puts("\nAll error logs:");
	for (i = 0; i < tests->cnt; i++) {
		if (result__is_failure(tests->all[i].outcome.result))
			print_failures(&tests->all[i]);
	}
}

void status_lines__print_not_run(const struct tests *tests, const char *reason)
{
	int i, cnt = 0;

	for (i = 0; i < tests->cnt; i++)
		cnt += tests->all[i].outcome.result == RESULT_NOTRUN;
	if (!cnt)
		return;
	printf("Not run: %d test%s (%s)\n", cnt, cnt == 1 ? "" : "s", reason);
	for (i = 0; i < tests->cnt; i++) {
		if (tests->all[i].outcome.result == RESULT_NOTRUN)
			printf("  #%-7d %s\n", tests->all[i].outcome.number,
			       tests->all[i].outcome.name);
	}
}

void status_lines__print_tolerated(const struct tests *tests)
{
	const struct test_outcome *test;
	const char *reason;
	int i, k, cnt = 0;

	for (i = 0; i < tests->cnt; i++) {
		test = &tests->all[i];
		for (k = 0; k < test->left_cnt; k++) {
			reason = test_outcome__tolerates(test, test->left_behind[k]);
			if (!reason)
				continue;
			if (!cnt++)
				puts("Tolerated, left behind:");
			printf("  %s: ", test->outcome.name);
			print_word(stdout, test->left_behind[k]);
			printf(" (%s)\n", reason);
		}
	}
}

void status_lines__print_summary(const struct run_totals *totals)
{
	printf("Summary: %d/%d PASSED, %d SKIPPED", totals->tests_passed, totals->subtests_passed,
	       totals->skipped);
	if (totals->not_built)
		printf(" (%d not built)", totals->not_built);
	printf(", %d/%d FAILED\n", totals->tests_failed, totals->subtests_failed);
	fflush(stdout);
}
