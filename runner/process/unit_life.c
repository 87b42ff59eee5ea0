// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows a test until none of its processes lives. At the end, three checks come in this order:
 * the kernel's log, the processes, the audit. After that the result is decided, once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/process/kept_namespaces.h"
#include "runner/process/unit_backtrace.h"
#include "runner/process/unit_life.h"
#include "runner/process/unit_packets.h"
#include "runner/process/unit_processes.h"
#include "runner/process/unit_records.h"
#include "runner/process/unit_result.h"
#include "runner/process/unit_tracer.h"
#include "runner/system/clock.h"
#include "runner/system/process.h"

/* A process that lives longer than this after SIGKILL counts as unkillable. */
#define KILL_TIMEOUT_MS  10000
#define CLEARING_POLL_MS 2
/* Processes that a test leaves behind get this time to end by themselves. */
#define LEFT_GRACE_MS    100

static void on_exit_of_test(struct unit *unit)
{
	const struct unit_observer *observer = unit->units->observer;
	siginfo_t info = {};

	/*
	 * WNOWAIT leaves the test a zombie until its unit is clear, so that no other process can
	 * get its pid and process group.
	 */
	if (unit->state != UNIT_RUNNING ||
	    waitid(P_PIDFD, unit->watch[UNIT_FD_EXIT].fd, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    !info.si_pid)
		return;
	unit__read_backtrace(unit);
	unit__end_backtrace(unit);
	unit->exit_code = info.si_code;
	unit->exit_status = info.si_status;
	unit__unwatch(unit, UNIT_FD_EXIT);
	unit__receive_records(unit);
	unit__drain_output(unit);
	event_sink__debug(unit->units->sink, "%s: process %d ended, code %d, status %d",
			  unit->test->outcome.name, unit->pid, info.si_code, info.si_status);
	observer->process_ends(observer->context, unit);
	unit->state = UNIT_CLEARING;
	unit->kill_ns = clock__now_ns();
	if (unit->was_killed)
		unit__kill_all(unit);
	else
		unit->left_limit_ns = unit->kill_ns + units__scaled_ns(unit->units, LEFT_GRACE_MS);
}

/*
 * A process that is dying does not count as left behind, but an exit has moments in which that
 * cannot be seen. All processes therefore get some time to end by themselves.
 *
 * Return: true if no process is left, or the remaining ones have been killed.
 */
static bool has_killed_left_processes(struct unit *unit, uint64_t now_ns)
{
	if (!unit->left_limit_ns)
		return true;
	if (!unit__has_processes(unit)) {
		unit->left_limit_ns = 0;
		unit->leftovers_counted_ticks = process__now_ticks();
		return true;
	}
	if (now_ns < unit->left_limit_ns && unit__may_wait_for_left_processes(unit))
		return false;
	unit->left_limit_ns = 0;
	unit__note_left_processes(unit);
	unit__kill_all(unit);
	/* Measure the time that the processes take to die from here. */
	unit->kill_ns = now_ns;
	return true;
}

void unit__handle(struct unit_watch *watch)
{
	static void (*const handlers[])(struct unit *unit) = {
		[UNIT_FD_OUTPUT] = unit__on_output,
		[UNIT_FD_RECORD] = unit__receive_records,
		[UNIT_FD_EXIT] = on_exit_of_test,
		[UNIT_FD_BACKTRACE] = unit__read_backtrace,
		[UNIT_FD_PACKETS] = unit__receive_captures,
		[UNIT_FD_TRACER] = unit__on_tracer_exit,
	};

	handlers[watch->kind](watch->unit);
}

static void take_last_words(struct unit *unit, bool is_unkillable)
{
	const struct unit_observer *observer = unit->units->observer;

	if (is_unkillable) {
		unit__log_stacks(unit);
		observer->cannot_be_killed(observer->context, unit);
	}
	unit__receive_records(unit);
	unit__drain_output(unit);
	observer->part_ends(observer->context, unit, NULL);
	unit__kill_capture(unit);
	unit__note_no_packets(unit);
}

static void free_unit(struct unit *unit)
{
	int i;

	for (i = 0; i < UNIT_FDS_CNT; i++)
		unit__unwatch(unit, i);
	waitpid(unit->pid, NULL, WNOHANG);
	if (unit->cgroup_fd >= 0)
		close(unit->cgroup_fd);
	free(unit->isolation_error);
	free(unit->tracer.error);
	unit->state = UNIT_FREE;
	unit->test->is_running = false;
	unit->units->running--;
}

static enum unit_progress finish(struct unit *unit, bool is_unkillable)
{
	struct subtest_outcome *open_subtest;

	take_last_words(unit, is_unkillable);
	if (!unit->test->outcome.end_ns)
		unit->test->outcome.end_ns = clock__now_ns();
	open_subtest = test_outcome__open_subtest(unit->test);
	unit_result__decide(unit, is_unkillable);
	if (!is_unkillable)
		kept__end_test(unit);
	/* Report a subtest that the test did not end, and that has a result only now. */
	if (open_subtest)
		unit__tell(unit, EVENT_SUBTEST_END, &open_subtest->outcome);
	free_unit(unit);
	return is_unkillable ? UNIT_UNKILLABLE : UNIT_ENDED;
}

/*
 * Return: the time when the current step of clearing began. The packets and the audit come after
 * the death of the last process, and have time limits of their own.
 */
static uint64_t last_step_ns(const struct unit *unit)
{
	if (unit->audit_limit_ns)
		return unit->audit_limit_ns;
	return unit->capture_end_ns ? unit->capture_end_ns : unit->kill_ns;
}

static bool is_clear(struct unit *unit)
{
	if (!unit__is_dead(unit) || !unit__capture_has_ended(unit))
		return false;
	/* With --keep, remove the cgroup later, because that depends on the result. */
	return unit->cgroup_fd < 0 || unit->units->options->keep ||
	       cgroup__remove(unit->units->cgroups, unit->cgroup_name) != -EBUSY;
}

static enum unit_progress tick_clearing(struct unit *unit, uint64_t now_ns, uint64_t *next_ns)
{
	const struct unit_observer *observer = unit->units->observer;

	/* The runner may be late: a process that has ended in the meantime is not unkillable. */
	on_exit_of_test(unit);
	if (unit->state == UNIT_CLEARING && has_killed_left_processes(unit, now_ns) &&
	    observer->has_heard_all(observer->context) && is_clear(unit) &&
	    observer->is_settled(observer->context, unit)) {
		/*
		 * gdb or strace may still have output to write, and its user may still want to look
		 * around.
		 */
		return unit->tracer.pid ? UNIT_GOES_ON : finish(unit, false);
	}
	if (now_ns > last_step_ns(unit) + units__scaled_ns(unit->units, KILL_TIMEOUT_MS))
		return finish(unit, true);
	*next_ns = now_ns + CLEARING_POLL_MS * NS_PER_MS;
	return UNIT_GOES_ON;
}

static void time_out(struct unit *unit)
{
	const struct unit_observer *observer = unit->units->observer;

	unit->timed_out = true;
	unit__log_stacks(unit);
	observer->hangs(observer->context, unit);
	if (!unit__start_backtrace(unit, -1))
		unit__begin_killing(unit);
}

/* Return: when the next call is due at the latest. */
static uint64_t check_deadline(struct unit *unit, uint64_t now_ns)
{
	if (unit->slow_ns && now_ns >= unit->slow_ns) {
		unit__tell(unit, EVENT_SLOW, unit__current_outcome(unit));
		unit->slow_ns = 0;
	}
	if (!unit->deadline_ns)
		return UINT64_MAX;
	if (now_ns < unit->deadline_ns)
		return unit->slow_ns ? unit->slow_ns : unit->deadline_ns;
	/* Take the records and the output that the test has sent by now. They still count. */
	unit__receive_records(unit);
	unit__drain_output(unit);
	on_exit_of_test(unit);
	if (unit->state != UNIT_RUNNING || unit->kill_ns)
		return now_ns;
	if (now_ns < unit->deadline_ns)
		return unit->deadline_ns;
	time_out(unit);
	return now_ns + CLEARING_POLL_MS * NS_PER_MS;
}

/* Return: when the next call is due at the latest. */
static uint64_t tick_running(struct unit *unit, uint64_t now_ns)
{
	if (unit->unwinder_pid && now_ns < unit->unwinder_deadline_ns)
		return unit->unwinder_deadline_ns;
	if (unit->unwinder_pid) {
		unit__log_line(unit, "[the backtrace took too long]\n");
		unit__end_backtrace(unit);
		return now_ns;
	}
	if (unit->timed_out) {
		unit__begin_killing(unit);
		return now_ns;
	}
	return check_deadline(unit, now_ns);
}

enum unit_progress unit__tick(struct unit *unit, uint64_t now_ns, uint64_t *next_ns)
{
	enum unit_progress progress = UNIT_GOES_ON;
	uint64_t unit_ns, tracer_ns;

	if (unit->state == UNIT_FREE)
		return UNIT_GOES_ON;
	tracer_ns = unit__tick_tracer(unit, now_ns);
	unit_ns = UINT64_MAX;
	if (unit->kill_ns)
		progress = tick_clearing(unit, now_ns, &unit_ns);
	else
		unit_ns = tick_running(unit, now_ns);
	if (tracer_ns < unit_ns)
		unit_ns = tracer_ns;
	if (progress != UNIT_GOES_ON)
		unit_ns = 0;
	if (unit_ns < *next_ns)
		*next_ns = unit_ns;
	return progress;
}

void unit__forgive(struct unit *unit, uint64_t spent_ns)
{
	if (unit->deadline_ns)
		unit->deadline_ns += spent_ns;
	if (unit->slow_ns)
		unit->slow_ns += spent_ns;
}

void unit__forgive_stop(struct unit *unit, uint64_t spent_ns)
{
	uint64_t *const limits[] = {
		&unit->unwinder_deadline_ns, &unit->kill_ns,        &unit->left_limit_ns,
		&unit->capture_end_ns,       &unit->audit_limit_ns,
	};
	size_t i;

	unit__forgive(unit, spent_ns);
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (*limits[i])
			*limits[i] += spent_ns;
	}
}

void unit__interrupt(struct unit *unit)
{
	if (unit->state == UNIT_FREE)
		return;
	unit__interrupt_tracer(unit);
	if (unit->state != UNIT_RUNNING || unit->kill_ns)
		return;
	unit->interrupted = true;
	unit__begin_killing(unit);
}
