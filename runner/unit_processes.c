// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes of a test: who they are, where they are stuck, and how to end all of them. By the
 * cgroup where there is one, and as the orphans that the kernel hands to the runner, which is a
 * child subreaper.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/process.h"
#include "runner/unit_parts.h"

/* Reading a stack takes about half a millisecond under emulation, and holds up everybody. */
#define STACKS_MAX    64
/* More than that do not end by themselves in no time. */
#define FEW_PROCESSES 16

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
			reaped += !is_no_orphan(runner, pids[i]) &&
				  waitpid(pids[i], NULL, WNOHANG) == pids[i];
	} while (reaped && cnt > UNIT_PIDS_MAX);
	for (i = 0; i < cnt && i < UNIT_PIDS_MAX; i++) {
		if (!is_no_orphan(runner, pids[i]) && !process__is_zombie(pids[i]))
			pids[kept++] = pids[i];
	}
	return kept;
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

/* Whether a process is known to come from a unit: by cgroup, session or output. */
static bool is_of(const struct test_unit *unit, pid_t pid)
{
	return is_in_cgroup_of(unit, pid) || getsid(pid) == unit->pid ||
	       process__writes_to(pid, unit->output_inode);
}

bool unit__has_process(const struct test_unit *unit, pid_t pid)
{
	return pid == unit->pid || is_of(unit, pid);
}

static bool is_of_another(const struct test_unit *unit, pid_t pid)
{
	const struct runner *runner = unit->runner;
	int i;

	for (i = 0; i < runner->options->jobs; i++) {
		const struct test_unit *other = &runner->units[i];

		if (other != unit && other->state != UNIT_FREE && is_of(other, pid))
			return true;
	}
	return false;
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

/*
 * The orphans that a unit has to care for. Another test may have ended as well, and the runner
 * not yet have looked at it; what has no mark of any is the business of the first to see it.
 */
static int list_orphans_of(struct test_unit *unit, pid_t *pids)
{
	int i, kept = 0, cnt = list_orphans(unit->runner, unit->pid, pids);

	for (i = 0; i < cnt; i++) {
		if (is_of(unit, pids[i]) || !is_of_another(unit, pids[i]))
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
	for (i = 0; i < cnt; i++)
		kill(pids[i], SIGKILL);
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

	/* Those that end only after they have started another are seen while they are stopped. */
	kill(-unit->pid, SIGSTOP);
	cnt = count_left_processes(unit);
	kill(-unit->pid, SIGCONT);
	return cnt && cnt <= FEW_PROCESSES;
}

static void charge_with_process(struct test_unit *unit, pid_t pid)
{
	char name[64], text[128];

	process__name(pid, name, sizeof(name));
	snprintf(text, sizeof(text), "process %d (%s)", pid, name);
	unit__log_line(unit, "left behind, killed: %s\n", text);
	test_outcome__add_left(unit->test, text);
	events__left_behind(&unit->runner->events, unit->test, text, true);
	unit->test->left_processes++;
}

void unit__note_left_processes(struct test_unit *unit)
{
	pid_t pids[UNIT_PIDS_MAX];
	int i, cnt;

	kill(-unit->pid, SIGSTOP);
	cnt = list_left_processes(unit, pids);
	for (i = 0; i < cnt; i++) {
		if (!process__is_dying(pids[i]))
			charge_with_process(unit, pids[i]);
	}
}

bool unit__is_clear(struct test_unit *unit)
{
	pid_t orphans[UNIT_PIDS_MAX];

	if ((unit->cgroup_fd >= 0 && cgroup__is_populated(unit->cgroup_fd)) ||
	    list_orphans_of(unit, orphans)) {
		unit__kill_all(unit);
		return false;
	}
	if (!unit__capture_has_ended(unit))
		return false;
	/* What may be kept is removed when the result is known. */
	return unit->cgroup_fd < 0 || unit->runner->options->keep ||
	       cgroup__remove(&unit->runner->cgroups, unit->cgroup_name) != -EBUSY;
}

/* The test's process and all below it; without a cgroup as far as the parents tell. */
int unit__processes(struct test_unit *unit, pid_t *pids)
{
	int i, cnt = 1;

	if (unit->cgroup_fd >= 0) {
		cnt = cgroup__pids(unit->cgroup_fd, pids, UNIT_PIDS_MAX);
		return cnt < UNIT_PIDS_MAX ? cnt : UNIT_PIDS_MAX;
	}
	pids[0] = unit->pid;
	for (i = 0; i < cnt && cnt < UNIT_PIDS_MAX; i++)
		cnt += process__list(pids[i], -1, pids + cnt, UNIT_PIDS_MAX - cnt);
	return cnt < UNIT_PIDS_MAX ? cnt : UNIT_PIDS_MAX;
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
