// SPDX-License-Identifier: GPL-2.0-only
/*
 * Backtraces of a running test. Each is taken by a short-lived process that the runner forks for
 * it, and the event loop only passes its output on. A crashed test waits in its signal handler
 * meanwhile. A test that hangs is killed afterwards, and its BPF objects are listed as well.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/process/backtrace.h"
#include "runner/process/bpf_objects.h"
#include "runner/process/children.h"
#include "runner/process/unit_backtrace.h"
#include "runner/process/unit_processes.h"
#include "runner/records/message.h"
#include "runner/system/clock.h"
#include "runner/system/process.h"

#define PIECE_BYTES   4096
/* The longest wait for the stacks of all tests, and the number of threads that are shown of each process. */
#define SHOW_LIMIT_MS 10000
#define SHOW_POLL_MS  10
#define SHOW_THREADS  16

static void be_unwinder(struct unit *unit, int fd)
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

bool unit__start_backtrace(struct unit *unit, int answer_fd)
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
		clock__now_ns() + units__scaled_ns(unit->units, UNIT_BACKTRACE_MS);
	unit__watch(unit, UNIT_FD_BACKTRACE, pipes[0]);
	return true;
}

void unit__read_backtrace(struct unit *unit)
{
	char piece[PIECE_BYTES];
	ssize_t n;

	while (unit->unwinder_pid) {
		n = read(unit->watch[UNIT_FD_BACKTRACE].fd, piece, sizeof(piece));
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			unit__end_backtrace(unit);
		else
			unit__log_text(unit, piece, n);
	}
}

void unit__end_backtrace(struct unit *unit)
{
	if (!unit->unwinder_pid)
		return;
	kill(unit->unwinder_pid, SIGKILL);
	children__reap(unit->units->children, unit->unwinder_pid);
	unit->unwinder_pid = 0;
	unit__unwatch(unit, UNIT_FD_BACKTRACE);
	if (unit->answer_fd >= 0)
		message__answer(unit->answer_fd);
	unit->answer_fd = -1;
}

static void write_stacks(struct unit *unit, FILE *out)
{
	const struct outcome *where = unit__current_outcome(unit);
	struct capped_log log = {};
	pid_t pids[UNIT_PIDS_MAX];
	size_t len_bytes;
	char *text;
	int i, cnt = unit__processes(unit, pids);

	fprintf(out, "running: #%d %s%s%s, for %.1f s, process %d\n", unit->test->outcome.number,
		unit->test->outcome.name, where == &unit->test->outcome ? "" : "/",
		where == &unit->test->outcome ? "" : where->name,
		(double)(clock__now_ns() - unit->test->outcome.begin_ns) / NS_PER_S, unit->pid);
	for (i = 0; i < cnt; i++)
		process__log_stacks(pids[i], SHOW_THREADS, &log);
	text = capped_log__text(&log, &len_bytes);
	fputs(text ?: "", out);
	free(text);
	capped_log__free(&log);
	fflush(out);
	if (!unit->tracer.pid && !unit->unwinder_pid)
		backtrace__write_threads(unit->pid, out);
	fflush(out);
}

/* Reading the debug information takes long, and may hang: it is done in a process of its own. */
void units__write_stacks(const struct units *units, FILE *out)
{
	uint64_t end_ns = clock__now_ns() + units__scaled_ns(units, SHOW_LIMIT_MS);
	int i, pid_fd = -1;
	pid_t pid;

	fflush(NULL);
	pid = process__fork(-1, &pid_fd);
	if (!pid) {
		for (i = 0; i < units->cnt; i++)
			if (units->all[i].state == UNIT_RUNNING)
				write_stacks(&units->all[i], out);
		if (!units->running)
			fputs("running: no test\n", out);
		fflush(out);
		_exit(0);
	}
	if (pid < 0)
		return;
	close(pid_fd);
	while (!waitpid(pid, NULL, WNOHANG)) {
		if (clock__now_ns() > end_ns) {
			kill(pid, SIGKILL);
			children__reap(units->children, pid);
			return;
		}
		usleep(SHOW_POLL_MS * 1000);
	}
}
