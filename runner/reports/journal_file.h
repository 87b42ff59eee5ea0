/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file of the journal, which has the event stream on a disk that outlives the kernel. A new
 * journal replaces the old one only after it has all events of the old one and is on the disk.
 */
#ifndef RUNNER_REPORTS_JOURNAL_FILE_H
#define RUNNER_REPORTS_JOURNAL_FILE_H

#include "runner/reports/event_stream.h"

/**
 * journal_file__open() - begin the journal of this part of the run
 * @path: path of the journal; NULL: no journal is wanted
 * @text, @len_bytes: the events of the earlier parts, which come first; or NULL
 *
 * Return: 0, or a negative errno after a message on stderr.
 */
int journal_file__open(struct event_stream *stream, const char *path, const char *text,
		       size_t len_bytes);

/** journal_file__remove() - remove the journal, because the run is complete */
void journal_file__remove(struct event_stream *stream, const char *path);

#endif
