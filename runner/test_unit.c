// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts a test process, follows it to its end and beyond, until nothing it started lives, and
 * says how it ended. Talks to the test process, /proc and cgroup2; prints only through report.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/process.h"
#include "runner/report.h"
#include "runner/test_process.h"
#include "runner/test_unit.h"
#include "runner/unit_result.h"
#include "test_progs.h"

#define NS_PER_MS 1000000ULL
/* How long a killed process may take to go away before it counts as unkillable. */
#define KILL_TIMEOUT_MS 10000
#define CLEARING_POLL_MS 2
#define OUTPUT_PIECE_BYTES (64 << 10)
/* Where the record socket stands in a test, if the limit of descriptors allows it. */
#define RECORD_FD_MIN 1000
#define PIDS_MAX 256
/* Time a test has for waiting on one event, before emulation and -w are counted in. */
#define WAIT_TIMEOUT_MS 60000

static struct outcome *current_outcome(struct test_unit *unit)
{
	struct subtest_outcome *subtest = test_outcome__open_subtest(unit->test);

	return subtest ? &subtest->outcome : &unit->test->outcome;
}

static void restart_deadline(struct test_unit *unit)
{
	uint64_t deadline_ns = unit->runner->options->deadline_ms * NS_PER_MS;
	uint64_t now_ns = runner__now_ns();

	unit->deadline_ns = deadline_ns ? now_ns + deadline_ns : 0;
	unit->slow_ns = deadline_ns ? now_ns + deadline_ns / 10 : 0;
}

static int watch(struct test_unit *unit, enum unit_event event, int fd)
{
	struct unit_watch *watch = &unit->watch[event];
	struct epoll_event epoll_event = { .events = EPOLLIN, .data.ptr = watch };

	*watch = (struct unit_watch){ .unit = unit, .event = event, .fd = fd };
	return epoll_ctl(unit->runner->epoll_fd, EPOLL_CTL_ADD, fd, &epoll_event) ? -errno : 0;
}

static void unwatch(struct test_unit *unit, enum unit_event event)
{
	if (unit->watch[event].fd < 0)
		return;
	/* Forked children of the test may share the file: closing alone would not end the watch. */
	epoll_ctl(unit->runner->epoll_fd, EPOLL_CTL_DEL, unit->watch[event].fd, NULL);
	close(unit->watch[event].fd);
	unit->watch[event].fd = -1;
}

static void log_text(struct test_unit *unit, const char *text, size_t len)
{
	struct outcome *outcome = current_outcome(unit);

	capped_log__add(&outcome->log, text, len);
	report__live_output(unit->runner, text, len);
}

/* A line of the runner's own; it does not go on where the test stopped within a line. */
static void log_line(struct test_unit *unit, const char *fmt, ...)
{
	const struct capped_log *log = &current_outcome(unit)->log;
	va_list args;
	char *line;
	int n;

	va_start(args, fmt);
	n = vasprintf(&line, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	if (log->total_bytes && log->last != '\n')
		log_text(unit, "\n", 1);
	log_text(unit, line, n);
	free(line);
}

/* Take what is in the pipe now, and no more: somebody may be writing on and on. */
static void drain_output(struct test_unit *unit)
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
		log_text(unit, piece, n);
		waiting -= n;
	}
}

static void note_failure(struct test_unit *unit, const struct record *record)
{
	struct outcome *outcome = current_outcome(unit);
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
	log_line(unit, "%s:FAIL:%s %s (%s:%d)%s\n", record->texts[1], record->texts[2],
		 record->texts[3], record->texts[0], record->header.line, child);
}

static void on_subtest_begin(struct test_unit *unit, const struct record *record)
{
	const char *name = record->texts[1][0] ? record->texts[1] : record->texts[0];
	struct subtest_outcome *subtest;

	subtest = test_outcome__add_subtest(unit->test, name, record->header.number);
	if (subtest)
		subtest->outcome.begin_ns = runner__now_ns();
	restart_deadline(unit);
}

static void on_subtest_end(struct test_unit *unit)
{
	struct subtest_outcome *subtest = test_outcome__open_subtest(unit->test);

	if (!subtest)
		return;
	subtest->is_open = false;
	subtest->outcome.end_ns = runner__now_ns();
	outcome__finish(&subtest->outcome);
	report__live_subtest(unit->runner, unit->test, &subtest->outcome);
	restart_deadline(unit);
}

static void on_skip(struct test_unit *unit, const struct record *record)
{
	struct outcome *outcome = current_outcome(unit);

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
	log_line(unit, "process %d thread %d crashed: %s\n", record->header.pid,
		 record->header.tid, unit_result__describe_crash(&record->header, what, sizeof(what)));
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

static void take_record(struct test_unit *unit, const struct record *record)
{
	int test_number = unit->test->outcome.number;
	const char *test_name = unit->test->outcome.name;
	struct selection *selection = unit->runner->selection;

	drain_output(unit);
	switch (record->header.type) {
	case RECORD_BEGIN:
		unit->begun = true;
		if (unit->isolation & ISOLATE_MOUNTNS)
			unit->mount_namespace = process__mount_namespace(unit->pid);
		restart_deadline(unit);
		break;
	case RECORD_SUBTEST_BEGIN:
	case RECORD_SUBTEST_LEFT_OUT:
		unit->test->subtests_met++;
		selection__note_subtest(selection, test_name, test_number, record->texts[0],
					record->texts[1], record->header.number);
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
		current_outcome(unit)->force_log = true;
		unit->test->outcome.force_log = true;
		break;
	case RECORD_CRASH:
		on_crash(unit, record);
		break;
	case RECORD_CHILD_RETURNED:
		on_child_returned(unit, record);
		break;
	case RECORD_ISOLATION_FAILED:
		free(unit->isolation_error);
		unit->isolation_error = strdup(record->texts[0]);
		break;
	case RECORD_END:
		unit->ended = true;
		selection__note_test_has_run(selection, test_name);
		break;
	}
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

/* As recv(), and with the descriptor that came along, or -1. */
static ssize_t receive_message(int socket_fd, char *message, size_t size_bytes, int *passed_fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec piece = { .iov_base = message, .iov_len = size_bytes };
	struct msghdr header = {
		.msg_iov = &piece, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *ancillary;
	ssize_t n;

	*passed_fd = -1;
	n = recvmsg(socket_fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	ancillary = n < 0 ? NULL : CMSG_FIRSTHDR(&header);
	if (ancillary && ancillary->cmsg_level == SOL_SOCKET &&
	    ancillary->cmsg_type == SCM_RIGHTS && ancillary->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(passed_fd, CMSG_DATA(ancillary), sizeof(int));
	return n;
}

/* The byte is for the case that a process forked meanwhile holds a copy of the pipe's end. */
static void answer_and_close(int passed_fd)
{
	if (write(passed_fd, "", 1) != 1)
		errno = 0;
	close(passed_fd);
}

static void receive_records(struct test_unit *unit)
{
	static char message[RECORD_MAX_BYTES];
	struct record record;
	int passed_fd;
	ssize_t n;

	while (unit->watch[UNIT_EVENT_RECORD].fd >= 0) {
		n = receive_message(unit->watch[UNIT_EVENT_RECORD].fd, message, sizeof(message),
				    &passed_fd);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0) {
			unit->channel_closed = true;
			unwatch(unit, UNIT_EVENT_RECORD);
			break;
		}
		if (record__decode(&record, message, n)) {
			if (passed_fd >= 0)
				answer_and_close(passed_fd);
			on_bad_record(unit);
			continue;
		}
		runner__debug(unit->runner, "%s: record %d of process %d, number %d '%s'",
			      unit->test->outcome.name, record.header.type, record.header.pid,
			      record.header.number, record.texts[0]);
		take_record(unit, &record);
		if (record.header.flags & RECORD_WANTS_ANSWER)
			send(unit->watch[UNIT_EVENT_RECORD].fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (passed_fd >= 0)
			answer_and_close(passed_fd);
	}
}

static bool is_first_process(const struct runner *runner, pid_t pid)
{
	int i;

	for (i = 0; i < runner->options->jobs; i++) {
		if (runner->units[i].state == UNIT_RUNNING && runner->units[i].pid == pid)
			return true;
	}
	return false;
}

/*
 * Whether a process that has become the runner's child belongs to a unit, whose first process has
 * ended then. Without a cgroup there is none it could belong to but those: the orphans of a test that
 * lives become its own children. With one it has left the cgroup, and the mount namespace tells.
 */
static bool is_orphan_of(const struct test_unit *unit, pid_t pid)
{
	if (unit->cgroup_fd < 0)
		return true;
	return unit->mount_namespace && process__mount_namespace(pid) == unit->mount_namespace;
}

static int list_orphans(struct test_unit *unit, pid_t *pids)
{
	int i, cnt, kept = 0;

	cnt = process__own_children(pids, PIDS_MAX);
	for (i = 0; i < cnt && i < PIDS_MAX; i++) {
		if (is_first_process(unit->runner, pids[i]) ||
		    waitpid(pids[i], NULL, WNOHANG) == pids[i])
			continue;
		if (is_orphan_of(unit, pids[i]))
			pids[kept++] = pids[i];
	}
	return kept;
}

static int list_left_processes(struct test_unit *unit, pid_t *pids)
{
	int cnt = 0;

	if (unit->cgroup_fd >= 0)
		cnt = cgroup__pids(unit->cgroup_fd, pids, PIDS_MAX);
	if (cnt >= PIDS_MAX)
		return PIDS_MAX;
	/* An orphan may be in the cgroup as well: the runner is the reaper of both kinds. */
	return cnt ?: list_orphans(unit, pids);
}

/* Kill whatever the test started that still lives. Its descendants first become orphans. */
static void kill_all(struct test_unit *unit)
{
	pid_t pids[PIDS_MAX];
	int i, cnt;

	if (unit->cgroup_fd >= 0)
		cgroup__kill(unit->cgroup_fd);
	if (unit->state == UNIT_RUNNING) {
		/* Also if it has left its cgroup. */
		kill(unit->pid, SIGKILL);
		return;
	}
	cnt = list_orphans(unit, pids);
	for (i = 0; i < cnt; i++)
		kill(pids[i], SIGKILL);
}

static void begin_killing(struct test_unit *unit)
{
	if (!unit->kill_ns)
		unit->kill_ns = runner__now_ns();
	unit->was_killed = unit->state == UNIT_RUNNING;
	kill_all(unit);
}

static void log_left_process(struct test_unit *unit, pid_t pid)
{
	char name[64];

	process__name(pid, name, sizeof(name));
	log_line(unit, "left behind, killed: process %d (%s)\n", pid, name);
}

static void on_exit_of_test(struct test_unit *unit)
{
	siginfo_t info = {};
	pid_t left[PIDS_MAX];
	int i;

	if (waitid(P_PIDFD, unit->watch[UNIT_EVENT_EXIT].fd, &info, WEXITED | WNOHANG) ||
	    !info.si_pid)
		return;
	unit->exit_code = info.si_code;
	unit->exit_status = info.si_status;
	unwatch(unit, UNIT_EVENT_EXIT);
	receive_records(unit);
	drain_output(unit);
	runner__debug(unit->runner, "%s: process %d ended, code %d, status %d",
		      unit->test->outcome.name, unit->pid, info.si_code, info.si_status);
	unit->state = UNIT_CLEARING;
	unit->kill_ns = runner__now_ns();
	if (!unit->was_killed) {
		unit->test->left_processes = list_left_processes(unit, left);
		for (i = 0; i < unit->test->left_processes; i++)
			log_left_process(unit, left[i]);
	}
	kill_all(unit);
}

void test_unit__handle(struct unit_watch *watch)
{
	switch (watch->event) {
	case UNIT_EVENT_OUTPUT:
		drain_output(watch->unit);
		break;
	case UNIT_EVENT_RECORD:
		receive_records(watch->unit);
		break;
	case UNIT_EVENT_EXIT:
		on_exit_of_test(watch->unit);
		break;
	default:
		break;
	}
}

static bool is_clear(struct test_unit *unit)
{
	pid_t orphans[PIDS_MAX];

	if ((unit->cgroup_fd >= 0 && cgroup__is_populated(unit->cgroup_fd)) ||
	    list_orphans(unit, orphans)) {
		kill_all(unit);
		return false;
	}
	return unit->cgroup_fd < 0 ||
	       cgroup__remove(&unit->runner->cgroups, unit->cgroup_name) != -EBUSY;
}

/* The test's process and all below it; without a cgroup as far as the parents tell. */
static int list_processes(struct test_unit *unit, pid_t *pids)
{
	int i, cnt = 1;

	if (unit->cgroup_fd >= 0) {
		cnt = cgroup__pids(unit->cgroup_fd, pids, PIDS_MAX);
		return cnt < PIDS_MAX ? cnt : PIDS_MAX;
	}
	pids[0] = unit->pid;
	for (i = 0; i < cnt && cnt < PIDS_MAX; i++)
		cnt += process__children(pids[i], pids + cnt, PIDS_MAX - cnt);
	return cnt < PIDS_MAX ? cnt : PIDS_MAX;
}

static void log_stuck_processes(struct test_unit *unit)
{
	pid_t pids[PIDS_MAX];
	int i, cnt;

	cnt = list_processes(unit, pids);
	for (i = 0; i < cnt; i++)
		process__log_stacks(pids[i], &current_outcome(unit)->log);
}

static void finish(struct test_unit *unit, bool is_unkillable)
{
	int i;

	if (is_unkillable)
		log_stuck_processes(unit);
	receive_records(unit);
	drain_output(unit);
	unit->test->outcome.end_ns = runner__now_ns();
	unit_result__decide(unit, is_unkillable);
	for (i = 0; i < UNIT_EVENTS_CNT; i++)
		unwatch(unit, i);
	if (unit->cgroup_fd >= 0)
		close(unit->cgroup_fd);
	free(unit->isolation_error);
	unit->state = UNIT_FREE;
	unit->runner->running--;
	if (is_unkillable)
		unit->runner->stop_reason = "a test cannot be killed: restart this machine";
	report__test(unit->runner, unit->test);
}

uint64_t test_unit__tick(struct test_unit *unit, uint64_t now_ns)
{
	uint64_t next_ns = UINT64_MAX, kill_limit_ns;

	if (unit->state == UNIT_FREE)
		return next_ns;
	kill_limit_ns = KILL_TIMEOUT_MS * NS_PER_MS * unit->runner->options->time_scale;
	if (unit->kill_ns) {
		if (unit->state == UNIT_CLEARING && is_clear(unit)) {
			finish(unit, false);
			return 0;
		}
		if (now_ns > unit->kill_ns + kill_limit_ns) {
			finish(unit, true);
			return 0;
		}
		return now_ns + CLEARING_POLL_MS * NS_PER_MS;
	}
	if (unit->slow_ns && now_ns >= unit->slow_ns) {
		report__slow(unit->runner, unit->test);
		unit->slow_ns = 0;
	}
	if (unit->deadline_ns && now_ns >= unit->deadline_ns) {
		/* Everything it has said by now still counts. */
		receive_records(unit);
		drain_output(unit);
		if (now_ns < unit->deadline_ns)
			return unit->deadline_ns;
		unit->timed_out = true;
		log_stuck_processes(unit);
		begin_killing(unit);
		return now_ns + CLEARING_POLL_MS * NS_PER_MS;
	}
	if (unit->deadline_ns)
		next_ns = unit->deadline_ns;
	if (unit->slow_ns && unit->slow_ns < next_ns)
		next_ns = unit->slow_ns;
	return next_ns;
}

void test_unit__interrupt(struct test_unit *unit)
{
	if (unit->state != UNIT_RUNNING || unit->kill_ns)
		return;
	unit->interrupted = true;
	begin_killing(unit);
}

static int wait_timeout_ms(const struct runner_options *options)
{
	int64_t wait_ms = (int64_t)WAIT_TIMEOUT_MS * options->time_scale;

	/* A wait that fails by itself says what was awaited; the deadline only says where. */
	if (options->deadline_ms && wait_ms > options->deadline_ms / 2)
		wait_ms = options->deadline_ms / 2;
	return wait_ms;
}

/* A number that a test does not come near by opening files of its own. */
static int move_high(int fd)
{
	struct rlimit limit = { .rlim_cur = RECORD_FD_MIN };
	int min = RECORD_FD_MIN, high;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur <= RECORD_FD_MIN)
		min = limit.rlim_cur > 64 ? limit.rlim_cur - 8 : 3;
	high = fcntl(fd, F_DUPFD_CLOEXEC, min);
	if (high < 0)
		return fd;
	close(fd);
	return high;
}

static void be_test(struct test_unit *unit, int record_fd, int output_fd, pid_t runner_pid)
{
	const struct runner_options *options = unit->runner->options;
	const struct test_process_setup setup = {
		.test = unit->test->entry,
		.number = unit->test->outcome.number,
		.isolation = unit->isolation,
		.selection = unit->runner->selection,
		.record_fd = record_fd,
		.output_fd = output_fd,
		.verbosity = options->verbosity,
		.verifier_stats = options->verifier_stats,
		.wait_timeout_ms = wait_timeout_ms(options),
		.suite_dir = unit->runner->suite_dir,
		.runner_pid = runner_pid,
	};

	test_process__run(&setup);
}

static void fail_to_start(struct test_unit *unit, const char *what, int err)
{
	struct outcome *outcome = &unit->test->outcome;

	outcome->result = RESULT_FAIL;
	outcome->failures = 1;
	outcome__set_detail(outcome, "not started: %s: %s", what, strerror(-err));
	outcome->end_ns = runner__now_ns();
	report__test(unit->runner, unit->test);
}

void test_unit__start(struct test_unit *unit, struct runner *runner, struct test_outcome *test)
{
	int sockets[2] = { -1, -1 }, pipes[2] = { -1, -1 }, pid_fd = -1;
	pid_t runner_pid = getpid();
	const char *what;
	int err;

	*unit = (struct test_unit){
		.runner = runner, .test = test, .cgroup_fd = -1,
		.isolation = registry__isolation(test->entry),
	};
	test->outcome.begin_ns = runner__now_ns();
	if (runner->cgroups.dir && (unit->isolation & ISOLATE_CGROUP)) {
		snprintf(unit->cgroup_name, sizeof(unit->cgroup_name), "%d-%.120s",
			 test->outcome.number, test->outcome.name);
		what = "making its cgroup";
		unit->cgroup_fd = cgroup__create(&runner->cgroups, unit->cgroup_name);
		if (unit->cgroup_fd < 0) {
			fail_to_start(unit, what, unit->cgroup_fd);
			return;
		}
	} else {
		unit->isolation &= ~ISOLATE_CGROUP;
	}
	what = "making its record socket";
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets)) {
		err = -errno;
		goto failed;
	}
	sockets[1] = move_high(sockets[1]);
	what = "making its output pipe";
	if (pipe2(pipes, O_CLOEXEC)) {
		err = -errno;
		goto failed;
	}
	fflush(NULL);
	what = "forking";
	unit->pid = process__fork(unit->cgroup_fd, &pid_fd);
	if (!unit->pid)
		be_test(unit, sockets[1], pipes[1], runner_pid);
	err = unit->pid;
	if (err < 0)
		goto failed;
	close(sockets[1]);
	close(pipes[1]);
	unit->state = UNIT_RUNNING;
	runner->running++;
	restart_deadline(unit);
	watch(unit, UNIT_EVENT_OUTPUT, pipes[0]);
	watch(unit, UNIT_EVENT_RECORD, sockets[0]);
	watch(unit, UNIT_EVENT_EXIT, pid_fd);
	runner__debug(runner, "%s: started as process %d", test->outcome.name, unit->pid);
	return;

failed:
	close(sockets[0]);
	close(sockets[1]);
	close(pipes[0]);
	close(pipes[1]);
	if (unit->cgroup_fd >= 0) {
		close(unit->cgroup_fd);
		cgroup__remove(&runner->cgroups, unit->cgroup_name);
	}
	fail_to_start(unit, what, err);
}
