// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints workflow commands. Values are escaped as by GitHub's own toolkit: %, CR and LF everywhere,
 * and in properties also the colon and the comma, which separate them.
 */
#include <stdlib.h>
#include <string.h>

#include "runner/reports/github_annotations.h"
#include "runner/text/cleanup.h"
#include "runner/text/printable.h"

bool github_annotations__are_wanted(void)
{
	const char *is_github = getenv("GITHUB_ACTIONS");

	return is_github && !strcmp(is_github, "true");
}

/* @more: characters to escape besides %, CR and LF */
static void print_escaped(FILE *out, const char *text, const char *more)
{
	autofree char *shown = printable(text, strlen(text));
	const char *at;

	for (at = shown ?: ""; *at; at++) {
		if (strchr("%\r\n", *at) || strchr(more, *at))
			fprintf(out, "%%%02X", (unsigned char)*at);
		else
			fputc(*at, out);
	}
}

static void print_property(FILE *out, const char *text)
{
	print_escaped(out, text, ":,");
}

/* @subtest: NULL for the test itself */
static void annotate(FILE *out, const struct test_outcome *test, const struct outcome *subtest)
{
	const struct outcome *outcome = subtest ?: &test->outcome;
	const struct failed_assertion *failure = &outcome->first_failure;
	autofree char *reason = test_outcome__explain(test, outcome);

	fputs("::error ", out);
	if (failure->file && failure->line > 0) {
		fputs("file=", out);
		print_property(out, failure->file);
		fprintf(out, ",line=%d,", failure->line);
	}
	fputs("title=", out);
	print_property(out, test->outcome.name);
	if (subtest) {
		fputc('/', out);
		print_property(out, subtest->name);
	}
	fputs("::", out);
	print_escaped(out, reason ?: "out of memory", "");
	fputc('\n', out);
}

void github_annotations__print(FILE *out, const struct test_outcome *test)
{
	bool is_explained = false;
	int i;

	if (!result__is_failure(test->outcome.result))
		return;
	for (i = 0; i < test->subtests_cnt; i++) {
		const struct outcome *subtest = &test->subtests[i]->outcome;

		if (!result__is_failure(subtest->result))
			continue;
		annotate(out, test, subtest);
		is_explained = true;
	}
	/* A test that failed only in its subtests needs no line of its own. */
	if (!is_explained || test->outcome.failures || test->left_cnt)
		annotate(out, test, NULL);
	fflush(out);
}

void github_annotations__listen(void *context, const struct event *event)
{
	if (event->kind == EVENT_TEST_END)
		github_annotations__print(context, event->test);
}
