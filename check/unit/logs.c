// SPDX-License-Identifier: GPL-2.0-only
/* Tests the part of a log that is kept, and the way in which its bytes are shown. */
#include "check/unit/unit_test.h"
#include "runner/text/capped_log.h"
#include "runner/text/log_tail.h"
#include "runner/text/printable.h"

#define KEPT_BYTES (LOG_HEAD_MAX_BYTES + LOG_TAIL_MAX_BYTES)

/* Returns the byte at a position of an endless text. */
static char byte_at(uint64_t place)
{
	return 'a' + place * 7 % 26;
}

static void add(struct capped_log *log, size_t total, size_t piece)
{
	char *bytes = malloc(piece);
	size_t i, done, len;

	for (done = 0; done < total; done += len) {
		len = piece < total - done ? piece : total - done;
		for (i = 0; i < len; i++)
			bytes[i] = byte_at(done + i);
		capped_log__add(log, bytes, len);
	}
	free(bytes);
}

static void check_kept(size_t total, size_t piece)
{
	struct capped_log log = {};
	size_t len, i, dropped;
	char note[96] = "", *text;

	add(&log, total, piece);
	dropped = total > KEPT_BYTES ? total - KEPT_BYTES : 0;
	assert_int_equal(capped_log__dropped_bytes(&log), dropped);
	if (dropped)
		snprintf(note, sizeof(note), "\n[... %zu bytes of output left out here ...]\n",
			 dropped);
	text = capped_log__text(&log, &len);
	assert_int_equal(len, total - dropped + strlen(note));
	for (i = 0; i < len; i++) {
		char expected =
			i < LOG_HEAD_MAX_BYTES || !dropped    ? byte_at(i) :
			i < LOG_HEAD_MAX_BYTES + strlen(note) ? note[i - LOG_HEAD_MAX_BYTES] :
								byte_at(i - strlen(note) + dropped);

		if (text[i] != expected)
			fail_msg("total %zu, piece %zu: byte %zu", total, piece, i);
	}
	free(text);
	capped_log__free(&log);
}

static void head_and_tail_are_kept(void **state)
{
	static const size_t pieces[] = { 1000, 4096, LOG_HEAD_MAX_BYTES - 1, 1 << 20 };
	static const size_t totals[] = {
		0,
		1,
		1000,
		LOG_HEAD_MAX_BYTES - 1,
		LOG_HEAD_MAX_BYTES,
		LOG_HEAD_MAX_BYTES + 1,
		KEPT_BYTES - 1,
		KEPT_BYTES,
		KEPT_BYTES + 1,
		KEPT_BYTES + LOG_TAIL_MAX_BYTES + 5,
		3 * KEPT_BYTES + 77,
	};
	size_t i, k;

	for (i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
		for (k = 0; k < sizeof(pieces) / sizeof(pieces[0]); k++)
			check_kept(totals[i], pieces[k]);
	}
}

static void an_empty_piece_is_nothing(void **state)
{
	struct capped_log log = {};
	size_t len;
	char *text;

	capped_log__add(&log, "", 0);
	text = capped_log__text(&log, &len);
	assert_int_equal(len, 0);
	assert_null(log.head);
	free(text);
	capped_log__add(&log, "a", 1);
	capped_log__add(&log, "", 0);
	assert_int_equal(log.last, 'a');
	capped_log__free(&log);
}

static void shown(const char *bytes, size_t len, const char *expected)
{
	char *text = printable(bytes, len);

	assert_string_equal(text, expected);
	free(text);
}

static void only_harmless_bytes_are_shown(void **state)
{
	shown("", 0, "");
	shown("plain\ttext\n", 11, "plain\ttext\n");
	shown("\0\x01\x1b\r\x7f", 5, "\\x00\\x01\\x1b\\x0d\\x7f");
	shown("\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x9d", 9, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x9d");
	shown("\xc2\x80\xc2\x9f\xc2\xa0", 6, "\\xc2\\x80\\xc2\\x9f\xc2\xa0");
	/* Invalid UTF-8: cut, overlong, a surrogate, above U+10FFFF, a lone continuation byte. */
	shown("\xe2\x82", 2, "\\xe2\\x82");
	shown("\xe2\x82"
	      "a",
	      3, "\\xe2\\x82a");
	shown("\xc0\xaf", 2, "\\xc0\\xaf");
	shown("\xe0\x80\xaf", 3, "\\xe0\\x80\\xaf");
	shown("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");
	shown("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80");
	shown("\x80", 1, "\\x80");
	shown("\xff\xfe", 2, "\\xff\\xfe");
}

static void the_last_lines_are_there(void **state)
{
	struct log_tail *tail = calloc(1, sizeof(*tail));
	char line[16], long_line[2 * LOG_TAIL_LINE_MAX_BYTES] = "";
	uint64_t i;

	assert_int_equal(log_tail__first(tail, 0, LOG_TAIL_LINES), 0);
	for (i = 0; i < LOG_TAIL_LINES; i++) {
		snprintf(line, sizeof(line), "line %d", (int)i);
		log_tail__add(tail, line);
	}
	assert_int_equal(log_tail__first(tail, 0, LOG_TAIL_LINES), 0);
	assert_int_equal(log_tail__first(tail, 3, LOG_TAIL_LINES), 3);
	assert_int_equal(log_tail__first(tail, LOG_TAIL_LINES, LOG_TAIL_LINES), tail->lines_cnt);
	assert_int_equal(log_tail__first(tail, 3, 5), tail->lines_cnt - 5);
	assert_int_equal(log_tail__first(tail, tail->lines_cnt - 2, 5), tail->lines_cnt - 2);
	assert_string_equal(log_tail__line(tail, 3), "line 3");
	memset(long_line, 'x', sizeof(long_line) - 1);
	log_tail__add(tail, long_line);
	assert_int_equal(log_tail__first(tail, 0, LOG_TAIL_LINES), 1);
	assert_int_equal(log_tail__first(tail, 5, LOG_TAIL_LINES), 5);
	assert_string_equal(log_tail__line(tail, 1), "line 1");
	assert_int_equal(strlen(log_tail__line(tail, LOG_TAIL_LINES)), LOG_TAIL_LINE_MAX_BYTES - 1);
	free(tail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head_and_tail_are_kept),
		cmocka_unit_test(an_empty_piece_is_nothing),
		cmocka_unit_test(only_harmless_bytes_are_shown),
		cmocka_unit_test(the_last_lines_are_there),
	};

	return cmocka_run_group_tests_name("logs", tests, NULL, NULL);
}
