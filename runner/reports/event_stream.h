/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event stream: a line of JSON for each event of a run, written when the event happens.
 * docs/results.md has the schema. Each line is written by one write(2), so that a killed runner
 * leaves whole lines.
 */
#ifndef RUNNER_REPORTS_EVENT_STREAM_H
#define RUNNER_REPORTS_EVENT_STREAM_H

#include <stdint.h>

#include "runner/result/event.h"

#define EVENT_STREAM_VERSION 1

struct json_object;

struct event_stream {
	int fd;            /* descriptor of the event stream; -1: nobody wants events */
	int journal_fd;    /* the journal, flushed before the run goes on; or -1 */
	int error;         /* the first error of a write: a negative errno */
	uint64_t start_ns; /* monotonic time from which the times in events count */
};

/**
 * event_stream__object() - an event as a JSON object, owned by the caller
 * @start_ns: monotonic time from which the time in the event counts
 *
 * Return: NULL for an event that is not in the stream.
 */
struct json_object *event_stream__object(const struct event *event, uint64_t start_ns);

/** event_stream__listen() - a listener of the event sink; @context is a struct event_stream */
void event_stream__listen(void *context, const struct event *event);

/**
 * event_stream__copy() - write the whole lines that an earlier part of the run has left
 * @fd: descriptor of the event stream or of the journal
 */
void event_stream__copy(struct event_stream *stream, int fd, const char *text, size_t len_bytes);

#endif
