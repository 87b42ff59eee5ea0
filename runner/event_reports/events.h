/* SPDX-License-Identifier: GPL-2.0-only */
/* What each event of a stream says about its run. */
#ifndef RUNNER_EVENT_REPORTS_EVENTS_H
#define RUNNER_EVENT_REPORTS_EVENTS_H

#include "runner/event_reports/report.h"

/* The version of the event stream that is understood; older ones do not exist. */
#define EVENTS_VERSION 1

struct json_object;

struct event_reading {
	struct report_run *run;
	int version;     /* of the stream */
	int64_t base_us; /* time that the times of the current part count from */
	int64_t now_us;  /* time of the last event */
};

enum event_meaning {
	EVENT_IS_TAKEN,
	EVENT_IS_UNKNOWN,   /* an event of a newer program, which readers ignore */
	EVENT_IS_BROKEN,    /* not an event, or without what an event of this kind must have */
	EVENT_IS_TOO_EARLY, /* no run_begin came before */
	EVENT_IS_TOO_NEW,   /* the version of the stream is not known */
};

/** events__take() - put an event into the run */
enum event_meaning events__take(struct event_reading *reading, struct json_object *event);

/** events__end() - the stream has ended: end what has begun in it; 0 or -ENOMEM */
int events__end(struct event_reading *reading);

#endif
