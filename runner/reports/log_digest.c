// SPDX-License-Identifier: GPL-2.0-only
/* Works on an array of lines: fold repetitions, choose what is kept, print. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/reports/log_digest.h"
#include "runner/text/cleanup.h"

/* The longest block of lines that is looked for again, right behind itself. */
#define BLOCK_MAX_LINES 200

/**
 * struct line - a line of the log
 * @text: not terminated
 * @len_bytes: without the newline
 * @is_failure: a failed assertion
 * @is_kept: it is printed
 * @times: how often the block that ends here appears; 1: once
 * @block_lines: number of lines of that block
 */
struct line {
	const char *text;
	size_t len_bytes;
	bool is_failure, is_kept;
	size_t times, block_lines;
};

struct lines {
	struct line *all;
	size_t cnt;
};

/* Return: true for `FUNCTION:WORD:...`, the line of an assertion; @word is ":WORD:". */
static bool is_assertion(const struct line *line, const char *word)
{
	const char *colon = memchr(line->text, ':', line->len_bytes);
	size_t len = strlen(word);

	return colon && colon > line->text &&
	       len <= line->len_bytes - (size_t)(colon - line->text) &&
	       !strncmp(colon, word, len) && !memchr(line->text, ' ', colon - line->text);
}

static bool begins_with(const struct line *line, const char *begin)
{
	size_t len = strlen(begin);

	return line->len_bytes >= len && !strncmp(line->text, begin, len);
}

/* libbpf says three times that a program was not loaded: the first line has all of it. */
static bool is_said_before(const struct lines *lines, const struct line *line)
{
	const struct line *last = lines->cnt ? line - 1 : NULL;

	if (!last || !begins_with(last, "libbpf: prog '") ||
	    !memmem(last->text, last->len_bytes, ": BPF program load failed: ", 27))
		return false;
	return begins_with(line, "libbpf: failed to load object '") ||
	       (begins_with(line, "libbpf: prog '") &&
		memmem(line->text, line->len_bytes, ": failed to load: ", 18));
}

static int split(struct lines *lines, const char *text)
{
	size_t room = log_digest__lines(text);
	const char *end;

	lines->all = calloc(room + 1, sizeof(*lines->all));
	lines->cnt = 0;
	if (!lines->all)
		return -1;
	for (; *text; text = *end ? end + 1 : end) {
		struct line *line = &lines->all[lines->cnt];

		end = strchrnul(text, '\n');
		*line = (struct line){ .text = text, .len_bytes = end - text, .times = 1 };
		line->is_failure = is_assertion(line, ":FAIL:");
		lines->cnt += !is_assertion(line, ":PASS:") && !is_said_before(lines, line);
	}
	return 0;
}

static bool equal(const struct lines *lines, size_t a, size_t b, size_t cnt)
{
	if (a + cnt > lines->cnt || b + cnt > lines->cnt)
		return false;
	for (size_t i = 0; i < cnt; i++) {
		const struct line *one = &lines->all[a + i], *other = &lines->all[b + i];

		if (one->len_bytes != other->len_bytes ||
		    memcmp(one->text, other->text, one->len_bytes))
			return false;
	}
	return true;
}

/* Return: the length of the shortest block that is repeated at @at; 0: none is. */
static size_t repeated_block(const struct lines *lines, size_t at, size_t *times)
{
	for (size_t len = 1; len <= BLOCK_MAX_LINES && at + 2 * len <= lines->cnt; len++) {
		if (!equal(lines, at, at + len, len))
			continue;
		for (*times = 2; equal(lines, at, at + *times * len, len); (*times)++)
			;
		return len;
	}
	return 0;
}

/* Let each repeated block appear once. */
static void fold(struct lines *lines)
{
	size_t to = 0;

	for (size_t at = 0; at < lines->cnt;) {
		size_t times = 1, len = repeated_block(lines, at, &times);
		size_t block = len ? len : 1;

		memmove(&lines->all[to], &lines->all[at], block * sizeof(*lines->all));
		to += block;
		lines->all[to - 1].times = times;
		lines->all[to - 1].block_lines = len;
		at += block * times;
	}
	lines->cnt = to;
}

static size_t keep(struct lines *lines, size_t from, size_t to, size_t room)
{
	for (size_t i = from; i < to && i < lines->cnt && room; i++) {
		room -= !lines->all[i].is_kept;
		lines->all[i].is_kept = true;
	}
	return room;
}

/* Choose at most @max lines. */
static void choose(struct lines *lines, size_t max)
{
	size_t room = max, first = lines->cnt, half;

	if (lines->cnt <= max) {
		keep(lines, 0, lines->cnt, lines->cnt);
		return;
	}
	/* The places of gaps take lines, too. */
	room -= max > 6 ? 3 : 2;
	half = room / 2;
	for (size_t i = 0; i < lines->cnt && room > half; i++) {
		if (!lines->all[i].is_failure)
			continue;
		first = first < i ? first : i;
		room = keep(lines, i, i + 1, room);
	}
	if (first < lines->cnt) {
		size_t before = first < max / 2 ? first : max / 2;

		room = keep(lines, first - before, first, room);
	}
	half = room / 2;
	room = keep(lines, lines->cnt - half, lines->cnt, half) + room - half;
	keep(lines, 0, lines->cnt, room);
}

static void print_gap(FILE *out, size_t cnt)
{
	if (cnt)
		fprintf(out, "... %zu line%s\n", cnt, cnt == 1 ? "" : "s");
}

static bool print(const struct lines *lines, FILE *out)
{
	size_t gap = 0;
	bool is_short = false;

	for (size_t i = 0; i < lines->cnt; i++) {
		const struct line *line = &lines->all[i];

		if (!line->is_kept) {
			gap++;
			is_short = true;
			continue;
		}
		print_gap(out, gap);
		gap = 0;
		fprintf(out, "%.*s", (int)line->len_bytes, line->text);
		if (line->times > 1 && line->block_lines == 1)
			fprintf(out, "  (%zu times)", line->times);
		else if (line->times > 1)
			fprintf(out, "  (these %zu lines %zu times)", line->block_lines,
				line->times);
		fputc('\n', out);
	}
	print_gap(out, gap);
	return is_short;
}

char *log_digest__make(const char *text, size_t max_lines, bool *is_short)
{
	struct lines lines;
	char *digest = NULL;
	size_t size;
	FILE *out;

	if (split(&lines, text))
		return NULL;
	fold(&lines);
	choose(&lines, max_lines);
	out = open_memstream(&digest, &size);
	if (out) {
		*is_short = print(&lines, out);
		fclose(out);
	}
	free(lines.all);
	return digest;
}

size_t log_digest__lines(const char *text)
{
	size_t cnt = 0;

	for (; *text; text++)
		cnt += *text == '\n' || !text[1];
	return cnt;
}
