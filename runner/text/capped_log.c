// SPDX-License-Identifier: GPL-2.0-only
/*
 * A log that keeps its head and its tail. A test that floods its output then costs the runner only
 * a fixed amount of memory.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/text/capped_log.h"

static size_t add_to_head(struct capped_log *log, const char *bytes, size_t len)
{
	size_t room, fits = 0;
	char *grown;

	/* After capped_log__set() the head may be longer than this. */
	if (log->head_bytes < LOG_HEAD_MAX_BYTES)
		fits = LOG_HEAD_MAX_BYTES - log->head_bytes;

	if (fits > len)
		fits = len;
	if (log->head_bytes + fits > log->head_room) {
		for (room = log->head_room ?: 1024; room < log->head_bytes + fits; room *= 2)
			;
		grown = realloc(log->head, room);
		if (!grown)
			return 0;
		log->head = grown;
		log->head_room = room;
	}
	memcpy(log->head + log->head_bytes, bytes, fits);
	log->head_bytes += fits;
	return fits;
}

static void add_to_tail(struct capped_log *log, const char *bytes, size_t len)
{
	size_t at, piece, over;

	if (!log->tail)
		log->tail = malloc(LOG_TAIL_MAX_BYTES);
	if (!log->tail)
		return;
	if (len > LOG_TAIL_MAX_BYTES) {
		bytes += len - LOG_TAIL_MAX_BYTES;
		len = LOG_TAIL_MAX_BYTES;
	}
	over = log->tail_bytes + len > LOG_TAIL_MAX_BYTES ?
		       log->tail_bytes + len - LOG_TAIL_MAX_BYTES :
		       0;
	log->tail_start = (log->tail_start + over) % LOG_TAIL_MAX_BYTES;
	log->tail_bytes -= over;
	while (len) {
		at = (log->tail_start + log->tail_bytes) % LOG_TAIL_MAX_BYTES;
		piece = LOG_TAIL_MAX_BYTES - at < len ? LOG_TAIL_MAX_BYTES - at : len;
		memcpy(log->tail + at, bytes, piece);
		log->tail_bytes += piece;
		bytes += piece;
		len -= piece;
	}
}

void capped_log__add(struct capped_log *log, const char *bytes, size_t len)
{
	size_t kept = 0;

	if (!len)
		return;
	log->last = bytes[len - 1];
	log->total_bytes += len;
	if (!log->tail_bytes)
		kept = add_to_head(log, bytes, len);
	if (kept < len)
		add_to_tail(log, bytes + kept, len - kept);
}

void capped_log__set(struct capped_log *log, const char *text, size_t len_bytes)
{
	capped_log__free(log);
	log->head = len_bytes ? malloc(len_bytes) : NULL;
	if (!log->head)
		return;
	memcpy(log->head, text, len_bytes);
	log->head_bytes = log->head_room = log->total_bytes = len_bytes;
	log->last = text[len_bytes - 1];
}

uint64_t capped_log__dropped_bytes(const struct capped_log *log)
{
	return log->total_bytes - log->head_bytes - log->tail_bytes;
}

char *capped_log__text(const struct capped_log *log, size_t *len_bytes)
{
	uint64_t dropped = capped_log__dropped_bytes(log);
	size_t first, len = 0;
	char note[96] = "";
	char *text;

	if (dropped)
		snprintf(note, sizeof(note),
			 "\n[... %" PRIu64 " bytes of output left out here ...]\n", dropped);
	text = malloc(log->head_bytes + strlen(note) + log->tail_bytes + 1);
	if (!text)
		return NULL;
	if (log->head_bytes)
		memcpy(text, log->head, log->head_bytes);
	len = log->head_bytes;
	memcpy(text + len, note, strlen(note));
	len += strlen(note);
	if (log->tail_bytes) {
		first = LOG_TAIL_MAX_BYTES - log->tail_start;
		if (first > log->tail_bytes)
			first = log->tail_bytes;
		memcpy(text + len, log->tail + log->tail_start, first);
		memcpy(text + len + first, log->tail, log->tail_bytes - first);
		len += log->tail_bytes;
	}
	text[len] = '\0';
	*len_bytes = len;
	return text;
}

void capped_log__free(struct capped_log *log)
{
	free(log->head);
	free(log->tail);
	memset(log, 0, sizeof(*log));
}
