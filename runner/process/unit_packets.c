// SPDX-License-Identifier: GPL-2.0-only
/*
 * The packets of a running test (-m). Starts the process that captures them, passes requests of the
 * test on to it, and adds its reports to log and outcome. The event loop never waits for that
 * process, except for the moment in which it exits.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/packets/packet_file.h"
#include "runner/packets/packet_monitor.h"
#include "runner/process/children.h"
#include "runner/process/unit_packets.h"
#include "runner/records/message.h"
#include "runner/system/clock.h"
#include "runner/system/process.h"
#include "runner/text/error.h"
#include "test_progs.h"

/* The time limit for writing the last packets; longer on an emulated machine. */
#define END_MAX_MS 5000

bool unit__is_captured(const struct unit *unit)
{
	const struct selection *captured = unit->units->options->captured;

	return captured && selection__has_test(captured, unit->test->outcome.name, 0);
}

static void note_error(struct unit *unit, const char *netns, int err, const char *why)
{
	unit->units->packets->error = unit->units->packets->error ?: err;
	if (why)
		unit__log_line(unit,
			       "packets: some of the network namespace '%s' are missing: %s\n",
			       netns, why);
	else
		unit__log_line(unit,
			       "packets: some of the network namespace '%s' are missing: " ERRNO_FMT
			       "\n",
			       netns, ERRNO_ARG(err));
}

static void be_monitor(struct unit *unit, int runner_fd, pid_t runner_pid)
{
	const struct packet_monitor setup = {
		.runner_fd = runner_fd,
		.dir_fd = unit->units->packets->dir_fd,
		.test = unit->test->outcome.name,
		.captured = unit->units->options->captured,
		.runner_pid = runner_pid,
	};

	packet_monitor__run(&setup);
}

int unit__start_capture(struct unit *unit)
{
	pid_t pid, runner_pid = getpid();
	int sockets[2], pid_fd = -1;

	if (!unit__is_captured(unit) || !(unit->isolation & ISOLATE_NETNS))
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return -errno;
	fflush(NULL);
	pid = process__fork(-1, &pid_fd);
	if (!pid) {
		process__set_oom_score_adj(0);
		be_monitor(unit, sockets[1], runner_pid);
	}
	close(sockets[1]);
	if (pid < 0) {
		close(sockets[0]);
		return pid;
	}
	close(pid_fd);
	unit->monitor_pid = pid;
	unit__watch(unit, UNIT_FD_PACKETS, sockets[0]);
	return 0;
}

static void add_capture(struct outcome *outcome, const char *file,
			const struct capture_report *report)
{
	struct packet_capture *captures;

	captures = realloc(outcome->captures, (outcome->captures_cnt + 1) * sizeof(*captures));
	if (!captures)
		return;
	outcome->captures = captures;
	captures[outcome->captures_cnt++] = (struct packet_capture){
		.file = strdup(file),
		.packets = report->packets,
		.lost = report->lost + report->not_kept,
	};
}

static void take_report(struct unit *unit, const struct capture_report *report)
{
	char lost[64] = "", not_kept[64] = "", *file;

	unit->says_packets = true;
	if (report->error)
		note_error(unit, report->netns, report->error, NULL);
	if (report->lost)
		snprintf(lost, sizeof(lost), ", %" PRIu64 " lost", report->lost);
	if (report->not_kept && report->error)
		snprintf(not_kept, sizeof(not_kept), ", %" PRIu64 " not kept", report->not_kept);
	else if (report->not_kept)
		snprintf(not_kept, sizeof(not_kept), ", %" PRIu64 " behind %d MiB not kept",
			 report->not_kept, PACKET_FILE_MAX_BYTES >> 20);
	if (!report->packets && report->lost)
		unit__log_line(unit, "packets: 0 of the network namespace '%s'%s\n", report->netns,
			       lost);
	if (!report->packets ||
	    asprintf(&file, "%s/%s", unit->units->packets->path, report->file) < 0)
		return;
	unit__log_line(unit, "packets: %" PRIu64 " in %s%s%s\n", report->packets, file, lost,
		       not_kept);
	add_capture(unit__current_outcome(unit), file, report);
	free(file);
}

/* The capturing process has written everything or was killed: no further report comes. */
static void end_monitor(struct unit *unit)
{
	children__reap(unit->units->children, unit->monitor_pid);
	unit->monitor_pid = 0;
	unit__unwatch(unit, UNIT_FD_PACKETS);
}

void unit__receive_captures(struct unit *unit)
{
	struct capture_report report;
	ssize_t n;

	while (unit->monitor_pid) {
		n = recv(unit->watch[UNIT_FD_PACKETS].fd, &report, sizeof(report), MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n == sizeof(report)) {
			take_report(unit, &report);
			continue;
		}
		if (!unit->capture_end_ns)
			note_error(unit, OWN_NETNS_NAME, -EIO, "the capturing process died");
		end_monitor(unit);
	}
}

bool unit__pass_to_capture(struct unit *unit, const struct record *record, int answer_fd)
{
	struct capture_request request = {
		.kind = record->header.code,
		.number = record->header.number,
		.tid = record->header.tid,
		.netns = record->header.address,
	};
	int err;

	if (!unit->monitor_pid || answer_fd < 0)
		return false;
	snprintf(request.name, sizeof(request.name), "%s", record->texts[0]);
	snprintf(request.description, sizeof(request.description), "%s", record->texts[1]);
	err = message__send(unit->watch[UNIT_FD_PACKETS].fd, &request, sizeof(request), answer_fd,
			    MSG_DONTWAIT);
	if (err) {
		note_error(unit, request.name, err, NULL);
		return false;
	}
	close(answer_fd);
	return true;
}

bool unit__capture_has_ended(struct unit *unit)
{
	uint64_t max_ns = units__scaled_ns(unit->units, END_MAX_MS);

	if (unit->monitor_pid && !unit->capture_end_ns) {
		unit->capture_end_ns = clock__now_ns();
		shutdown(unit->watch[UNIT_FD_PACKETS].fd, SHUT_WR);
	}
	unit__receive_captures(unit);
	if (unit->monitor_pid && clock__now_ns() > unit->capture_end_ns + max_ns) {
		note_error(unit, OWN_NETNS_NAME, -ETIMEDOUT, NULL);
		unit__kill_capture(unit);
	}
	return !unit->monitor_pid;
}

void unit__kill_capture(struct unit *unit)
{
	unit__receive_captures(unit);
	if (!unit->monitor_pid)
		return;
	kill(unit->monitor_pid, SIGKILL);
	end_monitor(unit);
}

void unit__note_no_packets(struct unit *unit)
{
	if (!unit__is_captured(unit) || unit->says_packets)
		return;
	if (unit->isolation & ISOLATE_NETNS)
		unit__log_line(unit, "packets: none\n");
	else
		unit__log_line(unit, "packets: not captured, the test has no network namespace of "
				     "its own\n");
}
