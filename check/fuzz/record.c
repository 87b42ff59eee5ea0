// SPDX-License-Identifier: GPL-2.0-only
/* What a test process sends: any bytes at all, and texts of any length. */
#include "check/fuzz/fuzz.h"
#include "runner/records/record.h"

static char message[RECORD_MAX_BYTES];

static void check_same(const struct record *a, const struct record *b)
{
	struct record_header header = a->header;
	int i;

	header.texts_cnt = b->header.texts_cnt;
	INVARIANT(!memcmp(&header, &b->header, sizeof(header)));
	for (i = 0; i < RECORD_TEXTS_MAX; i++)
		INVARIANT(!strcmp(a->texts[i], b->texts[i]));
}

static void check_received(const uint8_t *data, size_t size)
{
	struct record record, again;
	size_t len;
	int i;

	if (record__decode(&record, (const char *)data, size))
		return;
	INVARIANT(record.header.magic == RECORD_MAGIC);
	INVARIANT(record.header.type && record.header.type < RECORD_TYPE_MAX);
	for (i = 0; i < RECORD_TEXTS_MAX; i++)
		INVARIANT(strlen(record.texts[i]) < size);
	len = record__encode(&record, message);
	INVARIANT(len <= sizeof(message) && !record__decode(&again, message, len));
	check_same(&record, &again);
}

/* One text that repeats the input, between others. */
static void check_sent(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	size_t len = input__byte(&input) << 8 | input__byte(&input), i;
	int place = input__byte(&input) % RECORD_TEXTS_MAX;
	struct record record = {
		.header.type = RECORD_FAILED,
		.texts = { "file.c", "func", "name", "text" },
	};
	struct record again;
	char *text = malloc(len + 1);

	for (i = 0; i < len; i++)
		text[i] = input.size ? input.data[i % input.size] ?: ' ' : 'x';
	text[len] = '\0';
	record.texts[place] = text;
	len = record__encode(&record, message);
	INVARIANT(len <= sizeof(message) && !record__decode(&again, message, len));
	for (i = 0; i < RECORD_TEXTS_MAX; i++)
		INVARIANT(!strncmp(again.texts[i], record.texts[i], strlen(again.texts[i])));
	if (strlen(text) < RECORD_MAX_BYTES / 2) {
		record.header = again.header;
		check_same(&again, &record);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_received(data, size);
	check_sent(data, size);
	return 0;
}
