// SPDX-License-Identifier: GPL-2.0-only
/* Counts what the events tell, and estimates the time that is left from the history. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/reports/progress.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/printable.h"

/* The time between two lines without a terminal. */
#define LINE_NS     (30 * (uint64_t)NS_PER_S)
/* The number of running tests that are named; a terminal may show fewer. */
#define RUNNING_MAX 8

int progress__begin(struct progress *progress)
{
	progress->began_ns = calloc(progress->tests->cnt + 1, sizeof(*progress->began_ns));
	progress->begin_ns = clock__now_ns();
	progress->next_line_ns = progress->begin_ns + LINE_NS;
	return progress->began_ns ? 0 : -ENOMEM;
}

void progress__end(struct progress *progress)
{
	if (!progress->began_ns)
		return;
	screen__hide(progress->screen);
	free(progress->began_ns);
	progress->began_ns = NULL;
}

/*
 * Return: how long the tests without a result will take, by their durations in earlier runs and the number
 * that ran at once so far; -1 if that is not known.
 */
static int64_t left_s(const struct progress *progress, uint64_t now_ns)
{
	double done_us = 0, left_us = 0, elapsed_us = (now_ns - progress->begin_ns) / 1e3;
	int i;

	for (i = 0; i < progress->tests->cnt; i++) {
		const struct outcome *outcome = &progress->tests->all[i].outcome;
		int64_t known_us = progress->schedule->entries[i].duration_us;

		if (outcome->result != RESULT_NOTRUN) {
			done_us += (outcome->end_ns - outcome->begin_ns) / 1e3;
			continue;
		}
		if (known_us < 0)
			return -1;
		left_us += known_us;
		if (progress->began_ns[i]) {
			double ran_us = (now_ns - progress->began_ns[i]) / 1e3;

			done_us += ran_us;
			left_us -= ran_us < known_us ? ran_us : known_us;
		}
	}
	/* After a second, what ran so far tells how many run at once. */
	if (elapsed_us < 1e6 || done_us < elapsed_us)
		done_us = elapsed_us;
	return left_us * elapsed_us / done_us / 1e6;
}

static void print_duration(FILE *out, int64_t seconds)
{
	if (seconds >= 60)
		fprintf(out, "%" PRId64 " min ", seconds / 60);
	fprintf(out, "%" PRId64 " s", seconds % 60);
}

static void print_running(const struct progress *progress, uint64_t now_ns, FILE *out)
{
	int i, cnt = 0;

	for (i = 0; i < progress->tests->cnt && cnt < RUNNING_MAX; i++) {
		struct test_outcome *test = &progress->tests->all[i];
		struct subtest_outcome *subtest;

		if (!progress->began_ns[i])
			continue;
		fprintf(out, "%s%s", cnt++ ? ", " : ": ", test->outcome.name);
		subtest = test_outcome__open_subtest(test);
		if (subtest) {
			autofree char *name = printable_line(subtest->outcome.name,
							     strlen(subtest->outcome.name));

			fprintf(out, "/%s", name ?: "");
		}
		fputc(' ', out);
		print_duration(out, (now_ns - progress->began_ns[i]) / NS_PER_S);
	}
}

char *progress__text(const struct progress *progress, uint64_t now_ns)
{
	int64_t seconds = left_s(progress, now_ns);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int i, done = 0, failed = 0;

	if (!out)
		return NULL;
	for (i = 0; i < progress->tests->cnt; i++) {
		enum result result = progress->tests->all[i].outcome.result;

		done += result != RESULT_NOTRUN && !progress->began_ns[i];
		failed += result__is_failure(result);
	}
	fprintf(out, "%d of %d tests", done, progress->tests->cnt);
	if (failed)
		fprintf(out, ", %d failed", failed);
	if (seconds > 0) {
		fputs(", ", out);
		print_duration(out, seconds);
		fputs(" left", out);
	}
	print_running(progress, now_ns, out);
	fclose(out);
	return text;
}

static void show(struct progress *progress)
{
	uint64_t now_ns = clock__now_ns();
	autofree char *text = NULL;

	if (!progress->is_on || !progress->began_ns)
		return;
	if (!progress->screen->is_terminal && now_ns < progress->next_line_ns)
		return;
	progress->next_line_ns = now_ns + LINE_NS;
	text = progress__text(progress, now_ns);
	if (!text)
		return;
	if (progress->screen->is_terminal) {
		screen__show(progress->screen, text);
	} else {
		puts(text);
		fflush(stdout);
	}
}

void progress__listen(void *context, const struct event *event)
{
	struct progress *progress = context;
	int i = event->test ? event->test - progress->tests->all : -1;

	switch (event->kind) {
	case EVENT_TEST_BEGIN:
		progress->began_ns[i] = clock__now_ns();
		break;
	case EVENT_TEST_DROPPED:
		progress->began_ns[i] = 0;
		break;
	case EVENT_TEST_END:
		progress->began_ns[i] = 0;
		show(progress);
		break;
	case EVENT_TICK:
		show(progress);
		break;
	default:
		break;
	}
}
