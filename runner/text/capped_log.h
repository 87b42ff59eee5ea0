/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_TEXT_CAPPED_LOG_H
#define RUNNER_TEXT_CAPPED_LOG_H

#include <stddef.h>
#include <stdint.h>

/* The output of a test or subtest. If it is long, only its beginning and its end are kept. */
#define LOG_HEAD_MAX_BYTES (256 << 10)
#define LOG_TAIL_MAX_BYTES (256 << 10)

struct capped_log {
	char *head;
	size_t head_bytes, head_room;
	char *tail; /* ring buffer of LOG_TAIL_MAX_BYTES */
	size_t tail_start, tail_bytes;
	uint64_t total_bytes; /* number of all bytes that were ever added */
	char last;            /* the last byte */
};

/** capped_log__add() - append bytes; if they are too many, the middle is dropped */
void capped_log__add(struct capped_log *log, const char *bytes, size_t len);

/** capped_log__set() - let the log be a text of capped_log__text(), whatever was in it before */
void capped_log__set(struct capped_log *log, const char *text, size_t len_bytes);

/** capped_log__dropped_bytes() - the number of bytes that are missing in the middle */
uint64_t capped_log__dropped_bytes(const struct capped_log *log);

/**
 * capped_log__text() - the log as one text
 * @len_bytes: set to its length
 *
 * If bytes were dropped, a line in their place says how many.
 *
 * Return: the bytes, to be freed by the caller; NULL when out of memory.
 */
char *capped_log__text(const struct capped_log *log, size_t *len_bytes);

/** capped_log__free() - empty the log */
void capped_log__free(struct capped_log *log);

#endif
