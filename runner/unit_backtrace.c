// SPDX-License-Identifier: GPL-2.0-only
/*
 * Backtraces of a running test, taken by a short-lived process that the runner forks for it: the
 * event loop only passes on what that process writes. A crashed test waits in its handler
 * meanwhile, a hanging one is killed afterwards.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/backtrace.h"
#include "runner/process.h"
#include "runner/report.h"
#include "runner/unit_parts.h"

#define NS_PER_MS   1000000ULL
#define PIECE_BYTES 4096

static void be_unwinder(const struct test_unit *unit, int fd)
{
	FILE *out = fdopen(fd, "w");

	if (out && unit->has_crash)
		backtrace__write_crash(unit->pid, unit->crash.tid, unit->crash.pc, out);
	else if (out)
		backtrace__write_threads(unit->pid, out);
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
	if (!pid)
		be_unwinder(unit, pipes[1]);
	close(pipes[1]);
	if (pid < 0) {
		close(pipes[0]);
		return false;
	}
	close(pid_fd);
	fcntl(pipes[0], F_SETFL, O_NONBLOCK);
	unit->unwinder_pid = pid;
	unit->answer_fd = answer_fd;
	unit->unwinder_deadline_ns = runner__now_ns() + UNIT_BACKTRACE_MS * NS_PER_MS *
								unit->runner->options->time_scale;
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

void unit__end_backtrace(struct test_unit *unit)
{
	if (!unit->unwinder_pid)
		return;
	kill(unit->unwinder_pid, SIGKILL);
	waitpid(unit->unwinder_pid, NULL, 0);
	unit->unwinder_pid = 0;
	unit__unwatch(unit, UNIT_EVENT_BACKTRACE);
	if (unit->answer_fd >= 0)
		unit__answer_and_close(unit->answer_fd);
	unit->answer_fd = -1;
	if (unit->timed_out && unit->state == UNIT_RUNNING && !unit->kill_ns)
		unit__begin_killing(unit);
}
