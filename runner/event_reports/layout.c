// SPDX-License-Identifier: GPL-2.0-only
/* Sorts the tests of each run, and decides where they appear: in which lane and column. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/grow.h"
#include "runner/event_reports/layout.h"
#include "runner/text/cleanup.h"

#define LANES_MAX 4096

static int by_number(const void *a, const void *b)
{
	const struct outcome *left = &((const struct report_test *)a)->outcome.outcome;
	const struct outcome *right = &((const struct report_test *)b)->outcome.outcome;

	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	return strcmp(left->name, right->name);
}

static int by_begin(const void *a, const void *b)
{
	const struct report_span *left = *(struct report_span *const *)a;
	const struct report_span *right = *(struct report_span *const *)b;

	return left->begin_us < right->begin_us ? -1 : left->begin_us > right->begin_us;
}

/* Return: all spans of a run in the order of their begins, to be freed; NULL: out of memory. */
static struct report_span **sorted_spans(const struct report_run *run, int *cnt)
{
	struct report_span **spans = NULL;
	int i, j;

	*cnt = 0;
	for (i = 0; i < run->tests_cnt; i++) {
		for (j = 0; j < run->tests[i].spans_cnt; j++) {
			struct report_span **fresh = GROW(spans, *cnt);

			if (!fresh) {
				free(spans);
				return NULL;
			}
			*fresh = &run->tests[i].spans[j];
		}
	}
	if (!spans)
		return calloc(1, sizeof(struct report_span *));
	qsort(spans, *cnt, sizeof(struct report_span *), by_begin);
	return spans;
}

/* The number of a worker is not in the events: each span takes the first lane that is free. */
static int give_lanes(struct report_run *run)
{
	struct {
		int machine;
		int64_t free_us;
		int lane;
	} *lanes = NULL;
	int cnt, lanes_cnt = 0, i, j;
	autofree struct report_span **spans = sorted_spans(run, &cnt);

	for (i = 0; spans && i < cnt; i++) {
		int same = 0;

		for (j = 0; j < lanes_cnt; j++) {
			if (lanes[j].machine != spans[i]->machine)
				continue;
			if (lanes[j].free_us <= spans[i]->begin_us)
				break;
			same++;
		}
		if (j == lanes_cnt) {
			if (lanes_cnt == LANES_MAX || !GROW(lanes, lanes_cnt))
				break;
			lanes[j].machine = spans[i]->machine;
			lanes[j].lane = same;
		}
		lanes[j].free_us = spans[i]->end_us;
		spans[i]->lane = lanes[j].lane;
	}
	free(lanes);
	return spans ? 0 : -ENOMEM;
}

/* Return: true if a column has runs, and @run belongs to it: another shard of the same run. */
static bool fits(const struct report *report, int column, const struct report_run *run)
{
	const struct report_run *other;

	for (other = report->runs; other < run; other++) {
		if (other->column != column)
			continue;
		if (other->shards != run->shards || other->shard == run->shard ||
		    strcmp(other->release, run->release) || strcmp(other->flavour, run->flavour))
			return false;
	}
	return true;
}

static bool has_label(const struct report *report, const char *label)
{
	int i;

	for (i = 0; i < report->columns_cnt; i++) {
		if (report->columns[i].label && !strcmp(report->columns[i].label, label))
			return true;
	}
	return false;
}

/* Name a column by what tells it apart: the kernel, the flavour, and then a number. */
static char *new_label(const struct report *report, const struct report_run *run)
{
	bool is_base = !strcmp(run->flavour, "base");
	char *label = NULL;
	int i = 1;

	do {
		char more[16] = "";

		free(label);
		if (i > 1)
			snprintf(more, sizeof(more), " #%d", i);
		if (asprintf(&label, "%s%s%s%s", run->release, is_base ? "" : " ",
			     is_base ? "" : run->flavour, more) < 0)
			return NULL;
		i++;
	} while (has_label(report, label));
	return label;
}

static int give_column(struct report *report, struct report_run *run)
{
	struct report_column *fresh;
	int i;

	for (i = 0; i < report->columns_cnt && !fits(report, i, run); i++)
		continue;
	run->column = i;
	if (i < report->columns_cnt)
		return 0;
	fresh = GROW(report->columns, report->columns_cnt);
	if (!fresh)
		return -ENOMEM;
	fresh->label = new_label(report, run);
	return fresh->label ? 0 : -ENOMEM;
}

int layout__make(struct report *report)
{
	int i, err = 0;

	for (i = 0; !err && i < report->runs_cnt; i++) {
		struct report_run *run = &report->runs[i];

		if (run->tests_cnt)
			qsort(run->tests, run->tests_cnt, sizeof(*run->tests), by_number);
		err = give_lanes(run) ?: give_column(report, run);
	}
	return err;
}
