// SPDX-License-Identifier: GPL-2.0-only
/*
 * Backtraces of a running test, taken by a short-lived process that the runner forks for it: the
 * event loop only passes on what that process writes. A crashed test waits in its handler
 * meanwhile, a hanging one is killed afterwards. Of that one it names the BPF objects as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/process/backtrace.h"
#include "runner/process/bpf_objects.h"
#include "runner/preflight.h"
#include "runner/records/message.h"
#include "runner/system/process.h"
#include "runner/reports/status_lines.h"
#include "runner/process/unit_parts.h"

#define PIECE_BYTES      4096
/* Of the kernel's log, for a test that hangs. */
#define KERNEL_LINES_MAX 20
#define REAP_MS          100

static void be_unwinder(struct test_unit *unit, int fd)
{
	FILE *out = fdopen(fd, "w");
	pid_t pids[UNIT_PIDS_MAX];

	if (out && unit->has_crash)
		backtrace__write_crash(unit->pid, unit->crash.tid, unit->crash.pc, out);
	if (out && !unit->has_crash) {
		if (unit->tracer.pid)
			fprintf(out, "no user backtrace: only one can trace a process\n");
		else
			backtrace__write_threads(unit->pid, out);
		fflush(out);
		bpf_objects__write(pids, unit__processes(unit, pids), out);
	}
	if (out)
		fflush(out);
	_exit(0);
}

bool unit__start_backtrace(struct test_unit *unit, int answer_fd)
{
	int pipes[2], pid_fd = -1;
	pid_t pid;

	if (unit->unwinder_pid || pipe2(pipes, O_CLOEXEC))
		return false;
	fflush(NULL);
	pid = process__fork(-1, &pid_fd);
	if (!pid) {
		process__set_oom_score_adj(0);
		be_unwinder(unit, pipes[1]);
	}
	close(pipes[1]);
	if (pid < 0) {
		close(pipes[0]);
		return false;
	}
	close(pid_fd);
	fcntl(pipes[0], F_SETFL, O_NONBLOCK);
	unit->unwinder_pid = pid;
	unit->answer_fd = answer_fd;
	unit->unwinder_deadline_ns =
		clock__now_ns() + UNIT_BACKTRACE_MS * NS_PER_MS * unit->runner->options->time_scale;
	unit__watch(unit, UNIT_EVENT_BACKTRACE, pipes[0]);
	return true;
}

void unit__read_backtrace(struct test_unit *unit)
{
	char piece[PIECE_BYTES];
	ssize_t n;

	while (unit->unwinder_pid) {
		n = read(unit->watch[UNIT_EVENT_BACKTRACE].fd, piece, sizeof(piece));
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			unit__end_backtrace(unit);
		else
			unit__log_text(unit, piece, n);
	}
}

void unit__reap_helper(struct test_unit *unit, pid_t pid)
{
	int left = REAP_MS;

	while (left--) {
		if (waitpid(pid, NULL, WNOHANG))
			return;
		usleep(1000);
	}
	machine__add_stranger(unit->runner, pid);
}

void unit__end_backtrace(struct test_unit *unit)
{
	if (!unit->unwinder_pid)
		return;
	kill(unit->unwinder_pid, SIGKILL);
	unit__reap_helper(unit, unit->unwinder_pid);
	unit->unwinder_pid = 0;
	unit__unwatch(unit, UNIT_EVENT_BACKTRACE);
	if (unit->answer_fd >= 0)
		message__answer(unit->answer_fd);
	unit->answer_fd = -1;
	if (unit->timed_out && unit->state == UNIT_RUNNING && !unit->kill_ns)
		unit__begin_killing(unit);
}

static void log_lines_since(struct test_unit *unit, uint64_t since, uint64_t max)
{
	const struct log_tail *tail = &unit->runner->kernel_log.tail;
	uint64_t number = log_tail__first(tail, since, max);

	for (; number < tail->lines_cnt; number++)
		unit__log_line(unit, "  %s\n", log_tail__line(tail, number));
}

void unit__log_kernel_lines(struct test_unit *unit)
{
	splats__read(unit->runner);
	if (unit->runner->kernel_log.tail.lines_cnt == unit->kernel_lines)
		return;
	unit__log_line(unit, "the last lines of the kernel's log since it began:\n");
	log_lines_since(unit, unit->kernel_lines, KERNEL_LINES_MAX);
}

/* The kernel logs them before the write returns, up to ten seconds when a CPU does not answer. */
static int ask_sysrq(char key)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, &key, 1) != 1)
		err = -errno;
	close(fd);
	return err;
}

void unit__log_stuck_machine(struct test_unit *unit)
{
	struct runner *runner = unit->runner;
	uint64_t since;
	int err;

	if (runner->kernel_log.is_stream)
		return;
	splats__read(runner);
	since = runner->kernel_log.tail.lines_cnt;
	err = ask_sysrq('w');
	if (!err)
		err = ask_sysrq('l');
	splats__read(runner);
	if (err)
		unit__log_line(unit, "what is blocked, and what the CPUs do, is not known: %s\n",
			       strerror(-err));
	else
		unit__log_line(unit, "what is blocked, and what the CPUs do (sysrq w and l):\n");
	log_lines_since(unit, since, LOG_TAIL_LINES);
}
