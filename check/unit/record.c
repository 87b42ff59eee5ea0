// SPDX-License-Identifier: GPL-2.0-only
#include "check/unit/unit_test.h"
#include "runner/records/record.h"

static char message[RECORD_MAX_BYTES];

static size_t encode_sample(void)
{
	const struct record record = {
		.header.type = RECORD_FAILED,
		.header.line = 42,
		.header.number = -7,
		.header.address = 0x1122334455667788,
		.texts = { "file.c", "", "name" },
	};

	return record__encode(&record, message);
}

static void round_trip(void **state)
{
	struct record record;
	size_t len = encode_sample();

	assert_int_equal(record__decode(&record, message, len), 0);
	assert_int_equal(record.header.type, RECORD_FAILED);
	assert_int_equal(record.header.line, 42);
	assert_int_equal(record.header.number, -7);
	assert_true(record.header.address == 0x1122334455667788);
	assert_string_equal(record.texts[0], "file.c");
	assert_string_equal(record.texts[1], "");
	assert_string_equal(record.texts[2], "name");
	assert_string_equal(record.texts[3], "");
}

static void every_cut_is_refused(void **state)
{
	struct record record;
	size_t len = encode_sample(), cut;

	for (cut = 0; cut < len; cut++)
		assert_int_equal(record__decode(&record, message, cut), -74 /* EBADMSG */);
	assert_int_equal(record__decode(&record, message, len + 1), -74);
}

static void wrong_headers_are_refused(void **state)
{
	struct record record;
	struct record_header *header = (struct record_header *)message;
	size_t len = encode_sample();

	header->magic++;
	assert_int_equal(record__decode(&record, message, len), -74);
	len = encode_sample();
	header->type = 0;
	assert_int_equal(record__decode(&record, message, len), -74);
	header->type = RECORD_TYPE_MAX;
	assert_int_equal(record__decode(&record, message, len), -74);
	len = encode_sample();
	header->texts_cnt = -1;
	assert_int_equal(record__decode(&record, message, len), -74);
	header->texts_cnt = RECORD_TEXTS_MAX + 1;
	assert_int_equal(record__decode(&record, message, len), -74);
	header->texts_cnt = 4;
	assert_int_equal(record__decode(&record, message, len), -74);
	header->texts_cnt = 2;
	assert_int_equal(record__decode(&record, message, len), -74);
}

static void long_texts_are_cut(void **state)
{
	static char text[2 * RECORD_MAX_BYTES];
	struct record record = {
		.header.type = RECORD_FAILED,
		.texts = { "file.c", text, "behind", "last" },
	};
	size_t len;

	memset(text, 'x', sizeof(text) - 1);
	len = record__encode(&record, message);
	assert_true(len <= RECORD_MAX_BYTES);
	assert_int_equal(record__decode(&record, message, len), 0);
	assert_string_equal(record.texts[0], "file.c");
	assert_true(strlen(record.texts[1]) > RECORD_MAX_BYTES / 2);
	assert_string_equal(record.texts[3], "");
}

/* A damaged record must be refused, or read within its bounds. */
static void noise_stays_in_bounds(void **state)
{
	struct record record;
	unsigned int seed = 1;
	size_t len, i, turn;
	char *copy;

	for (turn = 0; turn < 20000; turn++) {
		len = encode_sample();
		for (i = 0; i < 3; i++) {
			seed = seed * 1103515245 + 12345;
			message[(seed >> 8) % len] = seed >> 24;
		}
		/* Copy it to the heap, where a sanitizer finds a read beyond the end. */
		copy = malloc(len);
		memcpy(copy, message, len);
		if (!record__decode(&record, copy, len)) {
			for (i = 0; i < RECORD_TEXTS_MAX; i++)
				assert_true(strlen(record.texts[i]) < len);
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(wrong_headers_are_refused),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(noise_stays_in_bounds),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
