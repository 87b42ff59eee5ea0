// SPDX-License-Identifier: GPL-2.0-only
/* Writes each event as a line of JSON. Changes no result. */
#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runner/coverage/feature_events.h"
#include "runner/kernel_log/splat.h"
#include "runner/needs/run_info.h"
#include "runner/reports/event_stream.h"
#include "runner/reports/json_outcome.h"
#include "runner/schedule/locks.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_add.h"

#define READER_WAIT_MS 1000
/* The longest log of a failure that is in the event stream; the results folder has all of it. */
#define LOG_MAX_BYTES  (64 << 10)

static bool is_wanted(const struct event_stream *stream)
{
	return (stream->fd >= 0 && stream->error != -EAGAIN) || stream->journal_fd >= 0;
}

/*
 * Write to a pipe that is full. The reader gets a moment to make room. After that it gets no more
 * events, because it must not keep the runner from its tests.
 */
static bool wait_for_reader(struct event_stream *stream)
{
	struct pollfd wait = { .fd = stream->fd, .events = POLLOUT };

	return !stream->error && poll(&wait, 1, READER_WAIT_MS) > 0;
}

static void write_all(struct event_stream *stream, int fd, const char *text, size_t len)
{
	ssize_t n;

	while (fd >= 0 && len) {
		n = write(fd, text, len);
		if (n < 0 && (errno == EINTR ||
			      (errno == EAGAIN && fd == stream->fd && wait_for_reader(stream))))
			continue;
		if (n < 0) {
			stream->error = stream->error ?: -errno;
			break;
		}
		text += n;
		len -= n;
	}
}

void event_stream__copy(struct event_stream *stream, int fd, const char *text, size_t len_bytes)
{
	if (fd != stream->fd || stream->error != -EAGAIN)
		write_all(stream, fd, text, len_bytes);
}

/* Flush the journal, so that it has the running tests if the kernel goes down after this. */
static void flush(struct event_stream *stream)
{
	if (stream->journal_fd >= 0 && fdatasync(stream->journal_fd))
		stream->error = stream->error ?: -errno;
}

/* Write an object as one line, and free it. */
static void emit(struct event_stream *stream, struct json_object *object)
{
	const char *text;
	char *line = NULL;
	size_t len;

	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							      JSON_C_TO_STRING_NOSLASHESCAPE);
	len = text ? strlen(text) : 0;
	line = malloc(len + 1);
	if (!line || !text) {
		stream->error = stream->error ?: -ENOMEM;
		goto out;
	}
	memcpy(line, text, len);
	line[len] = '\n';
	event_stream__copy(stream, stream->fd, line, len + 1);
	event_stream__copy(stream, stream->journal_fd, line, len + 1);
out:
	free(line);
	json_object_put(object);
}

static void add_result(struct json_object *object, const struct event *event)
{
	const struct outcome *outcome = event->where;
	autofree char *reason = test_outcome__explain(event->test, outcome);

	json_add__text(object, "result", result__word(outcome->result));
	if (reason)
		json_add__text(object, "reason", reason);
	json_add__number(object, "duration_us", (outcome->end_ns - outcome->begin_ns) / 1000);
	json_add__number(object, "failed_assertions", outcome->failures);
	if (outcome->captures_cnt)
		json_object_object_add(object, "captures", json_outcome__captures(outcome));
}

/* Add the log of a failure. Of a long one only the beginning and the end are in the stream. */
static void add_log(struct json_object *object, const struct outcome *outcome)
{
	static const char note[] = "\n[... the middle of this log is not in the events ...]\n";
	size_t len, half = LOG_MAX_BYTES / 2, note_len = sizeof(note) - 1;
	autofree char *text = NULL;

	if (!result__is_failure(outcome->result) || !outcome->log.total_bytes)
		return;
	text = capped_log__text(&outcome->log, &len);
	if (!text)
		return;
	if (len > LOG_MAX_BYTES + note_len) {
		memmove(text + half + note_len, text + len - half, half);
		memcpy(text + half, note, note_len);
		len = LOG_MAX_BYTES + note_len;
	}
	json_object_object_add(object, "log", json_add__new_text(text, len));
}

static void add_test(struct json_object *object, const struct event *event)
{
	const struct test_outcome *test = event->test;

	json_add__text(object, "test", test->outcome.name);
	json_add__number(object, "number", test->outcome.number);
	if (event->where != &test->outcome) {
		json_add__text(object, "subtest", event->where->name);
		json_add__number(object, "subtest_number", event->where->number);
	}
}

static void add_true(struct json_object *object, const char *key, bool value)
{
	if (value)
		json_object_object_add(object, key, json_object_new_boolean(true));
}

static void run_begin(struct json_object *object, const struct event *event)
{
	const struct run_info *info = event->run.info;
	uint64_t now_ns = clock__read_ns(CLOCK_REALTIME);
	time_t now = now_ns / NS_PER_S;
	char started[64];
	struct tm utc;

	json_add__number(object, "version", EVENT_STREAM_VERSION);
	gmtime_r(&now, &utc);
	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", &utc);
	json_add__text(object, "started", started);
	json_add__number(object, "started_us", now_ns / NS_PER_US);
	json_add__number(object, "uptime_us", clock__read_ns(CLOCK_BOOTTIME) / NS_PER_US);
	if (info->boot_id)
		json_add__text(object, "boot_id", info->boot_id);
	json_add__number(object, "pid", getpid());
	json_add__number(object, "tests", event->run.tests_cnt);
	json_add__number(object, "jobs", event->run.jobs);
	json_object_object_add(object, "run", run_info__object(info));
}

static void run_end(struct json_object *object, const struct event *event)
{
	const struct run_totals *totals = event->run_end.totals;

	json_add__number(object, "passed", totals->tests_passed);
	json_add__number(object, "passed_subtests", totals->subtests_passed);
	json_add__number(object, "skipped", totals->skipped);
	json_add__number(object, "failed", totals->tests_failed);
	json_add__number(object, "failed_subtests", totals->subtests_failed);
	json_add__number(object, "not_run", totals->tests_not_run);
	json_add__number(object, "interrupted", totals->tests_interrupted);
	json_add__number(object, "splats_not_charged", event->run_end.splats_not_charged);
	json_add__number(object, "left_not_charged", event->run_end.left_not_charged);
	json_add__number(object, "exit_status", event->run_end.exit_status);
}

static void add_locks(struct json_object *object, const struct test_locks *locks)
{
	struct json_object *array = json_object_new_array();
	int i;

	for (i = 0; i < locks->locks_cnt; i++) {
		struct json_object *lock = json_object_new_object();

		json_add__text(lock, "name", locks->locks[i].name);
		json_add__bool(lock, "exclusive", locks->locks[i].is_exclusive);
		json_object_array_add(array, lock);
	}
	json_object_object_add(object, "locks", array);
}

static void test_begin(struct json_object *object, const struct event *event)
{
	const struct test_locks *locks = locks__of(event->test->outcome.name);

	json_add__number(object, "pid", event->begin.pid);
	add_true(object, "again", event->begin.is_rerun);
	add_true(object, "alone", event->begin.is_alone);
	if (locks)
		add_locks(object, locks);
}

static void assertion_failed(struct json_object *object, const struct event *event)
{
	const struct record *record = event->failure;

	json_add__text(object, "file", record->texts[0]);
	json_add__number(object, "line", record->header.line);
	json_add__text(object, "function", record->texts[1]);
	json_add__text(object, "name", record->texts[2]);
	json_add__text(object, "text", record->texts[3]);
	json_add__number(object, "pid", record->header.pid);
}

static void features(struct json_object *object, const struct event *event)
{
	json_object_object_add(object, "features", feature_events__array(event->features));
}

static void subtest_end(struct json_object *object, const struct event *event)
{
	add_result(object, event);
}

static void test_end(struct json_object *object, const struct event *event)
{
	add_result(object, event);
	json_add__number(object, "subtests", event->test->subtests_cnt);
	json_add__number(object, "left_processes", event->test->left_processes);
	add_true(object, "suspected", event->kind == EVENT_TEST_END && event->end.is_suspected);
}

static void splat(struct json_object *object, const struct event *event)
{
	const struct splat *splat = event->splat.splat;

	json_add__text(object, "title", splat->title);
	if (splat->has_task) {
		json_add__number(object, "pid", splat->pid);
		json_add__text(object, "comm", splat->comm);
	}
	json_add__bool(object, "expected", event->splat.is_expected);
}

static void left_behind(struct json_object *object, const struct event *event)
{
	json_add__text(object, "what", event->left.what);
	json_add__bool(object, "removed", event->left.is_removed);
}

static void machine_gone(struct json_object *object, const struct event *event)
{
	if (event->gone.reason)
		json_add__text(object, "reason", event->gone.reason);
	json_add__number(object, "running", event->gone.running_cnt);
}

/* Events without a name are not in the stream. */
static const struct {
	const char *name;
	/* The function that adds the fields of such an event, or NULL. */
	void (*add_fields)(struct json_object *object, const struct event *event);
	bool is_flushed; /* the journal is written to disk before the run goes on */
} kinds[] = {
	[EVENT_RUN_BEGIN] = { "run_begin", run_begin, false },
	[EVENT_RUN_END] = { "run_end", run_end, false },
	[EVENT_TEST_BEGIN] = { "test_begin", test_begin, true },
	[EVENT_SUBTEST_BEGIN] = { "subtest_begin", NULL, true },
	[EVENT_ASSERTION_FAILED] = { "assertion_failed", assertion_failed, false },
	[EVENT_FEATURES] = { "features", features, false },
	[EVENT_SLOW] = { "slow", NULL, false },
	[EVENT_SUBTEST_END] = { "subtest_end", subtest_end, false },
	[EVENT_TEST_END] = { "test_end", test_end, true },
	[EVENT_RERUN_CLEARED] = { "test_end", test_end, true },
	[EVENT_SPLAT] = { "splat", splat, false },
	[EVENT_LEFT_BEHIND] = { "left_behind", left_behind, false },
	[EVENT_TEST_DROPPED] = { "test_dropped", NULL, false },
	[EVENT_MACHINE_GONE] = { "machine_gone", machine_gone, false },
};

struct json_object *event_stream__object(const struct event *event, uint64_t start_ns)
{
	struct json_object *object;

	if (event->kind >= sizeof(kinds) / sizeof(kinds[0]) || !kinds[event->kind].name)
		return NULL;
	object = json_object_new_object();
	json_add__text(object, "event", kinds[event->kind].name);
	json_add__number(object, "time_us", (clock__now_ns() - start_ns) / NS_PER_US);
	if (event->machine)
		json_add__number(object, "machine", event->machine);
	if (event->test)
		add_test(object, event);
	if (kinds[event->kind].add_fields)
		kinds[event->kind].add_fields(object, event);
	return object;
}

void event_stream__listen(void *context, const struct event *event)
{
	struct event_stream *stream = context;
	struct json_object *object =
		is_wanted(stream) ? event_stream__object(event, stream->start_ns) : NULL;

	if (!object)
		return;
	if (event->kind == EVENT_SUBTEST_END || event->kind == EVENT_TEST_END ||
	    event->kind == EVENT_RERUN_CLEARED)
		add_log(object, event->where);
	emit(stream, object);
	/* After a restart a test of another machine is no suspect, so only its end matters. */
	if (kinds[event->kind].is_flushed && (!event->machine || event->kind == EVENT_TEST_END))
		flush(stream);
}
