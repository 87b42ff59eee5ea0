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
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/system/process.h"
#include "runner/system/process_mark.h"
#include "runner/reports/status_lines.h"
#include "runner/inside/test_process.h"
#include "runner/process/unit_parts.h"
#include "runner/process/unit_result.h"
#include "test_progs.h"

/* How long a killed process may take to go away before it counts as unkillable. */
#define KILL_TIMEOUT_MS  10000
#define CLEARING_POLL_MS 2
/* How long what a test has left running may take to end by itself. */
#define LEFT_GRACE_MS    100
/* Where the record socket stands in a test, if the limit of descriptors allows it. */
#define RECORD_FD_MIN    1000
/* Time a test has for waiting on one event, before emulation and -w are counted in. */
#define WAIT_TIMEOUT_MS  60000

void unit__restart_deadline(struct test_unit *unit)
{
	uint64_t deadline_ns = unit->runner->options->deadline_ms * NS_PER_MS;
	uint64_t now_ns = clock__now_ns();

	unit->deadline_ns = deadline_ns ? now_ns + deadline_ns : 0;
	unit->slow_ns = deadline_ns ? now_ns + deadline_ns / 10 : 0;
}

int unit__watch(struct test_unit *unit, enum unit_event event, int fd)
{
	struct unit_watch *watch = &unit->watch[event];
	struct epoll_event epoll_event = { .events = EPOLLIN, .data.ptr = watch };

	*watch = (struct unit_watch){ .unit = unit, .event = event, .fd = fd };
	return epoll_ctl(unit->runner->epoll_fd, EPOLL_CTL_ADD, fd, &epoll_event) ? -errno : 0;
}

void unit__unwatch(struct test_unit *unit, enum unit_event event)
{
	if (unit->watch[event].fd < 0)
		return;
	/* Forked children of the test may share the file: closing alone would not end the watch. */
	epoll_ctl(unit->runner->epoll_fd, EPOLL_CTL_DEL, unit->watch[event].fd, NULL);
	close(unit->watch[event].fd);
	unit->watch[event].fd = -1;
}

void unit__begin_killing(struct test_unit *unit)
{
	if (!unit->kill_ns)
		unit->kill_ns = clock__now_ns();
	unit->was_killed = unit->state == UNIT_RUNNING;
	unit__kill_all(unit);
}

static void on_exit_of_test(struct test_unit *unit)
{
	siginfo_t info = {};

	/*
	 * It stays a zombie until its unit is clear, so that its pid and process group cannot
	 * become those of somebody else.
	 */
	if (unit->state != UNIT_RUNNING ||
	    waitid(P_PIDFD, unit->watch[UNIT_EVENT_EXIT].fd, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    !info.si_pid)
		return;
	unit__read_backtrace(unit);
	unit__end_backtrace(unit);
	unit->exit_code = info.si_code;
	unit->exit_status = info.si_status;
	unit__unwatch(unit, UNIT_EVENT_EXIT);
	unit__receive_records(unit);
	unit__drain_output(unit);
	runner__debug(unit->runner, "%s: process %d ended, code %d, status %d",
		      unit->test->outcome.name, unit->pid, info.si_code, info.si_status);
	splats__read(unit->runner);
	splats__end_own(unit->runner, unit);
	unit->state = UNIT_CLEARING;
	unit->kill_ns = clock__now_ns();
	if (unit->was_killed)
		unit__kill_all(unit);
	else
		unit->left_limit_ns = unit->kill_ns +
				      LEFT_GRACE_MS * NS_PER_MS * unit->runner->options->time_scale;
}

/*
 * Who is dying already has not been left behind, and an exit has moments in which that cannot be
 * seen: first all may go by themselves.
 *
 * Return: whether the rest has been killed.
 */
static bool has_killed_left_processes(struct test_unit *unit, uint64_t now_ns)
{
	if (!unit->left_limit_ns)
		return true;
	if (now_ns < unit->left_limit_ns && unit__may_wait_for_left_processes(unit))
		return false;
	unit->left_limit_ns = 0;
	unit__note_left_processes(unit);
	unit__kill_all(unit);
	/* From here on it counts how long they take to die. */
	unit->kill_ns = now_ns;
	return true;
}

void test_unit__handle(struct unit_watch *watch)
{
	switch (watch->event) {
	case UNIT_EVENT_OUTPUT:
		unit__drain_output(watch->unit);
		break;
	case UNIT_EVENT_RECORD:
		unit__receive_records(watch->unit);
		break;
	case UNIT_EVENT_EXIT:
		on_exit_of_test(watch->unit);
		break;
	case UNIT_EVENT_BACKTRACE:
		unit__read_backtrace(watch->unit);
		break;
	case UNIT_EVENT_PACKETS:
		unit__receive_captures(watch->unit);
		break;
	case UNIT_EVENT_TRACER:
		unit__on_tracer_exit(watch->unit);
		break;
	default:
		break;
	}
}

static void report(struct runner *runner, struct test_outcome *test)
{
	audit_record__test(&runner->audit.record, test->outcome.name, false);
	if (runner->again.is_running)
		again__end(runner, test);
	else
		report__test(runner, test);
}

static void finish(struct test_unit *unit, bool is_unkillable)
{
	struct subtest_outcome *open_subtest;
	int i;

	if (is_unkillable) {
		unit__log_stacks(unit);
		unit__log_stuck_machine(unit);
	}
	unit__receive_records(unit);
	unit__drain_output(unit);
	unit__check_expected_splats(unit, NULL);
	unit__kill_capture(unit);
	unit__note_no_packets(unit);
	splats__look_at_taint(unit->runner);
	if (!unit->test->outcome.end_ns)
		unit->test->outcome.end_ns = clock__now_ns();
	open_subtest = test_outcome__open_subtest(unit->test);
	unit_result__decide(unit, is_unkillable);
	if (!is_unkillable)
		kept__end_test(unit);
	/* One that the test did not live to end has its result only now. */
	if (open_subtest)
		events__subtest_end(&unit->runner->events, unit->test, &open_subtest->outcome);
	for (i = 0; i < UNIT_EVENTS_CNT; i++)
		unit__unwatch(unit, i);
	waitpid(unit->pid, NULL, WNOHANG);
	if (unit->cgroup_fd >= 0)
		close(unit->cgroup_fd);
	if (unit->results_log.fd >= 0)
		close(unit->results_log.fd);
	free(unit->isolation_error);
	free(unit->tracer.error);
	unit->state = UNIT_FREE;
	unit->runner->running--;
	schedule__end(&unit->runner->schedule, unit->test - unit->runner->tests);
	unit->runner->is_starved = false;
	unit->runner->needs_restart |= is_unkillable;
	if (is_unkillable)
		unit->runner->stop_reason = "a test cannot be killed: restart this machine";
	report(unit->runner, unit->test);
}

/* Packets and the audit come once nothing lives, and take their time. */
static uint64_t last_step_ns(const struct test_unit *unit)
{
	if (unit->audit_limit_ns)
		return unit->audit_limit_ns;
	return unit->capture_end_ns ? unit->capture_end_ns : unit->kill_ns;
}

uint64_t test_unit__tick(struct test_unit *unit, uint64_t now_ns)
{
	uint64_t next_ns, kill_limit_ns;

	if (unit->state == UNIT_FREE)
		return UINT64_MAX;
	next_ns = unit__tick_tracer(unit, now_ns);
	kill_limit_ns = KILL_TIMEOUT_MS * NS_PER_MS * unit->runner->options->time_scale;
	if (unit->kill_ns) {
		/* The runner may be late; what has ended meanwhile is not unkillable. */
		on_exit_of_test(unit);
		if (unit->state == UNIT_CLEARING && has_killed_left_processes(unit, now_ns) &&
		    splats__settle(unit->runner) && unit__is_clear(unit) && audit__settle(unit)) {
			/* It may have more to say, or its user more to look at. */
			if (unit->tracer.pid)
				return next_ns;
			finish(unit, false);
			return 0;
		}
		if (now_ns > last_step_ns(unit) + kill_limit_ns) {
			finish(unit, true);
			return 0;
		}
		return now_ns + CLEARING_POLL_MS * NS_PER_MS;
	}
	if (unit->unwinder_pid && now_ns >= unit->unwinder_deadline_ns) {
		unit__log_line(unit, "[the backtrace took too long]\n");
		unit__end_backtrace(unit);
		return now_ns;
	}
	if (unit->unwinder_pid)
		return unit->unwinder_deadline_ns;
	if (unit->slow_ns && now_ns >= unit->slow_ns) {
		report__slow(unit->runner, unit->test);
		events__slow(&unit->runner->events, unit->test, unit__current_outcome(unit));
		unit->slow_ns = 0;
	}
	if (unit->deadline_ns && now_ns >= unit->deadline_ns) {
		/* Everything it has said by now still counts. */
		unit__receive_records(unit);
		unit__drain_output(unit);
		on_exit_of_test(unit);
		if (unit->state != UNIT_RUNNING || unit->kill_ns)
			return now_ns;
		if (now_ns < unit->deadline_ns)
			return unit->deadline_ns;
		unit->timed_out = true;
		unit__log_stacks(unit);
		unit__log_kernel_lines(unit);
		if (!unit__start_backtrace(unit, -1))
			unit__begin_killing(unit);
		return now_ns + CLEARING_POLL_MS * NS_PER_MS;
	}
	if (unit->deadline_ns && unit->deadline_ns < next_ns)
		next_ns = unit->deadline_ns;
	if (unit->slow_ns && unit->slow_ns < next_ns)
		next_ns = unit->slow_ns;
	return next_ns;
}

bool test_unit__has_ended(const struct test_unit *unit)
{
	return unit->state == UNIT_CLEARING ||
	       (unit->state == UNIT_RUNNING && process__is_zombie(unit->pid));
}

void test_unit__forgive(struct test_unit *unit, uint64_t spent_ns)
{
	if (unit->deadline_ns)
		unit->deadline_ns += spent_ns;
	if (unit->slow_ns)
		unit->slow_ns += spent_ns;
}

void test_unit__forgive_stop(struct test_unit *unit, uint64_t spent_ns)
{
	test_unit__forgive(unit, spent_ns);
	if (unit->unwinder_deadline_ns)
		unit->unwinder_deadline_ns += spent_ns;
	if (unit->kill_ns)
		unit->kill_ns += spent_ns;
	if (unit->left_limit_ns)
		unit->left_limit_ns += spent_ns;
	if (unit->capture_end_ns)
		unit->capture_end_ns += spent_ns;
	if (unit->audit_limit_ns)
		unit->audit_limit_ns += spent_ns;
}

void test_unit__interrupt(struct test_unit *unit)
{
	unit__interrupt_tracer(unit);
	if (unit->state != UNIT_RUNNING || unit->kill_ns)
		return;
	unit->interrupted = true;
	unit__begin_killing(unit);
}

static int wait_timeout_ms(const struct run_options *options)
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
	const struct run_options *options = unit->runner->options;
	const struct test_process_setup setup = {
		.test = unit->test->entry,
		.number = unit->test->outcome.number,
		.isolation = unit->isolation,
		.is_captured = unit->monitor_pid,
		.selection = unit->runner->selection,
		.needs = &unit->runner->needs,
		.record_fd = record_fd,
		.output_fd = output_fd,
		.verbosity = options->verbosity,
		.verifier_stats = options->verifier_stats,
		.tracer = options->tracer,
		.wait_timeout_ms = wait_timeout_ms(options),
		.surroundings = { unit->runner->suite_dir, options->jobs },
		.runner_pid = runner_pid,
		.mark = unit->mark,
		.open_files = unit->runner->open_files,
		.crash_wait_ms = UNIT_BACKTRACE_MS * options->time_scale,
		.verifier_fd = unit->runner->results.path ? unit->runner->results.verifier_fd : -1,
	};

	test_process__run(&setup);
}

static bool is_shortage(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -EAGAIN || err == -ENOMEM;
}

/* Return: what test_unit__start() returns. */
static int fail_to_start(struct test_unit *unit, const char *what, int err)
{
	struct outcome *outcome = &unit->test->outcome;

	if (is_shortage(err) && unit->runner->running) {
		unit->test->attempts--;
		return -EAGAIN;
	}
	outcome->result = RESULT_FAIL;
	outcome->failures = 1;
	outcome__set_detail(outcome, "not started: %s: %s", what, strerror(-err));
	outcome->end_ns = clock__now_ns();
	report(unit->runner, unit->test);
	return 0;
}

int test_unit__start(struct test_unit *unit, struct runner *runner, struct test_outcome *test)
{
	int sockets[2] = { -1, -1 }, pipes[2] = { -1, -1 }, pid_fd = -1;
	pid_t runner_pid = getpid();
	struct stat pipe_stat, own_stat;
	const char *what;
	int err;

	*unit = (struct test_unit){
		.runner = runner,
		.test = test,
		.cgroup_fd = -1,
		.answer_fd = -1,
		.results_log.fd = -1,
		.isolation = registry__isolation(test->entry),
	};
	unit->watch[UNIT_EVENT_BACKTRACE].fd = -1;
	unit->watch[UNIT_EVENT_PACKETS].fd = -1;
	unit->watch[UNIT_EVENT_TRACER].fd = -1;
	unit->kernel_lines = runner->kernel_log.tail.lines_cnt;
	unit->mark = process_mark__make(++runner->started);
	kept__begin_test(unit);
	test->outcome.begin_ns = clock__now_ns();
	test->attempts++;
	if (runner->cgroups.dir && (unit->isolation & ISOLATE_CGROUP)) {
		snprintf(unit->cgroup_name, sizeof(unit->cgroup_name), "%d-%.120s%s",
			 test->outcome.number, test->outcome.name,
			 runner->again.is_running ? "-again" : "");
		what = "making its cgroup";
		unit->cgroup_fd = cgroup__create(&runner->cgroups, unit->cgroup_name);
		if (unit->cgroup_fd < 0)
			return fail_to_start(unit, what, unit->cgroup_fd);
		if (!fstat(unit->cgroup_fd, &own_stat))
			test->cgroup_id = own_stat.st_ino;
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
	/* Somebody else may read it empty between the question how much there is and the read. */
	fcntl(pipes[0], F_SETFL, O_NONBLOCK);
	if (!fstat(pipes[0], &pipe_stat))
		unit->output_inode = pipe_stat.st_ino;
	fflush(NULL);
	what = "capturing packets";
	err = unit__start_capture(unit);
	if (err)
		goto failed;
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
	unit__restart_deadline(unit);
	unit__watch(unit, UNIT_EVENT_OUTPUT, pipes[0]);
	unit__watch(unit, UNIT_EVENT_RECORD, sockets[0]);
	unit__watch(unit, UNIT_EVENT_EXIT, pid_fd);
	results_folder__open_log(&runner->results, &unit->results_log, test->outcome.name);
	audit_record__test(&runner->audit.record, test->outcome.name, true);
	events__test_begin(&runner->events, test, unit->pid, runner->again.is_running,
			   runner->journal.is_alone);
	runner__debug(runner, "%s: started as process %d", test->outcome.name, unit->pid);
	return 0;

failed:
	unit__kill_capture(unit);
	close(sockets[0]);
	close(sockets[1]);
	close(pipes[0]);
	close(pipes[1]);
	if (unit->cgroup_fd >= 0) {
		close(unit->cgroup_fd);
		cgroup__remove(&runner->cgroups, unit->cgroup_name);
	}
	return fail_to_start(unit, what, err);
}
