// SPDX-License-Identifier: GPL-2.0-only
/* Prints on stdout. Reads results, decides nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/reports/repeat_command.h"
#include "runner/reports/run_summary.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/printable.h"

/* Longer lists are cut; the report has everything. */
#define FAILURES_MAX   100
#define REASONS_MAX    10
#define SLOWEST_MAX    5
#define ALIKE_MAX      8
/* A run that takes less has no slow tests. */
#define SLOW_RUN_S     10
/* A reason or an assertion may have many lines and be long. */
#define TEXT_MAX_BYTES 160

/* Print the first line of a text, at most TEXT_MAX_BYTES. */
static void print_text(const char *text)
{
	size_t len = strcspn(text, "\n");
	autofree char *shown = printable_line(text, len < TEXT_MAX_BYTES ? len : TEXT_MAX_BYTES);

	fputs(shown ?: "", stdout);
	if (len > TEXT_MAX_BYTES || text[len])
		fputs(" ...", stdout);
}

static void print_name(const struct test_outcome *test, const struct outcome *subtest)
{
	fputs(test->outcome.name, stdout);
	if (!subtest)
		return;
	putchar('/');
	print_text(subtest->name);
}

/* Print the command that runs this test, or subtest, in the same way. */
static void print_command(const struct run_summary *summary, const struct test_outcome *test,
			  const struct outcome *subtest)
{
	const struct run_options *options = summary->options;
	const struct repeated_run run = {
		.vmtest = getenv("VMTEST_COMMAND"),
		.program = program_invocation_name,
		.jobs = options->parallel ? options->jobs : 0,
		.seed = options->shuffle ? &summary->seed : NULL,
	};
	autofree char *command = repeat_command(&run, &test->outcome, subtest);

	printf("      %s%s%s\n", screen__style(summary->screen, STYLE_MINOR), command ?: "",
	       screen__style(summary->screen, STYLE_END));
}

/*
 * Print where a test crashed or hung: the first frame in the suite's own sources, of the backtrace in
 * its log. The C library was compiled below its own folder, so its sources begin with a dot.
 */
static void print_frame(const struct outcome *outcome)
{
	autofree char *log = NULL, *place = NULL;
	const char *line, *at;
	size_t len;

	if (outcome->result != RESULT_CRASH && outcome->result != RESULT_TIMEOUT)
		return;
	log = capped_log__text(&outcome->log, &len);
	line = log ? strstr(log, "backtrace") : NULL;
	while (!place && line && (line = strstr(line, "\n  #"))) {
		len = strcspn(++line, "\n");
		at = memmem(line, len, " at ", 4);
		if (at && at[4] != '.')
			place = strndup(at, line + len - at);
	}
	if (place)
		print_text(place);
}

/* An assertion that failed before a test crashed or hung often tells why. */
static void print_earlier_assertion(const struct outcome *outcome)
{
	const struct failed_assertion *assertion = &outcome->first_failure;

	if (!outcome->detail || !assertion->file)
		return;
	printf("      before that: %s:%d  ", assertion->file, assertion->line);
	print_text(assertion->text ?: "");
	putchar('\n');
}

static void print_failure(const struct run_summary *summary, const struct test_outcome *test,
			  const struct outcome *subtest)
{
	const struct outcome *outcome = subtest ?: &test->outcome;
	const struct failed_assertion *assertion = &outcome->first_failure;
	autofree char *reason = test_outcome__explain(test, outcome);

	printf("%sFAIL%s  ", screen__style(summary->screen, STYLE_FAIL),
	       screen__style(summary->screen, STYLE_END));
	print_name(test, subtest);
	if (assertion->file && !outcome->detail)
		printf("  %s:%d", assertion->file, assertion->line);
	fputs("  ", stdout);
	print_text(reason ?: "");
	if (outcome->detail)
		print_frame(outcome);
	putchar('\n');
	print_earlier_assertion(outcome);
	print_command(summary, test, subtest);
}

/* Return: whether two subtests failed at the same place and for the same reason. */
static bool fail_alike(const struct test_outcome *test, const struct outcome *one,
		       const struct outcome *other)
{
	autofree char *why = test_outcome__explain(test, one);
	autofree char *other_why = test_outcome__explain(test, other);

	return one->first_failure.line == other->first_failure.line &&
	       !strcmp(one->first_failure.file ?: "", other->first_failure.file ?: "") && why &&
	       other_why && !strcmp(why, other_why);
}

/*
 * Print the names of the subtests behind the one with index @first that failed like it.
 *
 * Return: the index of the last one.
 */
static int print_alike(const struct test_outcome *test, int first)
{
	const struct outcome *one = &test->subtests[first]->outcome;
	int i, last = first, cnt = 0;

	for (i = first + 1; i < test->subtests_cnt; i++) {
		const struct outcome *other = &test->subtests[i]->outcome;

		if (!result__is_failure(other->result))
			continue;
		if (!fail_alike(test, one, other))
			break;
		if (cnt++ < ALIKE_MAX) {
			fputs(cnt == 1 ? "      so do: " : ", ", stdout);
			print_text(other->name);
		}
		last = i;
	}
	if (cnt > ALIKE_MAX)
		printf(" and %d more", cnt - ALIKE_MAX);
	if (cnt)
		putchar('\n');
	return last;
}

/* Print the failures of a test, as far as @room goes. Return: their number. */
static int print_failures(const struct run_summary *summary, const struct test_outcome *test,
			  int room)
{
	int i, failed = 0;

	for (i = 0; i < test->subtests_cnt; i++) {
		const struct outcome *subtest = &test->subtests[i]->outcome;

		if (!result__is_failure(subtest->result))
			continue;
		if (failed++ >= room)
			continue;
		print_failure(summary, test, subtest);
		i = print_alike(test, i);
	}
	/*
	 * A test that failed only in its subtests needs no line of its own, nor does one that ended in a
	 * subtest: the line of that subtest says the same.
	 */
	if (failed && (!test->outcome.detail || test_outcome__ended_in_subtest(test)) &&
	    !test->outcome.failures)
		return failed;
	if (failed < room)
		print_failure(summary, test, NULL);
	return failed + 1;
}

void run_summary__print_failures(const struct run_summary *summary)
{
	const struct tests *tests = summary->tests;
	int i, cnt = 0;

	if (summary->options->no_error_summary)
		return;
	puts("\nFailed:");
	for (i = 0; i < tests->cnt; i++)
		if (result__is_failure(tests->all[i].outcome.result))
			cnt += print_failures(summary, &tests->all[i], FAILURES_MAX - cnt);
	if (cnt > FAILURES_MAX)
		printf("  and %d more, which are in the report (-J, --results)\n",
		       cnt - FAILURES_MAX);
}

struct reason {
	const char *text;
	int cnt;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct reason *)a)->text, ((const struct reason *)b)->text);
}

static int by_number(const void *a, const void *b)
{
	const struct reason *one = a, *other = b;

	return other->cnt - one->cnt ?: strcmp(one->text, other->text);
}

static void add_reason(struct reason **reasons, size_t *cnt, const struct outcome *outcome)
{
	struct reason *grown = reallocarray(*reasons, *cnt + 1, sizeof(*grown));

	if (!grown)
		return;
	*reasons = grown;
	grown[(*cnt)++] = (struct reason){ outcome->detail ?: "reason not given", 1 };
}

/* Add up equal reasons. Return: the number of different ones. */
static size_t add_up(struct reason *reasons, size_t cnt)
{
	size_t i, to = 0;

	qsort(reasons, cnt, sizeof(*reasons), by_text);
	for (i = 0; i < cnt; i++) {
		if (to && !strcmp(reasons[to - 1].text, reasons[i].text))
			reasons[to - 1].cnt++;
		else
			reasons[to++] = reasons[i];
	}
	qsort(reasons, to, sizeof(*reasons), by_number);
	return to;
}

static void collect_reasons(const struct tests *tests, struct reason **reasons, size_t *cnt)
{
	int i, k;

	for (i = 0; i < tests->cnt; i++) {
		const struct test_outcome *test = &tests->all[i];

		for (k = 0; k < test->subtests_cnt; k++)
			if (test->subtests[k]->outcome.result == RESULT_SKIP)
				add_reason(reasons, cnt, &test->subtests[k]->outcome);
		if (test->outcome.result == RESULT_SKIP && !test->skip_is_derived)
			add_reason(reasons, cnt, &test->outcome);
	}
}

void run_summary__print_skips(const struct run_summary *summary)
{
	autofree struct reason *reasons = NULL;
	size_t i, cnt = 0;

	collect_reasons(summary->tests, &reasons, &cnt);
	if (!cnt)
		return;
	cnt = add_up(reasons, cnt);
	puts("Skipped:");
	for (i = 0; i < cnt && i < REASONS_MAX; i++) {
		printf("%5d  ", reasons[i].cnt);
		print_text(reasons[i].text);
		putchar('\n');
	}
	if (cnt > REASONS_MAX)
		printf("       and %zu more reasons, which are in the report (-J, --results)\n",
		       cnt - REASONS_MAX);
}

/* The test of another machine begins at 0. */
static double duration_s(const struct outcome *outcome)
{
	if (outcome->end_ns < outcome->begin_ns)
		return 0;
	return (double)(outcome->end_ns - outcome->begin_ns) / NS_PER_S;
}

void run_summary__print_slowest(const struct run_summary *summary)
{
	const struct tests *tests = summary->tests;
	const struct test_outcome *slowest[SLOWEST_MAX] = {};
	int i, k;

	if (summary->duration_s < SLOW_RUN_S || tests->cnt <= SLOWEST_MAX)
		return;
	for (i = 0; i < tests->cnt; i++) {
		const struct test_outcome *test = &tests->all[i], *moved;

		for (k = 0; test && k < SLOWEST_MAX; k++) {
			if (slowest[k] &&
			    duration_s(&slowest[k]->outcome) >= duration_s(&test->outcome))
				continue;
			moved = slowest[k];
			slowest[k] = test;
			test = moved;
		}
	}
	fputs("Slowest:", stdout);
	for (k = 0; k < SLOWEST_MAX && slowest[k] && duration_s(&slowest[k]->outcome) >= 0.1; k++)
		printf("%s %s %.1f s", k ? "," : "", slowest[k]->outcome.name,
		       duration_s(&slowest[k]->outcome));
	putchar('\n');
}

static void print_those(const struct tests *tests, enum result result, const char *word,
			const char *reason)
{
	int i, cnt = 0;

	for (i = 0; i < tests->cnt; i++)
		cnt += tests->all[i].outcome.result == result;
	if (!cnt)
		return;
	printf("%s: %d test%s", word, cnt, cnt == 1 ? "" : "s");
	if (reason)
		printf(" (%s)", reason);
	putchar('\n');
	for (i = 0; i < tests->cnt; i++) {
		if (tests->all[i].outcome.result == result)
			printf("  #%-7d %s\n", tests->all[i].outcome.number,
			       tests->all[i].outcome.name);
	}
}

void run_summary__print_not_run(const struct run_summary *summary, const char *reason)
{
	print_those(summary->tests, RESULT_INTERRUPTED, "Interrupted", NULL);
	print_those(summary->tests, RESULT_NOTRUN, "Not run", reason);
}

void run_summary__print_tolerated(const struct run_summary *summary)
{
	const struct test_outcome *test;
	const char *reason;
	int i, k, cnt = 0;

	for (i = 0; i < summary->tests->cnt; i++) {
		test = &summary->tests->all[i];
		for (k = 0; k < test->left_cnt; k++) {
			reason = test_outcome__tolerates(test, test->left_behind[k]);
			if (!reason)
				continue;
			if (!cnt++)
				puts("Tolerated, left behind:");
			printf("  %s: ", test->outcome.name);
			print_text(test->left_behind[k]);
			printf(" (%s)\n", reason);
		}
	}
}

void run_summary__print_totals(const struct run_summary *summary, const struct run_totals *totals)
{
	const struct screen *screen = summary->screen;
	bool failed = totals->tests_failed;

	/* vmtest says where the results of a guest are. */
	if (summary->options->results_path && !getenv("VMTEST"))
		printf("Results: %s\n", summary->options->results_path);
	printf("%sSummary: %d/%d PASSED, %d SKIPPED",
	       screen__style(screen, failed ? STYLE_FAIL : STYLE_PASS), totals->tests_passed,
	       totals->subtests_passed, totals->skipped);
	if (totals->not_built)
		printf(" (%d not built)", totals->not_built);
	printf(", %d/%d FAILED", totals->tests_failed, totals->subtests_failed);
	if (totals->tests_interrupted)
		printf(", %d INTERRUPTED", totals->tests_interrupted);
	printf("%s\n", screen__style(screen, STYLE_END));
	fflush(stdout);
}
