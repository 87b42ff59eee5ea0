// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs gdb or strace beside a test: starts it when the test waits at its gate (gate.h), and follows
 * it until it ends. If it cannot attach, the test fails without running.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/inside/gate.h"
#include "runner/process/tracer.h"
#include "runner/process/unit_processes.h"
#include "runner/process/unit_tracer.h"
#include "runner/system/clock.h"
#include "runner/text/error.h"

#define LOOK_EVERY_MS   5
/* The time for strace to end after the test, and for gdb or strace to end after SIGTERM. */
#define STRACE_ENDS_MS  10000
#define TRACER_KILLS_MS 5000

static enum tracer_kind kind_of(const struct unit *unit)
{
	return unit->units->options->tracer;
}

static bool waits_at_gate(const struct unit *unit)
{
	siginfo_t info = {};

	return !waitid(P_PID, unit->pid, &info, WSTOPPED | WNOHANG | WNOWAIT) && info.si_pid;
}

/* End the test before it runs. @error is the reason; this function takes ownership of it. */
static void give_up(struct unit *unit, char *error)
{
	free(unit->tracer.error);
	unit->tracer.error = error;
	unit__begin_killing(unit);
}

static void start(struct unit *unit)
{
	struct unit_tracer *tracer = &unit->tracer;
	int pid_fd = -1;
	pid_t pid;

	tracer->was_started = true;
	if (kind_of(unit) == TRACER_GDB)
		kill(unit->pid, SIGCONT);
	pid = tracer__start(unit->units->tracer, unit->test->entry, unit->pid, &pid_fd);
	if (pid < 0) {
		give_up(unit, strdup(error__text(pid)));
		return;
	}
	tracer->pid = pid;
	unit__watch(unit, UNIT_FD_TRACER, pid_fd);
	event_sink__debug(unit->units->sink, "%s: %s is process %d", unit->test->outcome.name,
			  tracer_kind__name(kind_of(unit)), pid);
}

static void look_for_it(struct unit *unit)
{
	if (!gate__is_traced(unit->pid))
		return;
	unit->tracer.has_attached = unit->units->tracer->has_attached = true;
	unit__restart_deadline(unit);
	if (kind_of(unit) == TRACER_STRACE)
		kill(unit->pid, SIGCONT);
}

/* SIGTERM lets gdb and strace end properly. */
static void ask_to_end(struct unit *unit)
{
	if (!unit->tracer.pid || unit->tracer.end_ns)
		return;
	unit->tracer.end_ns = clock__now_ns();
	kill(unit->tracer.pid, SIGTERM);
}

static void end_if_late(struct unit *unit, uint64_t now_ns)
{
	struct unit_tracer *tracer = &unit->tracer;

	if (!tracer->end_ns && kind_of(unit) == TRACER_STRACE && unit->kill_ns &&
	    now_ns > unit->kill_ns + STRACE_ENDS_MS * NS_PER_MS)
		ask_to_end(unit);
	if (tracer->end_ns && now_ns > tracer->end_ns + TRACER_KILLS_MS * NS_PER_MS)
		kill(tracer->pid, SIGKILL);
}

uint64_t unit__tick_tracer(struct unit *unit, uint64_t now_ns)
{
	struct unit_tracer *tracer = &unit->tracer;

	if (kind_of(unit) == TRACER_NONE)
		return UINT64_MAX;
	if (!tracer->was_started && unit->state == UNIT_RUNNING && !unit->kill_ns &&
	    waits_at_gate(unit))
		start(unit);
	if (!tracer->was_started)
		return now_ns + LOOK_EVERY_MS * NS_PER_MS;
	if (!tracer->pid)
		return UINT64_MAX;
	if (!tracer->has_attached)
		look_for_it(unit);
	end_if_late(unit, now_ns);
	return tracer->has_attached && !unit->kill_ns ? UINT64_MAX :
							now_ns + LOOK_EVERY_MS * NS_PER_MS;
}

void unit__on_tracer_exit(struct unit *unit)
{
	struct unit_tracer *tracer = &unit->tracer;
	const char *name = tracer_kind__name(kind_of(unit));
	char *error = NULL;
	int status;

	if (!tracer->pid || waitpid(tracer->pid, &status, WNOHANG) != tracer->pid)
		return;
	tracer->pid = 0;
	unit__unwatch(unit, UNIT_FD_TRACER);
	tracer__end(unit->units->tracer);
	if (unit->state != UNIT_RUNNING || unit->kill_ns)
		return;
	if (tracer->has_attached) {
		unit__log_line(unit, "[%s has ended, the test goes on without it]\n", name);
		return;
	}
	if (asprintf(&error, "%s %s %d before it had attached", name,
		     WIFSIGNALED(status) ? "was ended by signal" : "ended with status",
		     WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)) < 0)
		error = NULL;
	give_up(unit, error);
}

/* strace needs no signal: it ends when the test has ended, and its trace is then complete. */
void unit__interrupt_tracer(struct unit *unit)
{
	if (kind_of(unit) == TRACER_GDB)
		ask_to_end(unit);
}

bool units__terminal_is_gdbs(const struct units *units)
{
	return units->options->tracer == TRACER_GDB && units->all[0].tracer.pid;
}
