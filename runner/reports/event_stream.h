/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event stream: what happens in a run, as it happens, one JSON object a line. docs/results.md
 * has the schema. Each line is one write(2), so that a runner that is killed leaves whole lines.
 */
#ifndef RUNNER_REPORTS_EVENT_STREAM_H
#define RUNNER_REPORTS_EVENT_STREAM_H

#include <stdint.h>

#include "runner/result/event.h"

#define EVENT_STREAM_VERSION 1

struct event_stream {
	int fd;            /* -1: nobody wants events */
	int journal_fd;    /* flushed before what has happened goes on; or -1 */
	int error;         /* the first that a write had: a negative errno */
	uint64_t start_ns; /* events have the time since then */
};

/** event_stream__listen() - a listener of the event sink; @context is a struct event_stream */
void event_stream__listen(void *context, const struct event *event);

/**
 * event_stream__copy() - write the whole lines that an earlier part of the run has left
 * @fd: of the events or the journal
 */
void event_stream__copy(struct event_stream *stream, int fd, const char *text, size_t len_bytes);

#endif
