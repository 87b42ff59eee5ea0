// SPDX-License-Identifier: GPL-2.0-only
/* Enters a network namespace only to open a packet socket in it. Sends only answers to the test. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/packets/packet_file.h"
#include "runner/packets/packet_monitor.h"
#include "runner/packets/packet_ring.h"
#include "runner/records/message.h"

/* The maximum number of captured namespaces at a time. The ring of each takes 8 MiB. */
#define NETNS_MAX 32

struct netns_capture {
	struct monitor *monitor;
	uint64_t inode;
	char name[64];
	struct packet_ring ring;
	struct packet_file file;
	uint64_t lost_before; /* number of lost packets that earlier files have reported */
};

struct monitor {
	const struct packet_monitor *setup;
	int own_netns_fd;
	char subtest[256];
	int subtest_number; /* number of the running subtest, or 0 */
	bool is_wanted;     /* packets are kept, because -m selects the current test or subtest */
	struct netns_capture *netns[NETNS_MAX];
	int netns_cnt;
};

static void send_report(struct monitor *monitor, const struct capture_report *report)
{
	ssize_t n;

	do {
		n = send(monitor->setup->runner_fd, report, sizeof(*report), MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
}

static void report_error(struct monitor *monitor, const char *netns, int err)
{
	struct capture_report report = { .error = err };

	snprintf(report.netns, sizeof(report.netns), "%.63s", netns);
	send_report(monitor, &report);
}

static void on_packet(void *context, const struct packet *packet)
{
	struct netns_capture *netns = context;
	struct monitor *monitor = netns->monitor;
	const struct packet_place place = {
		.test = monitor->setup->test,
		.subtest = monitor->subtest_number ? monitor->subtest : NULL,
		.subtest_number = monitor->subtest_number,
		.netns = netns->name,
	};

	if (monitor->is_wanted)
		packet_file__add(&netns->file, monitor->setup->dir_fd, netns->ring.fd, &place,
				 packet);
}

/* Write everything that was captured before, and complete the file. */
static void end_file(struct netns_capture *netns)
{
	struct packet_file *file = &netns->file;
	struct capture_report report = {};

	packet_ring__drain(&netns->ring, on_packet, netns);
	report.lost = netns->ring.lost - netns->lost_before;
	netns->lost_before = netns->ring.lost;
	packet_file__end(file, report.lost);
	report.error = file->error;
	report.packets = file->packets;
	report.not_kept = file->not_kept;
	snprintf(report.netns, sizeof(report.netns), "%s", netns->name);
	snprintf(report.file, sizeof(report.file), "%s", file->name);
	if (netns->monitor->is_wanted && (report.packets || report.lost || report.error))
		send_report(netns->monitor, &report);
	packet_file__begin(file);
}

static void begin_part(struct monitor *monitor, const struct capture_request *request)
{
	const char *test = monitor->setup->test;
	int i;

	for (i = 0; i < monitor->netns_cnt; i++)
		end_file(monitor->netns[i]);
	monitor->subtest_number = request ? request->number : 0;
	if (!request) {
		monitor->is_wanted =
			!selection__has_subtests_only(monitor->setup->captured, test, 0);
		return;
	}
	snprintf(monitor->subtest, sizeof(monitor->subtest), "%s",
		 request->description[0] ? request->description : request->name);
	monitor->is_wanted = selection__has_subtest(monitor->setup->captured, test, 0,
						    request->name, request->description,
						    request->number);
}

static int find_netns(const struct monitor *monitor, uint64_t inode)
{
	int i;

	for (i = 0; i < monitor->netns_cnt; i++) {
		if (monitor->netns[i]->inode == inode)
			return i;
	}
	return -1;
}

/*
 * The thread waits for its answer, so it still has the tid and the namespace that it sent. If the
 * test is in a PID namespace of its own, the tid belongs to another thread here: the inode then
 * differs.
 */
static int enter_netns(const struct capture_request *request)
{
	struct stat identity;
	char path[64];
	int err = 0, fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", request->tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &identity) || identity.st_ino != request->netns)
		err = -ESRCH;
	else if (setns(fd, CLONE_NEWNET))
		err = -errno;
	close(fd);
	return err;
}

static int open_netns(struct monitor *monitor, const struct capture_request *request)
{
	struct netns_capture *netns;
	int err;

	if (find_netns(monitor, request->netns) >= 0)
		return 0;
	if (monitor->netns_cnt == NETNS_MAX)
		return -ENOSPC;
	netns = calloc(1, sizeof(*netns));
	if (!netns)
		return -ENOMEM;
	err = enter_netns(request);
	if (!err) {
		err = packet_ring__open(&netns->ring);
		/* Leave the namespace, because the monitor would keep it alive. */
		if (setns(monitor->own_netns_fd, CLONE_NEWNET))
			_exit(1);
	}
	if (err) {
		free(netns);
		return err;
	}
	netns->monitor = monitor;
	netns->inode = request->netns;
	snprintf(netns->name, sizeof(netns->name), "%.63s", request->name);
	packet_file__begin(&netns->file);
	monitor->netns[monitor->netns_cnt++] = netns;
	return 0;
}

static void release_netns(struct monitor *monitor, int i)
{
	struct netns_capture *netns = monitor->netns[i];

	end_file(netns);
	packet_ring__close(&netns->ring);
	free(netns);
	monitor->netns[i] = monitor->netns[--monitor->netns_cnt];
}

static void obey(struct monitor *monitor, const struct capture_request *request)
{
	int err, i;

	switch (request->kind) {
	case CAPTURE_NETNS:
		err = open_netns(monitor, request);
		if (err)
			report_error(monitor, request->name, err);
		break;
	case CAPTURE_RELEASE:
		i = find_netns(monitor, request->netns);
		if (i >= 0)
			release_netns(monitor, i);
		break;
	case CAPTURE_SUBTEST:
		begin_part(monitor, request);
		break;
	case CAPTURE_NO_SUBTEST:
		begin_part(monitor, NULL);
		break;
	}
}

/* Return: false if no more requests will come. */
static bool take_request(struct monitor *monitor)
{
	struct capture_request request = {};
	int answer_fd;
	ssize_t n;

	n = message__receive(monitor->setup->runner_fd, &request, sizeof(request), &answer_fd, 0);
	if (n < 0 && errno == EINTR)
		return true;
	if (n != sizeof(request))
		return false;
	obey(monitor, &request);
	message__answer(answer_fd);
	return true;
}

static void watch_packets(struct monitor *monitor)
{
	struct pollfd polls[1 + NETNS_MAX];
	struct netns_capture *netns;
	int i;

	for (;;) {
		polls[0] = (struct pollfd){ .fd = monitor->setup->runner_fd, .events = POLLIN };
		for (i = 0; i < monitor->netns_cnt; i++)
			polls[1 + i] = (struct pollfd){ .fd = monitor->netns[i]->ring.fd,
							.events = POLLIN };
		if (poll(polls, 1 + monitor->netns_cnt, -1) < 0) {
			if (errno == EINTR)
				continue;
			return;
		}
		/*
		 * A request may change the list of rings. It also takes the packets that came
		 * before it.
		 */
		if (polls[0].revents) {
			if (!take_request(monitor))
				return;
			continue;
		}
		for (i = 0; i < monitor->netns_cnt; i++) {
			netns = monitor->netns[i];
			if (!polls[1 + i].revents)
				continue;
			packet_ring__take(&netns->ring, on_packet, netns);
			packet_file__flush(&netns->file);
		}
	}
}

static void close_all_but(int first, int second)
{
	int low = first < second ? first : second, high = first < second ? second : first;

	if (low > 3)
		syscall(SYS_close_range, 3, low - 1, 0);
	if (high > low + 1)
		syscall(SYS_close_range, low + 1, high - 1, 0);
	syscall(SYS_close_range, high + 1, ~0U, 0);
}

void packet_monitor__run(const struct packet_monitor *setup)
{
	struct monitor monitor = { .setup = setup };

	/*
	 * A new session keeps signals of the terminal away. PDEATHSIG ends this process with the
	 * runner.
	 */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "packet_monitor");
	if (getppid() != setup->runner_pid)
		_exit(0);
	close_all_but(setup->runner_fd, setup->dir_fd);
	monitor.own_netns_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	begin_part(&monitor, NULL);
	watch_packets(&monitor);
	while (monitor.netns_cnt)
		release_netns(&monitor, 0);
	_exit(0);
}
