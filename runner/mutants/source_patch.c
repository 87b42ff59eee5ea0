// SPDX-License-Identifier: GPL-2.0-only
/*
 * Works on the text of one line, not on the language: it gives up wherever two things of the line may
 * be meant.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/mutants/source_patch.h"
#include "runner/text/cleanup.h"

/* Return: @text with @len bytes at @at replaced; NULL when out of memory. */
static char *replace_at(const char *text, const char *at, size_t len, const char *new)
{
	char *line;

	if (asprintf(&line, "%.*s%s%s", (int)(at - text), text, new, at + len) < 0)
		return NULL;
	return line;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Return: the only number of the line that has this value; NULL if there is none or more than one. */
static const char *find_number(const char *text, long long value, size_t *len)
{
	const char *at = text, *found = NULL;
	char *end;

	while (*at) {
		if (!isdigit((unsigned char)*at)) {
			/* Digits inside a name are no number. */
			while (is_word(*at))
				at++;
			at += *at && !is_word(*at) && !isdigit((unsigned char)*at);
			continue;
		}
		if (strtoll(at, &end, 0) == value) {
			if (found)
				return NULL;
			found = at;
			*len = strspn(at, "0123456789abcdefxABCDEFXuUlL");
		}
		at = end;
		while (is_word(*at))
			at++;
	}
	return found;
}

static char *change_number(const char *text, const char *detail)
{
	long long old, new;
	const char *at;
	char number[32];
	size_t len = 0;

	if (sscanf(detail, "%lld -> %lld", &old, &new) != 2)
		return NULL;
	at = find_number(text, old, &len);
	if (!at)
		return NULL;
	snprintf(number, sizeof(number), "%lld", new);
	return replace_at(text, at, len, number);
}

static const char *first_word(const char *text)
{
	return text + strspn(text, " \t");
}

/* A statement on a line of its own that may be left out: no declaration, no "return", no "if". */
static bool is_statement(const char *text)
{
	static const char *const not_alone[] = { "return", "if",   "else", "for",    "while",
						 "case",   "goto", "do",   "switch", "break" };
	const char *word = first_word(text), *end = text + strlen(text);
	size_t i, len = 0;

	while (is_word(word[len]))
		len++;
	for (i = 0; i < sizeof(not_alone) / sizeof(not_alone[0]); i++) {
		if (len == strlen(not_alone[i]) && !strncmp(word, not_alone[i], len))
			return false;
	}
	/* Two words in a row begin a declaration. */
	if (len && (word[len] == ' ' && (is_word(word[len + 1]) || word[len + 1] == '*')))
		return false;
	return end > text && end[-1] == ';' && strchr(text, ';') == end - 1;
}

static char *leave_out(const char *text)
{
	return is_statement(text) ? strdup("") : NULL;
}

/* "a = b;" with a name, a member or an element at the right side */
static char *assign_zero(const char *text)
{
	const char *sign = strstr(text, " = "), *value = sign ? sign + 3 : NULL;
	size_t len;

	if (!value || strstr(value, " = ") || text[strlen(text) - 1] != ';')
		return NULL;
	len = strlen(value) - 1;
	if (!len || strcspn(value, " ()+-/%&|^?~!") < len) {
		/* "->" is no operation. */
		const char *at = value;

		for (; at < value + len; at++) {
			if (at[0] == '-' && at[1] == '>')
				at++;
			else if (strchr(" ()+-/%&|^?~!", *at))
				return NULL;
		}
	}
	return replace_at(text, value, len, "0");
}

/* Replace the only operator of a pair that the line has. */
static char *swap(const char *text, const char *const pairs[][2], size_t cnt)
{
	const char *at, *found = NULL, *new = NULL;
	size_t i, len = 0;

	for (i = 0; i < cnt; i++) {
		for (at = strstr(text, pairs[i][0]); at; at = strstr(at + 1, pairs[i][0])) {
			if (found)
				return NULL;
			found = at;
			len = strlen(pairs[i][0]);
			new = pairs[i][1];
		}
	}
	return found ? replace_at(text, found, len, new) : NULL;
}

static char *swap_operation(const char *text)
{
	static const char *const pairs[][2] = {
		{ " + ", " - " },   { " - ", " + " },   { " & ", " | " },   { " | ", " & " },
		{ " << ", " >> " }, { " >> ", " << " }, { " += ", " -= " }, { " -= ", " += " },
		{ " &= ", " |= " }, { " |= ", " &= " }, { "++", "--" },     { "--", "++" },
		{ " * ", " + " },
	};

	return swap(text, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static char *move_bound(const char *text)
{
	static const char *const pairs[][2] = {
		{ " < ", " <= " },
		{ " <= ", " < " },
		{ " > ", " >= " },
		{ " >= ", " > " },
	};

	return swap(text, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

/* Flags are the last argument of nearly all helpers. The others have more than the line shows. */
static char *clear_flags(const char *text)
{
	const char *comma = strrchr(text, ','), *end = comma ? strstr(comma, ");") : NULL, *at;
	int depth = 0;

	for (at = text; at < comma; at++)
		depth += (*at == '(') - (*at == ')');
	/* The comma is one of the only call of the line. */
	if (!end || end[2] || depth != 1 || strcspn(comma, "(") < (size_t)(end - comma))
		return NULL;
	return replace_at(text, comma, end - comma, ", 0");
}

static char *change_returned(const char *text)
{
	const char *word = first_word(text), *value = word + strlen("return ");
	size_t len = strlen(text);
	char *line;

	if (strncmp(word, "return ", strlen("return ")) || text[len - 1] != ';')
		return NULL;
	if (asprintf(&line, "%.*sreturn (%.*s) ^ 1;", (int)(word - text), text,
		     (int)(text + len - 1 - value), value) < 0)
		return NULL;
	return line;
}

char *source_patch__line(const char *text, const char *what, const char *detail)
{
	static const struct {
		const char *what;
		char *(*change)(const char *text);
	} kinds[] = {
		{ "store dropped", leave_out },
		{ "call dropped", leave_out },
		{ "load replaced by zero", assign_zero },
		{ "operation swapped", swap_operation },
		{ "bound off by one", move_bound },
		{ "flags cleared", clear_flags },
		{ "returned value changed", change_returned },
	};
	size_t i;

	if (!*text)
		return NULL;
	if (!strncmp(what, "immediate ", strlen("immediate ")))
		return change_number(text, detail);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].what, what))
			return kinds[i].change(text);
	}
	return NULL;
}

char *source_patch__make(const char *file, int line, const char *text, const char *what,
			 const char *detail)
{
	autofree char *changed = source_patch__line(text, what, detail);
	char *patch;
	int n;

	if (!changed || *file == '/')
		return NULL;
	if (*changed)
		n = asprintf(&patch, "--- a/%s\n+++ b/%s\n@@ -%d +%d @@\n-%s\n+%s\n", file, file,
			     line, line, text, changed);
	else
		n = asprintf(&patch, "--- a/%s\n+++ b/%s\n@@ -%d +%d,0 @@\n-%s\n", file, file, line,
			     line - 1, text);
	return n < 0 ? NULL : patch;
}
