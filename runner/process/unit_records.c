// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts output and records of a test process into the outcome of the test. They arrive on two
 * descriptors, so the output is read first whenever a record is taken.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/coverage/feature_events.h"
#include "runner/process/kept_namespaces.h"
#include "runner/process/unit_backtrace.h"
#include "runner/process/unit_packets.h"
#include "runner/process/unit_processes.h"
#include "runner/process/unit_records.h"
#include "runner/process/unit_result.h"
#include "runner/records/message.h"
#include "runner/system/clock.h"
#include "test_progs.h"

#define OUTPUT_PIECE_BYTES (64 << 10)
/*
 * A record socket holds about this many records (208 KiB by default, at least 768 bytes each). No
 * more are taken at once: a test that floods the socket must not keep the runner from the other
 * tests.
 */
#define RECORDS_AT_ONCE    512
#define SUBTESTS_MAX       100000

/* Read only what is in the pipe now, because a process may go on writing. */
void unit__drain_output(struct unit *unit)
{
	static char piece[OUTPUT_PIECE_BYTES];
	int fd = unit->watch[UNIT_FD_OUTPUT].fd, waiting = 0;
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

/* epoll reports the end of a pipe again and again, so the loop would not sleep any more. */
void unit__on_output(struct unit *unit)
{
	static char piece[OUTPUT_PIECE_BYTES];
	ssize_t n = read(unit->watch[UNIT_FD_OUTPUT].fd, piece, sizeof(piece));

	if (n > 0)
		unit__log_text(unit, piece, n);
	else if (!n)
		unit__ignore(unit, UNIT_FD_OUTPUT);
}

static void on_subtest_begin(struct unit *unit, const struct record *record)
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
		unit__tell(unit, EVENT_SUBTEST_BEGIN, &subtest->outcome);
	}
	unit__restart_deadline(unit);
}

static void on_subtest_end(struct unit *unit)
{
	const struct unit_observer *observer = unit->units->observer;
	struct subtest_outcome *subtest = test_outcome__open_subtest(unit->test);

	if (!subtest)
		return;
	observer->part_ends(observer->context, unit, &subtest->outcome);
	subtest->is_open = false;
	subtest->outcome.end_ns = clock__now_ns();
	outcome__finish(&subtest->outcome);
	unit__tell(unit, EVENT_SUBTEST_END, &subtest->outcome);
	unit__restart_deadline(unit);
}

static void on_skip(struct unit *unit, const struct record *record)
{
	struct outcome *outcome = unit__current_outcome(unit);

	outcome->skipped = true;
	if (record->texts[0][0] && !outcome->detail)
		outcome__set_detail(outcome, "%s", record->texts[0]);
}

static void on_features(struct unit *unit, const struct record *record)
{
	struct feature_set features = {};

	feature_events__parse(&features, record->texts[0]);
	event_sink__tell(unit->units->sink, &(struct event){
						    .kind = EVENT_FEATURES,
						    .test = unit->test,
						    .where = unit__current_outcome(unit),
						    .features = &features,
					    });
}

static void on_crash(struct unit *unit, const struct record *record)
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

static void on_child_returned(struct unit *unit, const struct record *record)
{
	const struct record failure = {
		.header = record->header,
		.texts = { "", unit->test->outcome.name, "forked child",
			   "a forked child returned from the test function: end it with _exit()" },
	};

	unit__take_failure(unit, &failure);
}

/* The audit needs the inode to tell which objects are attached to the test's own namespace. */
static void note_netns(struct unit *unit)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", unit->pid);
	if ((unit->isolation & ISOLATE_NETNS) && !stat(path, &st))
		unit->test->netns_inode = st.st_ino;
}

/* The patterns of -m are a second selection, and are matched in the same way. */
static void on_subtest_met(struct unit *unit, const struct record *record)
{
	const struct outcome *test = &unit->test->outcome;

	unit->test->subtests_seen++;
	selection__note_subtest(unit->units->selection, test->name, test->number, record->texts[0],
				record->texts[1], record->header.number);
	if (unit->units->options->captured)
		selection__note_subtest(unit->units->options->captured, test->name, 0,
					record->texts[0], record->texts[1], record->header.number);
	event_sink__tell(unit->units->sink, &(struct event){
						    .kind = EVENT_SUBTEST_MET,
						    .test = unit->test,
						    .where = &unit->test->outcome,
						    .met = { record->texts[0], record->texts[1],
							     record->header.number },
					    });
	if (record->header.type == RECORD_SUBTEST_BEGIN)
		on_subtest_begin(unit, record);
}

static void take_record(struct unit *unit, const struct record *record)
{
	const struct unit_observer *observer = unit->units->observer;

	/* Read the output first, because output from before the record comes first in the log. */
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
		on_subtest_met(unit, record);
		break;
	case RECORD_SUBTEST_END:
		on_subtest_end(unit);
		break;
	case RECORD_FAILED:
		unit__take_failure(unit, record);
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
		observer->expects_splat(observer->context, unit, record);
		break;
	case RECORD_ISOLATION_FAILED:
		free(unit->isolation_error);
		unit->isolation_error = strdup(record->texts[0]);
		break;
	case RECORD_MUTANT:
	case RECORD_MUTANT_LOADED:
	case RECORD_MUTANTS_LEFT_OUT:
	case RECORD_SITE:
		event_sink__tell(unit->units->sink, &(struct event){
							    .kind = EVENT_MUTATION,
							    .test = unit->test,
							    .where = unit__current_outcome(unit),
							    .record = record,
						    });
		break;
	case RECORD_FEATURES:
		on_features(unit, record);
		break;
	case RECORD_END:
		unit->ended = true;
		unit__restart_deadline(unit);
		selection__note_test_has_run(unit->units->selection, unit->test->outcome.name);
		break;
	}
}

static void answer(struct unit *unit, const struct record *record, int passed_fd)
{
	if (record->header.flags & RECORD_WANTS_ANSWER)
		send(unit->watch[UNIT_FD_RECORD].fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	/* A crashed test gets its answer when its backtrace is complete. */
	if (record->header.type == RECORD_CRASH && record->header.pid == unit->pid &&
	    unit__start_backtrace(unit, passed_fd))
		return;
	if (record->header.type == RECORD_CAPTURE && unit__pass_to_capture(unit, record, passed_fd))
		return;
	message__answer(passed_fd);
}

void unit__receive_records(struct unit *unit)
{
	static char message[RECORD_MAX_BYTES];
	struct record record;
	int passed_fd, left = RECORDS_AT_ONCE;
	ssize_t n;

	while (unit->watch[UNIT_FD_RECORD].fd >= 0 && left--) {
		n = message__receive(unit->watch[UNIT_FD_RECORD].fd, message, sizeof(message),
				     &passed_fd, MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0) {
			unit->channel_closed = true;
			unit__unwatch(unit, UNIT_FD_RECORD);
			break;
		}
		if (record__decode(&record, message, n)) {
			message__answer(passed_fd);
			unit__fail(unit, "record",
				   "the test process sent bytes that are not a record");
			continue;
		}
		event_sink__debug(unit->units->sink,
				  "%s: record of type %d from process %d, number %d",
				  unit->test->outcome.name, record.header.type, record.header.pid,
				  record.header.number);
		take_record(unit, &record);
		answer(unit, &record, passed_fd);
	}
}
