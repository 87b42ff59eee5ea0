// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/mutants/mutant_report.h"
#include "runner/mutants/mutant_scores.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"

static bool is_in(const struct mutant_list *list, const struct test_entry *entry)
{
	int i;

	for (i = 0; i < list->cnt; i++) {
		if (list->all[i]->entry == entry)
			return true;
	}
	return false;
}

/* Return: the score in per mille, 1001 for "complete"; -1 if it is neither. */
static int parse_score(const char *text)
{
	char *end;
	double score;

	if (!strcmp(text, "complete"))
		return 1001;
	score = strtod(text, &end);
	return end == text || *end || score < 0 || score > 100 ? -1 : (int)(score * 10 + 0.5);
}

/* Return: the number of complaints. */
static int check_line(const char *path, int number, const char *name, const char *text,
		      const struct mutant_list *list, bool is_whole)
{
	const struct test_entry *entry = registry__find(name);
	struct mutant_totals totals;
	int wanted = parse_score(text), score, survivors;

	if (!entry || wanted < 0) {
		error__say("%s:%d: a line is 'TEST SCORE' or 'TEST complete', with a test of this "
			   "program and a score from 0 to 100",
			   path, number);
		return 1;
	}
	if (!is_in(list, entry))
		return 0;
	totals = mutant_totals__count(list, entry);
	survivors = totals.of[MUTANT_SURVIVED] - totals.explained;
	if (wanted > 1000) {
		if (survivors)
			error__say("%s: %d mutant%s survived, and %s:%d calls the test complete",
				   name, survivors, survivors > 1 ? "s" : "", path, number);
		return survivors > 0;
	}
	score = mutant_totals__score(&totals);
	if (!is_whole || score < 0 || score == wanted)
		return 0;
	if (score > wanted && !survivors)
		error__say("%s: no mutant survives: make %s:%d '%s complete'", name, path, number,
			   name);
	else if (score > wanted)
		error__say("%s: the score has risen to %d.%d: write that into %s:%d", name,
			   score / 10, score % 10, path, number);
	else
		error__say("%s: the score has fallen to %d.%d, from %s in %s:%d", name, score / 10,
			   score % 10, text, path, number);
	return score < wanted;
}

static int report_unlisted(const char *path, const struct mutant_list *list, const bool *is_listed)
{
	int i, cnt = 0;

	for (i = 0; i < list->cnt; i++) {
		const struct mutant *mutant = list->all[i];
		struct mutant_totals totals;

		if ((i && list->all[i - 1]->entry == mutant->entry) ||
		    is_listed[mutant->test_number])
			continue;
		totals = mutant_totals__count(list, mutant->entry);
		if (mutant_totals__score(&totals) < 0)
			continue;
		error__say("%s: the test has no line in %s", mutant->entry->name, path);
		cnt++;
	}
	return cnt;
}

int mutant_scores__check(const char *path, const struct mutant_list *list, bool is_whole)
{
	autofclose FILE *file = fopen(path, "re");
	autofree bool *is_listed = calloc(test_entries_cnt + 1, sizeof(*is_listed));
	autofree char *line = NULL;
	int number = 0, complaints = 0, i;
	size_t size = 0;

	if (!file || !is_listed)
		return !!error__fail(1, "cannot read the scores of mutants '%s': " ERRNO_FMT, path,
				     ERRNO_ARG(errno));
	while (getline(&line, &size, file) >= 0) {
		char *place, *name = strtok_r(line, " \t\n", &place);
		char *score = name ? strtok_r(NULL, " \t\n", &place) : NULL;

		number++;
		if (!name || *name == '#')
			continue;
		for (i = 0; i < test_entries_cnt; i++)
			is_listed[i + 1] |= !strcmp(test_entries[i].name, name);
		complaints += check_line(path, number, name, score ?: "", list, is_whole);
	}
	if (is_whole)
		complaints += report_unlisted(path, list, is_listed);
	return complaints;
}
