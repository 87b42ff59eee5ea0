// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/mutants/known_mutants.h"
#include "runner/mutation/operators.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"

#define FIELDS 5

/* Return: the text without blanks at both ends. */
static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t");
	end = text + strlen(text);
	while (end > text && strchr(" \t\n", end[-1]))
		*--end = '\0';
	return text;
}

/* A source line may have "|" in it: the first two and the last two fields are found from the ends. */
static bool split(char *line, char *fields[FIELDS])
{
	static const char separator[] = " | ";
	const size_t len = sizeof(separator) - 1;
	char *next, *last;
	int i;

	for (i = 0; i < 2; i++) {
		next = strstr(line, separator);
		if (!next)
			return false;
		*next = '\0';
		fields[i] = trim(line);
		line = next + len;
	}
	for (i = FIELDS - 1; i > 2; i--) {
		last = NULL;
		for (next = strstr(line, separator); next; next = strstr(next + 1, separator))
			last = next;
		if (!last)
			return false;
		*last = '\0';
		fields[i] = trim(last + len);
	}
	fields[2] = trim(line);
	return true;
}

static int refuse(const struct known_mutants *known, int line_number, const char *text)
{
	return error__fail(-EINVAL, "%s:%d: %s", known->path, line_number, text);
}

static int add(struct known_mutants *known, const char *line, int line_number)
{
	char *copy = strdup(line), *fields[FIELDS];
	struct known_mutant *grown = reallocarray(known->all, known->cnt + 1, sizeof(*grown));

	if (grown)
		known->all = grown;
	if (!copy || !grown) {
		free(copy);
		return error__fail(-ENOMEM, "out of memory");
	}
	grown[known->cnt++] = (struct known_mutant){ .line = copy, .line_number = line_number };
	if (!split(copy, fields))
		return refuse(known, line_number,
			      "a line is 'TEST | FILE | SOURCE LINE | OPERATOR | REASON'");
	if (!*fields[4])
		return refuse(known, line_number, "the reason is missing");
	if (strcmp(fields[3], "*") && operators__find(fields[3]) < 0)
		return refuse(known, line_number, "no such operator (docs/mutation.md lists them)");
	grown[known->cnt - 1] = (struct known_mutant){
		copy,      fields[0],   fields[1], fields[2], fields[3],
		fields[4], line_number, false,     false,
	};
	return 0;
}

int known_mutants__read(struct known_mutants *known, const char *path)
{
	autofclose FILE *file = path ? fopen(path, "re") : NULL;
	autofree char *line = NULL;
	size_t size = 0;
	int number = 0, err = 0;

	*known = (struct known_mutants){ .path = path };
	if (!path)
		return 0;
	if (!file)
		return error__fail(-errno, "cannot read the list of mutants '%s': " ERRNO_FMT, path,
				   ERRNO_ARG(errno));
	while (!err && getline(&line, &size, file) >= 0) {
		char *text = trim(line);

		number++;
		if (*text && *text != '#')
			err = add(known, text, number);
	}
	return err;
}

static bool is_of_test(const struct known_mutant *row, const struct mutant *mutant)
{
	return !strcmp(row->test, "*") || !strcmp(row->test, mutant->entry->name);
}

static bool fits(const struct known_mutant *row, const struct mutant *mutant)
{

	return is_of_test(row, mutant) && !strcmp(row->file, mutant->file) &&
	       !strcmp(row->text, mutant->text) &&
	       (!strcmp(row->op, "*") || !strcmp(row->op, mutant__what(mutant)));
}

void known_mutants__explain(struct known_mutants *known, const struct mutant_list *mutants)
{
	int i, k;

	for (i = 0; i < mutants->cnt; i++) {
		struct mutant *mutant = mutants->all[i];

		for (k = 0; k < known->cnt; k++) {
			struct known_mutant *row = &known->all[k];

			row->was_possible |= is_of_test(row, mutant);
			if (mutant->result != MUTANT_SURVIVED || !fits(row, mutant))
				continue;
			row->was_needed = true;
			mutant->explained = row->reason;
		}
	}
}

int known_mutants__report_unneeded(const struct known_mutants *known)
{
	int i, cnt = 0;

	for (i = 0; i < known->cnt; i++) {
		const struct known_mutant *row = &known->all[i];

		if (row->was_needed || !row->was_possible)
			continue;
		error__say("%s:%d: no mutant of this kind survives: take the line out", known->path,
			   row->line_number);
		cnt++;
	}
	return cnt;
}

void known_mutants__free(struct known_mutants *known)
{
	int i;

	for (i = 0; i < known->cnt; i++)
		free(known->all[i].line);
	free(known->all);
	*known = (struct known_mutants){};
}
