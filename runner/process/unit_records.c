// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a test process prints and reports, on its way into the test's outcome. Output and records
 * come by two ways; a record takes the output that was there before it along.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/records/message.h"
#include "runner/packets/packets.h"
#include "runner/text/printable.h"
#include "runner/reports/status_lines.h"
#include "runner/process/unit_parts.h"
#include "runner/process/unit_result.h"
#include "test_progs.h"

#define OUTPUT_PIECE_BYTES (64 << 10)
/*
 * As many as a record socket holds (208 KiB by default, at least 768 bytes each), and no more at
 * once: a test that floods it must not keep the runner from the others.
 */
#define RECORDS_AT_ONCE    512
#define SUBTESTS_MAX       100000

struct outcome *unit__current_outcome(struct test_unit *unit)
{
	struct subtest_outcome *subtest = test_outcome__open_subtest(unit->test);

	return subtest ? &subtest->outcome : &unit->test->outcome;
}

void unit__log_text(struct test_unit *unit, const char *text, size_t len)
{
	struct outcome *outcome = unit__current_outcome(unit);

	capped_log__add(&outcome->log, text, len);
	results_folder__log(&unit->runner->results, &unit->results_log, text, len);
	report__live_output(unit->runner, text, len);
}

/* A line of the runner's own; it does not go on where the test stopped within a line. */
void unit__log_line(struct test_unit *unit, const char *fmt, ...)
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
	if (log->total_bytes && log->last != '\n')
		unit__log_text(unit, "\n", 1);
	unit__log_text(unit, line, n);
	free(line);
}

/* Take what is in the pipe now, and no more: somebody may be writing on and on. */
void unit__drain_output(struct test_unit *unit)
{
	static char piece[OUTPUT_PIECE_BYTES];
	int fd = unit->watch[UNIT_EVENT_OUTPUT].fd, waiting = 0;
	ssize_t n;

	if (fd < 0 || ioctl(fd, FIONREAD, &waiting))
		return;
	while (waiting > 0) {
		n = read(fd, piece, waiting < (int)sizeof(piece) ? waiting : (int)sizeof(piece));
		if (n <= 0)
			break;
		unit__log_text(unit, piece, n);
		waiting -= n;
	}
}

static void note_failure(struct test_unit *unit, const struct record *record)
{
	struct outcome *outcome = unit__current_outcome(unit);
	struct failed_assertion *first = &outcome->first_failure;

	outcome->failures++;
	if (first->text)
		return;
	first->file = strdup(record->texts[0]);
	first->func = strdup(record->texts[1]);
	first->line = record->header.line;
	if (asprintf(&first->text, "%s: %s", record->texts[2], record->texts[3]) < 0)
		first->text = NULL;
}

static void on_failed(struct test_unit *unit, const struct record *record)
{
	char child[48] = "";

	if (record->header.pid != unit->pid)
		snprintf(child, sizeof(child), " [in child process %d]", record->header.pid);
	note_failure(unit, record);
	events__failed(&unit->runner->events, unit->test, unit__current_outcome(unit), record);
	unit__log_line(unit, "%s:FAIL:%s %s (%s:%d)%s\n", record->texts[1], record->texts[2],
		       record->texts[3], record->texts[0], record->header.line, child);
}

/* In the log of the results folder, which has all subtests in one file. */
static void log_heading(struct test_unit *unit, const struct outcome *subtest)
{
	char *heading = NULL, *name = printable_line(subtest->name, strlen(subtest->name));
	int n = asprintf(&heading, "--- subtest %d: %s\n", subtest->number, name ?: "");

	if (n > 0)
		results_folder__log(&unit->runner->results, &unit->results_log, heading, n);
	free(heading);
	free(name);
}

static void on_subtest_begin(struct test_unit *unit, const struct record *record)
{
	const char *name = record->texts[1][0] ? record->texts[1] : record->texts[0];
	struct subtest_outcome *subtest;

	if (unit->test->subtests_cnt == SUBTESTS_MAX) {
		unit->has_too_many_subtests = true;
		unit__begin_killing(unit);
		return;
	}
	subtest = test_outcome__add_subtest(unit->test, name, record->header.number);
	if (subtest) {
		subtest->outcome.begin_ns = clock__now_ns();
		log_heading(unit, &subtest->outcome);
		events__subtest_begin(&unit->runner->events, unit->test, &subtest->outcome);
	}
	unit__restart_deadline(unit);
}

static void on_subtest_end(struct test_unit *unit)
{
	struct subtest_outcome *subtest = test_outcome__open_subtest(unit->test);

	if (!subtest)
		return;
	unit__check_expected_splats(unit, &subtest->outcome);
	subtest->is_open = false;
	subtest->outcome.end_ns = clock__now_ns();
	outcome__finish(&subtest->outcome);
	events__subtest_end(&unit->runner->events, unit->test, &subtest->outcome);
	report__live_subtest(unit->runner, unit->test, &subtest->outcome);
	report__settle_log(unit->runner, &subtest->outcome);
	unit__restart_deadline(unit);
}

static void on_skip(struct test_unit *unit, const struct record *record)
{
	struct outcome *outcome = unit__current_outcome(unit);

	outcome->skipped = true;
	if (record->texts[0][0] && !outcome->detail)
		outcome__set_detail(outcome, "%s", record->texts[0]);
}

static void on_crash(struct test_unit *unit, const struct record *record)
{
	char what[128];

	if (record->header.pid == unit->pid) {
		unit->has_crash = true;
		unit->crash = record->header;
	}
	unit__log_line(unit, "process %d thread %d crashed: %s\n", record->header.pid,
		       record->header.tid,
		       unit_result__describe_crash(&record->header, what, sizeof(what)));
}

static void on_child_returned(struct test_unit *unit, const struct record *record)
{
	const struct record failure = {
		.header = record->header,
		.texts = { "runner/test_process.c", unit->test->outcome.name, "forked child",
			   "a forked child returned from the test function: end it with _exit()" },
	};

	on_failed(unit, &failure);
}

/* By the number of it the audit knows again what is attached to it. */
static void note_netns(struct test_unit *unit)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", unit->pid);
	if ((unit->isolation & ISOLATE_NETNS) && !stat(path, &st))
		unit->test->netns_inode = st.st_ino;
}

static void take_record(struct test_unit *unit, const struct record *record)
{
	int test_number = unit->test->outcome.number;
	const char *test_name = unit->test->outcome.name;
	struct selection *selection = unit->runner->selection;

	unit__drain_output(unit);
	unit__receive_captures(unit);
	switch (record->header.type) {
	case RECORD_BEGIN:
		unit->begun = true;
		kept__hold_namespaces(unit);
		note_netns(unit);
		unit__restart_deadline(unit);
		break;
	case RECORD_SUBTEST_BEGIN:
	case RECORD_SUBTEST_LEFT_OUT:
		unit->test->subtests_met++;
		selection__note_subtest(selection, test_name, test_number, record->texts[0],
					record->texts[1], record->header.number);
		packets__note_subtest(unit->runner, test_name, record);
		if (record->header.type == RECORD_SUBTEST_BEGIN)
			on_subtest_begin(unit, record);
		break;
	case RECORD_SUBTEST_END:
		on_subtest_end(unit);
		break;
	case RECORD_FAILED:
		on_failed(unit, record);
		break;
	case RECORD_SKIP:
		on_skip(unit, record);
		break;
	case RECORD_FORCE_LOG:
		unit__current_outcome(unit)->force_log = true;
		unit->test->outcome.force_log = true;
		break;
	case RECORD_CRASH:
		on_crash(unit, record);
		break;
	case RECORD_CHILD_RETURNED:
		on_child_returned(unit, record);
		break;
	case RECORD_EXPECT_SPLAT:
		unit__expect_splat(unit, record);
		break;
	case RECORD_ISOLATION_FAILED:
		free(unit->isolation_error);
		unit->isolation_error = strdup(record->texts[0]);
		break;
	case RECORD_END:
		unit->ended = true;
		unit__restart_deadline(unit);
		selection__note_test_has_run(selection, test_name);
		break;
	}
}

void unit__fail(struct test_unit *unit, const char *name, const char *fmt, ...)
{
	struct record failure = {
		.header.pid = unit->pid,
		.texts = { "runner/unit_records.c", unit->test->outcome.name, name },
	};
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	failure.texts[3] = text;
	on_failed(unit, &failure);
}

static void on_bad_record(struct test_unit *unit)
{
	const struct record failure = {
		.header.pid = unit->pid,
		.texts = { "runner/test_unit.c", unit->test->outcome.name, "record",
			   "the test process sent something that is no record" },
	};

	on_failed(unit, &failure);
}

void unit__receive_records(struct test_unit *unit)
{
	static char message[RECORD_MAX_BYTES];
	struct record record;
	int passed_fd, left = RECORDS_AT_ONCE;
	ssize_t n;

	while (unit->watch[UNIT_EVENT_RECORD].fd >= 0 && left--) {
		n = message__receive(unit->watch[UNIT_EVENT_RECORD].fd, message, sizeof(message),
				     &passed_fd, MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0) {
			unit->channel_closed = true;
			unit__unwatch(unit, UNIT_EVENT_RECORD);
			break;
		}
		if (record__decode(&record, message, n)) {
			message__answer(passed_fd);
			on_bad_record(unit);
			continue;
		}
		runner__debug(unit->runner, "%s: record %d of process %d, number %d",
			      unit->test->outcome.name, record.header.type, record.header.pid,
			      record.header.number);
		take_record(unit, &record);
		if (record.header.flags & RECORD_WANTS_ANSWER)
			send(unit->watch[UNIT_EVENT_RECORD].fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
		/* A crashed test waits until its backtrace is taken. */
		if (record.header.type == RECORD_CRASH && record.header.pid == unit->pid &&
		    unit__start_backtrace(unit, passed_fd))
			continue;
		if (record.header.type == RECORD_CAPTURE &&
		    unit__pass_to_capture(unit, &record, passed_fd))
			continue;
		message__answer(passed_fd);
	}
}
