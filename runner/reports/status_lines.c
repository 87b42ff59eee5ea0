// SPDX-License-Identifier: GPL-2.0-only
/* Prints status lines on stdout, and slow tests on stderr. Reads results, decides nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/reports/log_digest.h"
#include "runner/reports/status_lines.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/printable.h"

/* A reason stands below the name. A line that begins with a blank is no status line. */
#define REASON_INDENT    "         "
/* What is shown of the logs of a test that failed, and of each log in it at least. */
#define LOGS_MAX_LINES   40
#define LOG_MIN_LINES    4
/* Subtests of a test that runs longer than this are shown as they end. */
#define LONG_TEST_NS     (3 * (uint64_t)NS_PER_S)
/* On a terminal, the duration of a test that took longer stands behind its name. */
#define LONG_DURATION_NS (uint64_t)NS_PER_S

bool status_lines__are_live(const struct run_options *options)
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

/* Return: the log, printable; "" if it is empty; NULL when out of memory. To be freed by the caller. */
static char *text_of(const struct capped_log *log)
{
	size_t len;
	char *text, *shown;

	if (!log->total_bytes)
		return strdup("");
	text = capped_log__text(log, &len);
	shown = text ? printable(text, len) : NULL;
	free(text);
	return shown;
}

static void print_whole_log(const struct outcome *outcome)
{
	autofree char *text = text_of(&outcome->log);

	if (!text || !*text)
		return;
	fputs(text, stdout);
	if (text[strlen(text) - 1] != '\n')
		putchar('\n');
}

/* The logs of a test that are shown in short, while it is printed. */
struct short_logs {
	size_t room;     /* number of lines that may still be printed */
	char *last;      /* the last log */
	int last_number; /* number of its subtest */
	bool is_short;   /* something was left out */
};

/* Print a log in a few lines. A log that is equal to the one before it is not printed again. */
static void print_short_log(struct short_logs *logs, const struct outcome *outcome)
{
	autofree char *text = text_of(&outcome->log), *digest = NULL;
	size_t lines;
	bool is_short = false;

	if (text && *text)
		digest = log_digest__make(text,
					  logs->room > LOG_MIN_LINES ? logs->room : LOG_MIN_LINES,
					  &is_short);
	if (!digest || !*digest)
		return;
	if (logs->last && !strcmp(logs->last, digest)) {
		printf("(log as of subtest %d)\n", logs->last_number);
		return;
	}
	fputs(digest, stdout);
	lines = log_digest__lines(digest);
	logs->room -= lines < logs->room ? lines : logs->room;
	logs->is_short = logs->is_short || is_short;
	free(logs->last);
	logs->last = digest;
	logs->last_number = outcome->number;
	digest = NULL;
}

static const char *status_word(enum result result)
{
	if (result == RESULT_PASS)
		return "OK";
	return result == RESULT_SKIP ? "SKIP" : "FAIL";
}

static enum style style_of(enum result result)
{
	if (result == RESULT_PASS)
		return STYLE_PASS;
	return result == RESULT_SKIP ? STYLE_SKIP : STYLE_FAIL;
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

/* Only a person sees durations in this place: programs expect the status word at the end of the line. */
static void print_duration(const struct screen *screen, const struct outcome *outcome)
{
	if (!screen->is_terminal || outcome->end_ns < outcome->begin_ns + LONG_DURATION_NS)
		return;
	printf("  %s%.1f s%s", screen__style(screen, STYLE_MINOR),
	       (double)(outcome->end_ns - outcome->begin_ns) / NS_PER_S,
	       screen__style(screen, STYLE_END));
}

/*
 * Print a line that only consists of number, name and status word, because programs that read the
 * output take `^#N NAME:(OK|FAIL|SKIP)$`. The reason is below it. An interrupted test has no status.
 */
static void print_status_line(const struct screen *screen, const struct test_outcome *test,
			      const struct outcome *subtest)
{
	const struct outcome *outcome = subtest ?: &test->outcome;
	int skipped = test_outcome__skipped_subtests(test);
	char number[32];

	if (outcome->result == RESULT_INTERRUPTED)
		return;
	snprintf(number, sizeof(number), subtest ? "%d/%d" : "%d", test->outcome.number,
		 outcome->number);
	printf("#%-7s ", number);
	print_name(test, subtest);
	printf(":%s%s%s", screen__style(screen, style_of(outcome->result)),
	       status_word(outcome->result), screen__style(screen, STYLE_END));
	print_duration(screen, outcome);
	putchar('\n');
	if (outcome->result == RESULT_PASS && !subtest && skipped)
		printf(REASON_INDENT "(SKIP: %d/%d)\n", skipped, test->subtests_seen);
	else if (outcome->result == RESULT_SKIP)
		print_reason(outcome->detail ?: "reason not given");
	else if (outcome->result != RESULT_PASS && outcome->detail &&
		 (subtest || !test_outcome__ended_in_subtest(test)))
		print_reason(outcome->detail);
}

bool status_lines__shows_log(const struct run_options *options, const struct outcome *outcome)
{
	return result__is_failure(outcome->result) || outcome->force_log ||
	       (options->verbosity && !status_lines__are_live(options));
}

/* Print a log: with -v all of it. */
static void print_log(const struct run_options *options, struct short_logs *logs,
		      const struct outcome *outcome)
{
	if (!status_lines__shows_log(options, outcome))
		return;
	if (options->verbosity || !result__is_failure(outcome->result))
		print_whole_log(outcome);
	else
		print_short_log(logs, outcome);
}

/* In a guest, $RESULTS is not where the host has the results: vmtest tells that place, if it knows it. */
static void print_place_of_log(const struct run_options *options, const struct test_outcome *test)
{
	const char *path = options->results_path, *guest = getenv("RESULTS");
	const char *host = getenv("VMTEST_RESULTS");
	size_t len = guest ? strlen(guest) : 0;

	if (!path) {
		fputs(REASON_INDENT "(-v shows the whole log, --results keeps it)\n", stdout);
		return;
	}
	fputs(REASON_INDENT "(whole log: ", stdout);
	if (!getenv("VMTEST") || !len || strncmp(path, guest, len) != 0)
		printf("%s/logs/%s.log)\n", path, test->outcome.name);
	else if (host)
		printf("%s%s/logs/%s.log)\n", host, path + len, test->outcome.name);
	else
		printf("%s/logs/%s.log in the results folder)\n", path + len + (path[len] == '/'),
		       test->outcome.name);
}

static struct shown_test *shown_of(const struct status_lines *lines,
				   const struct test_outcome *test)
{
	return &lines->shown[test - lines->tests->all];
}

static void print_subtests(struct status_lines *lines, struct short_logs *logs,
			   const struct test_outcome *test)
{
	int *shown = &shown_of(lines, test)->subtests;

	for (; *shown < test->subtests_cnt; (*shown)++) {
		const struct subtest_outcome *subtest = test->subtests[*shown];

		if (subtest->is_open)
			return;
		print_log(lines->options, logs, &subtest->outcome);
		print_status_line(lines->screen, test, &subtest->outcome);
	}
}

static void print_test(struct status_lines *lines, const struct test_outcome *test)
{
	struct short_logs logs = { .room = LOGS_MAX_LINES };

	print_log(lines->options, &logs, &test->outcome);
	print_subtests(lines, &logs, test);
	print_status_line(lines->screen, test, NULL);
	if (logs.is_short)
		print_place_of_log(lines->options, test);
	free(logs.last);
}

/* End the last line of live output, which may lack its newline. */
static void end_live_line(const struct capped_log *log)
{
	if (log->total_bytes && log->last != '\n')
		putchar('\n');
}

static void show_output(const struct status_lines *lines, const struct event *event)
{
	if (!status_lines__are_live(lines->options))
		return;
	print_printable(event->output.text, event->output.len_bytes);
	fflush(stdout);
}

static void show_subtest(struct status_lines *lines, const struct test_outcome *test,
			 const struct outcome *subtest)
{
	struct short_logs logs = { .room = LOGS_MAX_LINES };

	if (status_lines__are_live(lines->options)) {
		end_live_line(&subtest->log);
		if (!shown_of(lines, test)->is_rerunning)
			print_status_line(lines->screen, test, subtest);
	} else if (shown_of(lines, test)->is_rerunning) {
		return;
	} else if (test->outcome.begin_ns &&
		   clock__now_ns() - test->outcome.begin_ns > LONG_TEST_NS) {
		screen__hide(lines->screen);
		print_subtests(lines, &logs, test);
		fflush(stdout);
	}
	free(logs.last);
}

static void show_slow(const struct status_lines *lines, const struct event *event)
{
	bool is_subtest = event->where != &event->test->outcome;

	/* The line at the bottom of a terminal shows it all the time. */
	if (lines->screen->is_terminal && !status_lines__are_live(lines->options))
		return;
	fflush(stdout);
	fprintf(stderr, "slow: #%d %s%s", event->test->outcome.number, event->test->outcome.name,
		is_subtest ? "/" : "");
	if (is_subtest)
		print_word(stderr, event->where->name);
	fprintf(stderr, " has been running for %.1f s\n",
		(double)(clock__now_ns() - event->where->begin_ns) / NS_PER_S);
}

static void show_test(struct status_lines *lines, const struct test_outcome *test)
{
	screen__hide(lines->screen);
	if (status_lines__are_live(lines->options)) {
		end_live_line(&test->outcome.log);
		print_status_line(lines->screen, test, NULL);
	} else {
		print_test(lines, test);
	}
	*shown_of(lines, test) = (struct shown_test){};
	fflush(stdout);
}

/*
 * Print the result of the rerun, which is the one that counts. Subtests that were printed in the
 * first run are printed again if they failed now.
 */
static void show_convicted(struct status_lines *lines, const struct test_outcome *test)
{
	struct shown_test *shown = shown_of(lines, test);
	bool is_live = status_lines__are_live(lines->options);
	int i, cnt = is_live ? test->subtests_cnt : shown->subtests;

	screen__hide(lines->screen);
	for (i = 0; i < cnt && i < test->subtests_cnt; i++)
		if (result__is_failure(test->subtests[i]->outcome.result))
			print_status_line(lines->screen, test, &test->subtests[i]->outcome);
	show_test(lines, test);
}

static void show_end(struct status_lines *lines, const struct event *event)
{
	struct shown_test *shown = shown_of(lines, event->test);

	if (event->end.is_suspected)
		shown->is_held = true;
	else if (shown->is_held && shown->is_rerunning)
		show_convicted(lines, event->test);
	else
		show_test(lines, event->test);
}

static void show_begin(const struct status_lines *lines, const struct event *event)
{
	shown_of(lines, event->test)->is_rerunning = event->begin.is_rerun;
}

static void show_cleared(struct status_lines *lines, const struct event *event)
{
	if (shown_of(lines, event->test)->is_held)
		show_test(lines, event->test);
	screen__hide(lines->screen);
	printf("rerun alone: #%d %s: %s\n", event->test->outcome.number, event->test->outcome.name,
	       event->cleared.is_incomplete ? "ended too early to tell" : "did not reproduce");
	fflush(stdout);
}

/* Print leftovers without a test. A test that is charged with one has a line in its log. */
static void show_left_behind(const struct status_lines *lines, const struct event *event)
{
	if (event->test)
		return;
	screen__hide(lines->screen);
	printf("left behind, killed: %s\n", event->left.what);
	fflush(stdout);
}

static void show_gone(const struct status_lines *lines, const struct event *event)
{
	screen__hide(lines->screen);
	printf("Machine %d is gone", event->machine);
	if (event->gone.reason) {
		fputs(": ", stdout);
		print_word(stdout, event->gone.reason);
	}
	printf("; %d test%s ran there\n", event->gone.running_cnt,
	       event->gone.running_cnt == 1 ? "" : "s");
	fflush(stdout);
}

int status_lines__begin(struct status_lines *lines)
{
	lines->shown = calloc(lines->tests->cnt + 1, sizeof(*lines->shown));
	return lines->shown ? 0 : -ENOMEM;
}

void status_lines__hold(struct status_lines *lines, const struct test_outcome *test)
{
	shown_of(lines, test)->is_held = true;
}

void status_lines__release(struct status_lines *lines)
{
	int i;

	for (i = 0; i < lines->tests->cnt; i++)
		if (lines->shown[i].is_held)
			show_test(lines, &lines->tests->all[i]);
}

void status_lines__end(struct status_lines *lines)
{
	free(lines->shown);
	lines->shown = NULL;
}

void status_lines__listen(void *context, const struct event *event)
{
	struct status_lines *lines = context;

	switch (event->kind) {
	case EVENT_OUTPUT:
		show_output(lines, event);
		break;
	case EVENT_SUBTEST_END:
		show_subtest(lines, event->test, event->where);
		break;
	case EVENT_SLOW:
		show_slow(lines, event);
		break;
	case EVENT_TEST_BEGIN:
		show_begin(lines, event);
		break;
	case EVENT_TEST_END:
		show_end(lines, event);
		break;
	case EVENT_RERUN_CLEARED:
		show_cleared(lines, event);
		break;
	case EVENT_LEFT_BEHIND:
		show_left_behind(lines, event);
		break;
	case EVENT_MACHINE_GONE:
		show_gone(lines, event);
		break;
	default:
		break;
	}
}
