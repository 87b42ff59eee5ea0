// SPDX-License-Identifier: GPL-2.0-only
/* Writes events. Knows results, changes none. */
#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/reports/event_stream.h"
#include "runner/text/printable.h"
#include "runner/reports/status_lines.h"
#include "runner/needs/run_info.h"
#include "runner/kernel_log/splat.h"

#define READER_WAIT_MS 1000

static void add_int(struct json_object *object, const char *key, int64_t value)
{
	json_object_object_add(object, key, json_object_new_int64(value));
}

static void add_text(struct json_object *object, const char *key, const char *text)
{
	char *shown = printable(text, strlen(text));

	json_object_object_add(object, key, json_object_new_string(shown ?: ""));
	free(shown);
}

/* NULL if nobody wants events. */
static struct json_object *event(const struct events *events, const char *name)
{
	struct json_object *object;

	if ((events->fd < 0 || events->error == -EAGAIN) && events->journal_fd < 0)
		return NULL;
	object = json_object_new_object();
	add_text(object, "event", name);
	add_int(object, "time_us", (clock__now_ns() - events->start_ns) / 1000);
	return object;
}

/*
 * A pipe is full. Its reader has a moment; after that it gets nothing any more: it must not keep the
 * runner from its tests.
 */
static bool wait_for_reader(struct events *events)
{
	struct pollfd wait = { .fd = events->fd, .events = POLLOUT };

	return !events->error && poll(&wait, 1, READER_WAIT_MS) > 0;
}

static void write_all(struct events *events, int fd, const char *text, size_t len)
{
	ssize_t n;

	while (fd >= 0 && len) {
		n = write(fd, text, len);
		if (n < 0 && (errno == EINTR ||
			      (errno == EAGAIN && fd == events->fd && wait_for_reader(events))))
			continue;
		if (n < 0) {
			events->error = events->error ?: -errno;
			break;
		}
		text += n;
		len -= n;
	}
}

void events__copy(struct events *events, int fd, const char *text, size_t len_bytes)
{
	if (fd != events->fd || events->error != -EAGAIN)
		write_all(events, fd, text, len_bytes);
}

/* After this the kernel may go down: who is running is known all the same. */
static void flush(struct events *events)
{
	if (events->journal_fd >= 0 && fdatasync(events->journal_fd))
		events->error = events->error ?: -errno;
}

/* Takes the object over. */
static void emit(struct events *events, struct json_object *object)
{
	const char *text;
	char *line = NULL;
	size_t len;

	if (!object)
		return;
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							      JSON_C_TO_STRING_NOSLASHESCAPE);
	len = text ? strlen(text) : 0;
	line = malloc(len + 1);
	if (!line || !text) {
		events->error = events->error ?: -ENOMEM;
		goto out;
	}
	memcpy(line, text, len);
	line[len] = '\n';
	events__copy(events, events->fd, line, len + 1);
	events__copy(events, events->journal_fd, line, len + 1);
out:
	free(line);
	json_object_put(object);
}

static struct json_object *test_event(const struct events *events, const char *name,
				      const struct test_outcome *test)
{
	struct json_object *object = event(events, name);

	if (object && test) {
		add_text(object, "test", test->outcome.name);
		add_int(object, "number", test->outcome.number);
	}
	return object;
}

/* @where is the test's own outcome or one of its subtests'. */
static void add_subtest(struct json_object *object, const struct test_outcome *test,
			const struct outcome *where)
{
	if (where == &test->outcome)
		return;
	add_text(object, "subtest", where->name);
	add_int(object, "subtest_number", where->number);
}

static void add_result(struct json_object *object, const struct outcome *outcome)
{
	add_text(object, "result", result__word(outcome->result));
	if (outcome->detail)
		add_text(object, "reason", outcome->detail);
	add_int(object, "duration_us", (outcome->end_ns - outcome->begin_ns) / 1000);
	add_int(object, "failed_assertions", outcome->failures);
	if (outcome->captures_cnt)
		json_object_object_add(object, "captures", report_json__captures(outcome));
}

void events__run_begin(struct events *events, const struct run_info *info, int tests_cnt, int jobs)
{
	struct json_object *object = event(events, "run_begin");
	time_t now = time(NULL);
	char started[64];
	struct tm utc;

	if (!object)
		return;
	add_int(object, "version", EVENTS_VERSION);
	gmtime_r(&now, &utc);
	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", &utc);
	add_text(object, "started", started);
	if (info->boot_id)
		add_text(object, "boot_id", info->boot_id);
	add_int(object, "pid", getpid());
	add_int(object, "tests", tests_cnt);
	add_int(object, "jobs", jobs);
	json_object_object_add(object, "run", run_info__object(info));
	emit(events, object);
}

void events__test_begin(struct events *events, const struct test_outcome *test, int pid,
			bool is_again, bool is_alone)
{
	struct json_object *object = test_event(events, "test_begin", test);

	if (object) {
		add_int(object, "pid", pid);
		if (is_again)
			json_object_object_add(object, "again", json_object_new_boolean(true));
		if (is_alone)
			json_object_object_add(object, "alone", json_object_new_boolean(true));
	}
	emit(events, object);
	flush(events);
}

void events__subtest_begin(struct events *events, const struct test_outcome *test,
			   const struct outcome *subtest)
{
	struct json_object *object = test_event(events, "subtest_begin", test);

	if (object)
		add_subtest(object, test, subtest);
	emit(events, object);
	flush(events);
}

void events__failed(struct events *events, const struct test_outcome *test,
		    const struct outcome *where, const struct record *record)
{
	struct json_object *object = test_event(events, "assertion_failed", test);

	if (object) {
		add_subtest(object, test, where);
		add_text(object, "file", record->texts[0]);
		add_int(object, "line", record->header.line);
		add_text(object, "function", record->texts[1]);
		add_text(object, "name", record->texts[2]);
		add_text(object, "text", record->texts[3]);
		add_int(object, "pid", record->header.pid);
	}
	emit(events, object);
}

void events__splat(struct events *events, const struct splat *splat,
		   const struct test_outcome *test, const struct outcome *where, bool is_expected)
{
	struct json_object *object = test ? test_event(events, "splat", test) :
					    event(events, "splat");

	if (object) {
		if (test)
			add_subtest(object, test, where);
		add_text(object, "title", splat->title);
		if (splat->has_task) {
			add_int(object, "pid", splat->pid);
			add_text(object, "comm", splat->comm);
		}
		json_object_object_add(object, "expected", json_object_new_boolean(is_expected));
	}
	emit(events, object);
}

void events__left_behind(struct events *events, const struct test_outcome *test, const char *what,
			 bool is_removed)
{
	struct json_object *object = test_event(events, "left_behind", test);

	if (object) {
		add_text(object, "what", what);
		json_object_object_add(object, "removed", json_object_new_boolean(is_removed));
	}
	emit(events, object);
}

void events__slow(struct events *events, const struct test_outcome *test,
		  const struct outcome *where)
{
	struct json_object *object = test_event(events, "slow", test);

	if (object)
		add_subtest(object, test, where);
	emit(events, object);
}

void events__subtest_end(struct events *events, const struct test_outcome *test,
			 const struct outcome *subtest)
{
	struct json_object *object = test_event(events, "subtest_end", test);

	if (object) {
		add_subtest(object, test, subtest);
		add_result(object, subtest);
	}
	emit(events, object);
}

void events__test_end(struct events *events, const struct test_outcome *test)
{
	struct json_object *object = test_event(events, "test_end", test);

	if (object) {
		add_result(object, &test->outcome);
		add_int(object, "subtests", test->subtests_cnt);
		add_int(object, "left_processes", test->left_processes);
	}
	emit(events, object);
	flush(events);
}

void events__run_end(struct events *events, const struct run_totals *totals, int splats_not_charged,
		     int left_not_charged, int exit_status)
{
	struct json_object *object = event(events, "run_end");

	if (object) {
		add_int(object, "passed", totals->tests_passed);
		add_int(object, "passed_subtests", totals->subtests_passed);
		add_int(object, "skipped", totals->skipped);
		add_int(object, "failed", totals->tests_failed);
		add_int(object, "failed_subtests", totals->subtests_failed);
		add_int(object, "not_run", totals->tests_not_run);
		add_int(object, "splats_not_charged", splats_not_charged);
		add_int(object, "left_not_charged", left_not_charged);
		add_int(object, "exit_status", exit_status);
	}
	emit(events, object);
}
