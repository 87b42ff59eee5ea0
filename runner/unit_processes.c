// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes of a test: who they are, where they are stuck, and how to end all of them. By the
 * cgroup where there is one, and as the orphans that the kernel hands to the runner, which is a
 * child subreaper.
 */
#include <errno.h>
#include <sys/wait.h>

#include "runner/process.h"
#include "runner/unit_parts.h"

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

	cnt = process__own_children(pids, UNIT_PIDS_MAX);
	for (i = 0; i < cnt && i < UNIT_PIDS_MAX; i++) {
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
		cnt = cgroup__pids(unit->cgroup_fd, pids, UNIT_PIDS_MAX);
	if (cnt >= UNIT_PIDS_MAX)
		return UNIT_PIDS_MAX;
	/* An orphan may be in the cgroup as well: the runner is the reaper of both kinds. */
	return cnt ?: list_orphans(unit, pids);
}

/* Kill whatever the test started that still lives. Its descendants first become orphans. */
void unit__kill_all(struct test_unit *unit)
{
	pid_t pids[UNIT_PIDS_MAX];
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

static void log_left_process(struct test_unit *unit, pid_t pid)
{
	char name[64];

	process__name(pid, name, sizeof(name));
	unit__log_line(unit, "left behind, killed: process %d (%s)\n", pid, name);
}

void unit__note_left_processes(struct test_unit *unit)
{
	pid_t pids[UNIT_PIDS_MAX];
	int i;

	unit->test->left_processes = list_left_processes(unit, pids);
	for (i = 0; i < unit->test->left_processes; i++)
		log_left_process(unit, pids[i]);
}

bool unit__is_clear(struct test_unit *unit)
{
	pid_t orphans[UNIT_PIDS_MAX];

	if ((unit->cgroup_fd >= 0 && cgroup__is_populated(unit->cgroup_fd)) ||
	    list_orphans(unit, orphans)) {
		unit__kill_all(unit);
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
		cnt = cgroup__pids(unit->cgroup_fd, pids, UNIT_PIDS_MAX);
		return cnt < UNIT_PIDS_MAX ? cnt : UNIT_PIDS_MAX;
	}
	pids[0] = unit->pid;
	for (i = 0; i < cnt && cnt < UNIT_PIDS_MAX; i++)
		cnt += process__children(pids[i], pids + cnt, UNIT_PIDS_MAX - cnt);
	return cnt < UNIT_PIDS_MAX ? cnt : UNIT_PIDS_MAX;
}

void unit__log_stacks(struct test_unit *unit)
{
	pid_t pids[UNIT_PIDS_MAX];
	int i, cnt;

	cnt = list_processes(unit, pids);
	for (i = 0; i < cnt; i++)
		process__log_stacks(pids[i], &unit__current_outcome(unit)->log);
}

