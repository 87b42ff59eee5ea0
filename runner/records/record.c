// SPDX-License-Identifier: GPL-2.0-only
/* Encodes and decodes records. Uses no descriptor and allocates nothing. */
#include <errno.h>
#include <string.h>

#include "runner/records/record.h"

size_t record__encode(const struct record *record, char *buffer)
{
	struct record_header header = record->header;
	size_t used = sizeof(header), len, room;
	int i;

	header.magic = RECORD_MAGIC;
	header.texts_cnt = 0;
	for (i = 0; i < RECORD_TEXTS_MAX && record->texts[i]; i++) {
		/* Leave room for the NUL of every later text. */
		room = RECORD_MAX_BYTES - used - (RECORD_TEXTS_MAX - i);
		len = strnlen(record->texts[i], room);
		memcpy(buffer + used, record->texts[i], len);
		buffer[used + len] = '\0';
		used += len + 1;
		header.texts_cnt++;
	}
	memcpy(buffer, &header, sizeof(header));
	return used;
}

int record__decode(struct record *record, const char *message, size_t len_bytes)
{
	const char *end = message + len_bytes, *p = message + sizeof(record->header);
	const char *nul;
	int i;

	if (len_bytes < sizeof(record->header))
		return -EBADMSG;
	memcpy(&record->header, message, sizeof(record->header));
	if (record->header.magic != RECORD_MAGIC || !record->header.type ||
	    record->header.type >= RECORD_TYPE_MAX || record->header.texts_cnt < 0 ||
	    record->header.texts_cnt > RECORD_TEXTS_MAX)
		return -EBADMSG;
	for (i = 0; i < RECORD_TEXTS_MAX; i++) {
		if (i >= record->header.texts_cnt) {
			record->texts[i] = "";
			continue;
		}
		nul = p < end ? memchr(p, '\0', end - p) : NULL;
		if (!nul)
			return -EBADMSG;
		record->texts[i] = p;
		p = nul + 1;
	}
	return p == end ? 0 : -EBADMSG;
}
