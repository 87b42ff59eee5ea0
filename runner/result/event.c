// SPDX-License-Identifier: GPL-2.0-only
/* Passes events to the listeners, in the order in which the listeners were added. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "runner/result/event.h"
#include "runner/system/clock.h"

void event_sink__add(struct event_sink *sink, void (*on_event)(void *context, const struct event *),
		     void *context)
{
	assert(sink->cnt < EVENT_LISTENERS_MAX);
	sink->listeners[sink->cnt++] = (struct event_listener){ on_event, context };
}

void event_sink__tell(const struct event_sink *sink, const struct event *event)
{
	int i;

	for (i = 0; i < sink->cnt; i++)
		sink->listeners[i].on_event(sink->listeners[i].context, event);
}

void event_sink__debug(const struct event_sink *sink, const char *fmt, ...)
{
	va_list args;

	if (!sink->prints_debug)
		return;
	va_start(args, fmt);
	fprintf(stderr, "debug: [%.6f] ", (double)clock__now_ns() / NS_PER_S);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
}
