// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two texts are similar if they have many trigrams in common: groups of three bytes. This is fast
 * enough for a log of megabytes, and finds a line with another register or type than expected.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "verifier_log.h"

#define TRIGRAM_BYTES 3
#define TRIGRAMS_MAX  256
/* The longest part of a line that is shown. */
#define SHOWN_BYTES   200
/* The number of lines that are printed, half of them around each of two places. */
#define PRINTED_LINES 10
#define EXPLANATION   "Verification failed: "

struct trigrams {
	uint32_t all[TRIGRAMS_MAX];
	int cnt;
};

static uint32_t trigram_at(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;

	return byte[0] << 16 | byte[1] << 8 | byte[2];
}

static void add_trigrams(struct trigrams *trigrams, const char *text, size_t len_bytes)
{
	int k;

	for (size_t i = 0; i + TRIGRAM_BYTES <= len_bytes; i++) {
		uint32_t trigram = trigram_at(text + i);

		for (k = 0; k < trigrams->cnt && trigrams->all[k] != trigram; k++)
			;
		if (k == trigrams->cnt && k < TRIGRAMS_MAX)
			trigrams->all[trigrams->cnt++] = trigram;
	}
}

/* Take those of the text, without the regular expressions in it. */
static void message_trigrams(struct trigrams *trigrams, const char *message)
{
	const char *open, *close;

	trigrams->cnt = 0;
	while (*message) {
		open = strstr(message, "{{");
		close = open ? strstr(open, "}}") : NULL;
		if (!close)
			open = message + strlen(message);
		add_trigrams(trigrams, message, open - message);
		message = close ? close + 2 : open;
	}
}

/* The trigrams that are looked for, as a bit for each hash: most bytes of a log have none of them. */
struct filter {
	uint64_t bits[1024];
};

static uint32_t hash(uint32_t trigram)
{
	return (trigram * 2654435761u) >> 16;
}

static bool may_have(const struct filter *filter, uint32_t trigram)
{
	return filter->bits[hash(trigram) / 64] >> hash(trigram) % 64 & 1;
}

/* Return: how many of the trigrams the line has. */
static int count_common(const struct trigrams *trigrams, const struct filter *filter,
			const char *line, size_t len_bytes)
{
	bool has[TRIGRAMS_MAX] = {};
	int k, cnt = 0;

	for (size_t i = 0; i + TRIGRAM_BYTES <= len_bytes; i++) {
		uint32_t trigram = trigram_at(line + i);

		if (!may_have(filter, trigram))
			continue;
		for (k = 0; k < trigrams->cnt && trigrams->all[k] != trigram; k++)
			;
		if (k == trigrams->cnt || has[k])
			continue;
		has[k] = true;
		cnt++;
	}
	return cnt;
}

static const char *line_end(const char *line)
{
	return strchrnul(line, '\n');
}

/* Return: the number of the line that has the byte before @at. */
static size_t line_number(const char *log, const char *at)
{
	size_t number = 1;

	for (; log + 1 < at; log++)
		number += *log == '\n';
	return number;
}

static size_t count_lines(const char *log)
{
	return *log ? line_number(log, log + strlen(log)) : 0;
}

/* Return: the number of the most similar line from @from on; 0: none has half of the message. */
static size_t most_similar(const char *log, const char *from, const char *message)
{
	struct trigrams trigrams;
	struct filter filter = {};
	size_t len, best_len = 0, number = from == log ? 1 : line_number(log, from), best = 0;
	int common, most;

	message_trigrams(&trigrams, message);
	for (int k = 0; k < trigrams.cnt; k++)
		filter.bits[hash(trigrams.all[k]) / 64] |= 1ull << hash(trigrams.all[k]) % 64;
	most = (trigrams.cnt + 1) / 2 - 1;
	for (; *from; number++) {
		len = line_end(from) - from;
		common = count_common(&trigrams, &filter, from, len);
		if (common && (common > most || (best && common == most && len < best_len))) {
			most = common;
			best = number;
			best_len = len;
		}
		from += len + !!from[len];
	}
	return best;
}

struct verifier_mismatch verifier_log__compare(const char *log, const char *from,
					       const char *message, const char *early)
{
	struct verifier_mismatch mismatch = { .lines_cnt = count_lines(log) };

	if (from > log)
		mismatch.stopped = line_number(log, from);
	mismatch.is_early = early;
	mismatch.near = early ? line_number(log, early) : most_similar(log, from, message);
	return mismatch;
}

static const char *line_at(const char *log, size_t number)
{
	while (--number) {
		log = line_end(log);
		log += !!*log;
	}
	return log;
}

static int shown_bytes(const char *line)
{
	size_t len = line_end(line) - line;

	return len < SHOWN_BYTES ? len : SHOWN_BYTES;
}

void verifier_log__describe(const struct verifier_mismatch *mismatch, const char *log, char *out,
			    size_t out_bytes)
{
	const char *line;

	if (!mismatch->lines_cnt) {
		snprintf(out, out_bytes, "the log is empty");
	} else if (!mismatch->near) {
		snprintf(out, out_bytes, "no line of the log is similar");
	} else if (mismatch->is_early) {
		snprintf(out, out_bytes, "line %zu has it, too early", mismatch->near);
	} else {
		line = line_at(log, mismatch->near);
		snprintf(out, out_bytes, "line %zu of the log is the most similar: '%.*s'",
			 mismatch->near, shown_bytes(line), line);
	}
}

struct range {
	size_t first, last;
};

/* Move a range of lines into the log. */
static struct range range_within(size_t first, size_t cnt, size_t lines_cnt)
{
	struct range range;

	if (first + cnt > lines_cnt + 1)
		first = lines_cnt + 1 > cnt ? lines_cnt + 1 - cnt : 1;
	range.first = first ? first : 1;
	range.last = range.first + cnt - 1;
	if (range.last > lines_cnt)
		range.last = lines_cnt;
	return range;
}

/* The range of half of the lines, in which the given one is in the middle. */
static struct range range_around(size_t line, size_t lines_cnt)
{
	size_t half = PRINTED_LINES / 4;

	return range_within(line > half ? line - half : 1, PRINTED_LINES / 2, lines_cnt);
}

static void print_range(const struct verifier_mismatch *mismatch, const char *log,
			struct range range, FILE *out)
{
	const char *line = line_at(log, range.first), *mark;
	size_t number;
	int len;

	for (number = range.first; number <= range.last; number++) {
		mark = "";
		if (number == mismatch->near)
			mark = mismatch->is_early ? "early" : "similar";
		if (number == mismatch->stopped)
			mark = "found";
		len = shown_bytes(line);
		fprintf(out, "%7s %5zu%s%.*s%s\n", mark, number, len ? "  " : "", len, line,
			line[len] && line[len] != '\n' ? "..." : "");
		line = line_end(line);
		line += !!*line;
	}
}

void verifier_log__print(const struct verifier_mismatch *mismatch, const char *log, FILE *out)
{
	size_t cnt = mismatch->lines_cnt;
	struct range first, second, swap;

	if (!cnt)
		return;
	/* The verdict is at the end of the log. */
	second = range_around(mismatch->near ? mismatch->near : cnt, cnt);
	first = mismatch->stopped ? range_around(mismatch->stopped, cnt) : second;
	if (first.first > second.first) {
		swap = first;
		first = second;
		second = swap;
	}
	if (second.first <= first.last + 1) {
		second = range_within(first.first, PRINTED_LINES, cnt);
		print_range(mismatch, log, second, out);
		return;
	}
	print_range(mismatch, log, first, out);
	fprintf(out, "          ... %zu lines\n", second.first - first.last - 1);
	print_range(mismatch, log, second, out);
}

/* The lines of print_verification_stats() in the kernel. */
static bool has_statistics(const char *line)
{
	static const char *const beginnings[] = { "processed ", "verification time ",
						  "stack depth ", "subprog " };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		if (!strncmp(line, beginnings[i], strlen(beginnings[i])))
			return true;
	}
	return false;
}

const char *verifier_log__verdict(const char *log, size_t *len_bytes)
{
	const char *verdict = "";

	/* An explanation may follow the line (measured: Linux 7.3.4). */
	for (; *log && strncmp(log, EXPLANATION, strlen(EXPLANATION)) != 0;
	     log = line_end(log), log += !!*log) {
		if (*log != '\n' && !has_statistics(log))
			verdict = log;
	}
	*len_bytes = shown_bytes(verdict);
	return verdict;
}
