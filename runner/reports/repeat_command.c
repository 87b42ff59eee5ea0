// SPDX-License-Identifier: GPL-2.0-only
/* Quotes words for a shell, and uses numbers for names that a list of names cannot hold. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/reports/repeat_command.h"
#include "runner/text/cleanup.h"

/* Print a word, in single quotes if a shell would change it. */
static void print_word(const char *word, FILE *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_-./=:+@%,";

	if (*word && !word[strspn(word, plain)]) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	}
	fputc('\'', out);
}

/* A list of names is split at commas, and `*` and `?` stand for other characters. */
static bool can_be_named(const char *name)
{
	const char *c;

	for (c = name; *c; c++)
		if ((unsigned char)*c < ' ' || strchr(",*?\\", *c))
			return false;
	return *name && *name != ' ';
}

static void print_selection(const struct outcome *test, const struct outcome *subtest, FILE *out)
{
	autofree char *name = NULL;

	if (subtest && !can_be_named(subtest->name)) {
		fprintf(out, " -n %d/%d", test->number, subtest->number);
		return;
	}
	if (subtest && asprintf(&name, "%s/%s", test->name, subtest->name) < 0)
		name = NULL;
	fputs(" -a ", out);
	print_word(name ?: test->name, out);
}

char *repeat_command(const struct repeated_run *run, const struct outcome *test,
		     const struct outcome *subtest)
{
	char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		return NULL;
	if (run->vmtest)
		fprintf(out, "%s -- ", run->vmtest);
	print_word(run->program, out);
	if (run->jobs)
		fprintf(out, " -j%d", run->jobs);
	if (run->seed)
		fprintf(out, " --shuffle=%" PRIu32, *run->seed);
	print_selection(test, subtest, out);
	fclose(out);
	return line;
}
