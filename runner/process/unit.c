// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that all files unit_*.c use: for a unit's log, failures and descriptors. They tell the
 * event sink, and print nothing.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "runner/process/unit.h"
#include "runner/system/clock.h"
#include "runner/system/process.h"
#include "runner/text/cleanup.h"

struct outcome *unit__current_outcome(const struct unit *unit)
{
	struct subtest_outcome *subtest = test_outcome__open_subtest(unit->test);

	return subtest ? &subtest->outcome : &unit->test->outcome;
}

void unit__tell(const struct unit *unit, enum event_kind kind, struct outcome *where)
{
	event_sink__tell(unit->units->sink,
			 &(struct event){ .kind = kind, .test = unit->test, .where = where });
}

void unit__log_text(struct unit *unit, const char *text, size_t len_bytes)
{
	struct outcome *outcome = unit__current_outcome(unit);

	capped_log__add(&outcome->log, text, len_bytes);
	event_sink__tell(unit->units->sink, &(struct event){
						    .kind = EVENT_OUTPUT,
						    .test = unit->test,
						    .where = outcome,
						    .output = { text, len_bytes },
					    });
}

void unit__log_line(struct unit *unit, const char *fmt, ...)
{
	const struct capped_log *log = &unit__current_outcome(unit)->log;
	va_list args;
	char *line;
	int n;

	va_start(args, fmt);
	n = vasprintf(&line, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	/* Begin a new line: the last output of the test may lack its newline. */
	if (log->total_bytes && log->last != '\n')
		unit__log_text(unit, "\n", 1);
	unit__log_text(unit, line, n);
	free(line);
}

static void note_failure(struct outcome *outcome, const struct record *record)
{
	struct failed_assertion *first = &outcome->first_failure;

	outcome->failures++;
	if (first->text)
		return;
	if (record->texts[0][0])
		first->file = strdup(record->texts[0]);
	first->func = strdup(record->texts[1]);
	first->line = record->header.line;
	if (asprintf(&first->text, "%s: %s", record->texts[2], record->texts[3]) < 0)
		first->text = NULL;
}

void unit__take_failure(struct unit *unit, const struct record *record)
{
	struct outcome *outcome = unit__current_outcome(unit);
	autofree char *place = NULL;
	char child[48] = "";

	if (record->header.pid != unit->pid)
		snprintf(child, sizeof(child), " [in child process %d]", record->header.pid);
	note_failure(outcome, record);
	event_sink__tell(unit->units->sink, &(struct event){
						    .kind = EVENT_ASSERTION_FAILED,
						    .test = unit->test,
						    .where = outcome,
						    .failure = record,
					    });
	if (record->texts[0][0] &&
	    asprintf(&place, " (%s:%d)", record->texts[0], record->header.line) < 0)
		place = NULL;
	unit__log_line(unit, "%s:FAIL:%s %s%s%s\n", record->texts[1], record->texts[2],
		       record->texts[3], place ?: "", child);
}

void unit__fail(struct unit *unit, const char *name, const char *fmt, ...)
{
	struct record failure = {
		.header.pid = unit->pid,
		.texts = { "", unit->test->outcome.name, name },
	};
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	failure.texts[3] = text;
	unit__take_failure(unit, &failure);
}

int64_t unit__deadline_ms(const struct unit *unit)
{
	const struct mutation_order *mutation = unit->test->mutation;

	return mutation && mutation->deadline_ms ? mutation->deadline_ms :
						   unit->units->options->deadline_ms;
}

void unit__restart_deadline(struct unit *unit)
{
	uint64_t deadline_ns = unit__deadline_ms(unit) * NS_PER_MS;
	uint64_t now_ns = clock__now_ns();

	unit->deadline_ns = deadline_ns ? now_ns + deadline_ns : 0;
	unit->slow_ns = deadline_ns ? now_ns + deadline_ns / 10 : 0;
}

int unit__watch(struct unit *unit, enum unit_fd kind, int fd)
{
	struct unit_watch *watch = &unit->watch[kind];
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };

	*watch = (struct unit_watch){ .unit = unit, .kind = kind, .fd = fd };
	return epoll_ctl(unit->units->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

void unit__ignore(struct unit *unit, enum unit_fd kind)
{
	epoll_ctl(unit->units->epoll_fd, EPOLL_CTL_DEL, unit->watch[kind].fd, NULL);
}

void unit__unwatch(struct unit *unit, enum unit_fd kind)
{
	if (unit->watch[kind].fd < 0)
		return;
	/*
	 * Children of the test may still have the same file open, and close() alone would not end
	 * the watch.
	 */
	unit__ignore(unit, kind);
	close(unit->watch[kind].fd);
	unit->watch[kind].fd = -1;
}

bool unit__has_ended(const struct unit *unit)
{
	return unit->state == UNIT_CLEARING ||
	       (unit->state == UNIT_RUNNING && process__is_zombie(unit->pid));
}

uint64_t units__scaled_ns(const struct units *units, int64_t time_ms)
{
	return time_ms * NS_PER_MS * units->options->time_scale;
}

struct unit *units__find(const struct units *units, const struct test_outcome *test)
{
	int i;

	for (i = 0; i < units->cnt; i++) {
		if (units->all[i].state != UNIT_FREE && units->all[i].test == test)
			return &units->all[i];
	}
	return NULL;
}

char *units__running_names(const struct units *units, bool has_ended_only)
{
	const char *separator = "";
	char *text = NULL;
	size_t len_bytes;
	FILE *out = open_memstream(&text, &len_bytes);
	int i;

	if (!out)
		return NULL;
	for (i = 0; i < units->cnt; i++) {
		const struct unit *unit = &units->all[i];

		if (unit->state == UNIT_FREE || (has_ended_only && !unit__has_ended(unit)))
			continue;
		fprintf(out, "%s%s", separator, unit->test->outcome.name);
		separator = ", ";
	}
	fclose(out);
	return text;
}
