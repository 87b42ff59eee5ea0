// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes of a test: who they are, where they are stuck, and how to end all of them. By the
 * cgroup where there is one, and as the orphans that the kernel hands to the runner, which is a
 * child subreaper. Whose an orphan is, its mark says (process_mark.h).
 *
 * A dead orphan may have forked before its death: a unit is clear when a look finds neither a living
 * nor a dead one.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/system/process.h"
#include "runner/system/process_mark.h"
#include "runner/blame/undecided.h"
#include "runner/process/unit_parts.h"

/* Reading a stack takes about half a millisecond under emulation, and holds up everybody. */
#define STACKS_MAX    64
/* More than that do not end by themselves in no time. */
#define FEW_PROCESSES 16
/* A hunt for a process that forks on holds up everybody for so long at most. */
#define CHASE_MS      50
/* Looks are 2 ms apart: by then more than the 10 ms have gone in which times of birth are counted. */
#define CHASE_ROUND   15

/* The test processes themselves, and what was there before the first of them. */
static bool is_no_orphan(const struct runner *runner, pid_t pid)
{
	unsigned long long start;
	int i;

	for (i = 0; i < runner->options->jobs; i++) {
		if (runner->units[i].state != UNIT_FREE &&
		    (runner->units[i].pid == pid || runner->units[i].unwinder_pid == pid ||
		     runner->units[i].monitor_pid == pid || runner->units[i].tracer.pid == pid))
			return true;
	}
	for (i = 0; i < runner->strangers_cnt; i++) {
		if (runner->strangers[i].pid == pid && !process__start_time(pid, &start) &&
		    runner->strangers[i].start == start)
			return true;
	}
	return false;
}

/* Another run on this machine may have a test of the same name. */
static bool is_in_cgroup_of(const struct test_unit *unit, pid_t pid)
{
	const char *dir = unit->runner->cgroups.dir;
	char path[512];

	if (unit->cgroup_fd < 0 || !dir)
		return false;
	snprintf(path, sizeof(path), "%s/%s", strrchr(dir, '/') + 1, unit->cgroup_name);
	return process__is_in_cgroup(pid, path);
}

/* Of a process without a mark of this run: it may have lost it, and still have one of these. */
static bool has_trait_of(const struct test_unit *unit, pid_t pid)
{
	return is_in_cgroup_of(unit, pid) || getsid(pid) == unit->pid ||
	       process__writes_to(pid, unit->output_inode);
}

bool unit__has_process(const struct test_unit *unit, pid_t pid)
{
	return pid == unit->pid || process_mark__get(pid) == unit->mark || has_trait_of(unit, pid);
}

/* Return: the unit that a process is known to come from, or NULL. */
static struct test_unit *owner_of(const struct runner *runner, pid_t pid, uint64_t mark)
{
	bool is_marked = process_mark__is_own(mark);
	int i;

	for (i = 0; i < runner->options->jobs; i++) {
		struct test_unit *unit = &runner->units[i];

		if (unit->state != UNIT_FREE &&
		    (is_marked ? unit->mark == mark : has_trait_of(unit, pid)))
			return unit;
	}
	return NULL;
}

/* What has the mark of a test that could not be cleared has been reported with that one. */
static bool may_be_of(const struct test_unit *unit, pid_t pid)
{
	uint64_t mark = process_mark__get(pid);
	const struct test_unit *owner = owner_of(unit->runner, pid, mark);

	return owner ? owner == unit : !process_mark__is_own(mark);
}

/* Whether an orphan that may be of a unit can be of no other. */
static bool is_surely_of(const struct test_unit *unit, pid_t pid)
{
	const struct runner *runner = unit->runner;
	int i, candidates = 0;

	if (owner_of(runner, pid, process_mark__get(pid)) == unit)
		return true;
	for (i = 0; i < runner->options->jobs; i++)
		candidates += test_unit__has_ended(&runner->units[i]);
	return candidates <= 1;
}

/* Each process is charged once: the next unit may see it on its way out. */
static bool charge(struct runner *runner, pid_t pid)
{
	int i;

	for (i = 0; i < CHARGED_MAX; i++) {
		if (runner->charged[i] == pid)
			return false;
	}
	memmove(runner->charged, runner->charged + 1, sizeof(pid_t) * (CHARGED_MAX - 1));
	runner->charged[CHARGED_MAX - 1] = pid;
	return true;
}

static void charge_with_process(struct test_unit *unit, pid_t pid)
{
	char name[64], text[128];

	process__name(pid, name, sizeof(name));
	snprintf(text, sizeof(text), "process %d (%s)", pid, name);
	unit->says_left = true;
	if (!is_surely_of(unit, pid)) {
		undecided__add(unit->runner, text);
		return;
	}
	unit__log_line(unit, "left behind, killed: %s\n", text);
	test_outcome__add_left(unit->test, text);
	events__left_behind(&unit->runner->events, unit->test, text, true);
	unit->test->left_processes++;
}

/*
 * What lives on when all that was left has been counted: it came by forking on. One of them says
 * enough.
 */
static void charge_with_latecomer(struct test_unit *unit, pid_t pid)
{
	if (unit->left_ticks && !unit->says_left && charge(unit->runner, pid))
		charge_with_process(unit, pid);
}

/* One that was there when what was left was counted, and is dead now, may have been about to die. */
static bool was_born_since_count(const struct test_unit *unit, pid_t pid)
{
	unsigned long long start;

	return unit->left_ticks && !process__start_time(pid, &start) && start > unit->left_ticks;
}

static void note_dead_orphan(struct runner *runner, pid_t pid)
{
	int i;

	for (i = 0; i < runner->options->jobs; i++) {
		struct test_unit *unit = &runner->units[i];

		if (unit->state != UNIT_CLEARING || !may_be_of(unit, pid))
			continue;
		unit->has_reaped = true;
		if (was_born_since_count(unit, pid))
			charge_with_latecomer(unit, pid);
	}
}

static bool reap_orphan(struct runner *runner, pid_t pid)
{
	siginfo_t info = {};

	/* It can be looked at only before it is reaped. */
	if (is_no_orphan(runner, pid) || waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    !info.si_pid)
		return false;
	note_dead_orphan(runner, pid);
	return waitpid(pid, NULL, WNOHANG) == pid;
}

/*
 * The living orphans of tests that have ended. Those of a test that lives are that test's own
 * children, because every test process is a child subreaper. Also who is in @session: its parent may
 * be about to die.
 */
static int list_orphans(struct runner *runner, pid_t session, pid_t *pids)
{
	int i, cnt, reaped, kept = 0;

	/* Zombies first, or they would fill the list and hide who lives. */
	do {
		reaped = 0;
		cnt = process__list(getpid(), session, pids, UNIT_PIDS_MAX);
		for (i = 0; i < cnt && i < UNIT_PIDS_MAX; i++)
			reaped += reap_orphan(runner, pids[i]);
	} while (reaped && cnt > UNIT_PIDS_MAX);
	for (i = 0; i < cnt && i < UNIT_PIDS_MAX; i++) {
		if (!is_no_orphan(runner, pids[i]) && !process__is_zombie(pids[i]))
			pids[kept++] = pids[i];
	}
	return kept;
}

/*
 * The orphans that a unit has to care for. Another test may have ended as well, and the runner
 * not yet have looked at it; what has no mark of any is killed by the first to see it.
 */
static int list_orphans_of(struct test_unit *unit, pid_t *pids)
{
	int i, kept = 0, cnt = list_orphans(unit->runner, unit->pid, pids);

	for (i = 0; i < cnt; i++) {
		if (may_be_of(unit, pids[i]))
			pids[kept++] = pids[i];
	}
	return kept;
}

static int list_left_processes(struct test_unit *unit, pid_t *pids)
{
	pid_t orphans[UNIT_PIDS_MAX];
	int i, cnt = 0, orphans_cnt;

	if (unit->cgroup_fd >= 0)
		cnt = cgroup__pids(unit->cgroup_fd, pids, UNIT_PIDS_MAX);
	if (cnt > UNIT_PIDS_MAX)
		cnt = UNIT_PIDS_MAX;
	for (i = 0; i < cnt; i++)
		charge(unit->runner, pids[i]);
	orphans_cnt = list_orphans_of(unit, orphans);
	for (i = 0; i < orphans_cnt && cnt < UNIT_PIDS_MAX; i++) {
		if (charge(unit->runner, orphans[i]))
			pids[cnt++] = orphans[i];
	}
	return cnt;
}

void unit__kill_all(struct test_unit *unit)
{
	pid_t pids[UNIT_PIDS_MAX];
	int i, cnt;

	if (unit->cgroup_fd >= 0)
		cgroup__kill(unit->cgroup_fd);
	/*
	 * Its first process group at once, for what forks faster than it can be listed. The
	 * number cannot be anybody else's while its first process is not reaped.
	 */
	kill(-unit->pid, SIGKILL);
	if (unit->state == UNIT_RUNNING) {
		kill(unit->pid, SIGKILL);
		return;
	}
	cnt = list_orphans_of(unit, pids);
	for (i = 0; i < cnt; i++) {
		if (!process__is_dying(pids[i]))
			charge_with_latecomer(unit, pids[i]);
		kill(pids[i], SIGKILL);
	}
}

static int count_left_processes(struct test_unit *unit)
{
	pid_t pids[FEW_PROCESSES + UNIT_PIDS_MAX];
	int cnt = 0;

	if (unit->cgroup_fd >= 0)
		cnt = cgroup__pids(unit->cgroup_fd, pids, FEW_PROCESSES);
	return cnt > FEW_PROCESSES ? cnt : cnt + list_orphans_of(unit, pids);
}

bool unit__may_wait_for_left_processes(struct test_unit *unit)
{
	int cnt;

	unit->has_reaped = false;
	/* Those that end only after they have started another are seen while they are stopped. */
	kill(-unit->pid, SIGSTOP);
	cnt = count_left_processes(unit);
	kill(-unit->pid, SIGCONT);
	return (cnt || unit->has_reaped) && cnt <= FEW_PROCESSES;
}

void unit__note_left_processes(struct test_unit *unit)
{
	bool is_populated = unit->cgroup_fd >= 0 && cgroup__is_populated(unit->cgroup_fd);
	pid_t pids[UNIT_PIDS_MAX];
	int i, cnt;

	/* Of what forks on one would be seen only on its way out. */
	kill(-unit->pid, SIGSTOP);
	if (is_populated)
		cgroup__freeze(unit->cgroup_fd, true);
	cnt = list_left_processes(unit, pids);
	for (i = 0; i < cnt; i++) {
		if (!process__is_dying(pids[i]))
			charge_with_process(unit, pids[i]);
	}
	if (is_populated)
		cgroup__freeze(unit->cgroup_fd, false);
	unit->left_ticks = process__now_ticks();
}

static bool has_processes(struct test_unit *unit)
{
	pid_t orphans[UNIT_PIDS_MAX];

	unit->has_reaped = false;
	return (unit->cgroup_fd >= 0 && cgroup__is_populated(unit->cgroup_fd)) ||
	       list_orphans_of(unit, orphans) || unit->has_reaped;
}

bool unit__is_clear(struct test_unit *unit)
{
	if (has_processes(unit)) {
		unit__kill_all(unit);
		if (++unit->clear_rounds >= CHASE_ROUND && unit->has_reaped)
			process_mark__chase(unit->mark, CHASE_MS);
		return false;
	}
	if (!unit__capture_has_ended(unit))
		return false;
	/* What may be kept is removed when the result is known. */
	return unit->cgroup_fd < 0 || unit->runner->options->keep ||
	       cgroup__remove(&unit->runner->cgroups, unit->cgroup_name) != -EBUSY;
}

/* A test may have joined a cgroup of its own making, and what it started a session of its own. */
int unit__processes(struct test_unit *unit, pid_t *pids)
{
	pid_t more[UNIT_PIDS_MAX];
	int i, cnt = 1, more_cnt = 0;

	pids[0] = unit->pid;
	if (unit->cgroup_fd >= 0)
		more_cnt = cgroup__pids(unit->cgroup_fd, more, UNIT_PIDS_MAX);
	for (i = 0; i < more_cnt && i < UNIT_PIDS_MAX; i++)
		cnt = process__add(pids, cnt, UNIT_PIDS_MAX, more[i]);
	more_cnt = unit->state == UNIT_CLEARING ? list_orphans_of(unit, more) : 0;
	for (i = 0; i < more_cnt; i++)
		cnt = process__add(pids, cnt, UNIT_PIDS_MAX, more[i]);
	return process__add_descendants(pids, cnt, UNIT_PIDS_MAX, unit->pid);
}

void unit__log_stacks(struct test_unit *unit)
{
	pid_t pids[UNIT_PIDS_MAX];
	int i, cnt, threads_left = STACKS_MAX;

	cnt = unit__processes(unit, pids);
	for (i = 0; i < cnt && threads_left > 0; i++)
		threads_left -= process__log_stacks(pids[i], threads_left,
						    &unit__current_outcome(unit)->log);
	if (threads_left <= 0)
		unit__log_line(unit, "[only the first %d threads are shown]\n", STACKS_MAX);
}
