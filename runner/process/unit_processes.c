// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the processes of a test, shows where they are stuck, and ends them. It looks in the test's
 * cgroup, if there is one, and among the orphans, which the kernel hands to the runner, because the
 * runner is a child subreaper. The mark of an orphan tells which test it comes from
 * (process_mark.h).
 *
 * A dead orphan may have forked before its death. A unit is therefore clear only when a look finds
 * no orphan of it, neither a living nor a dead one.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/process/children.h"
#include "runner/process/unit_processes.h"
#include "runner/system/clock.h"
#include "runner/system/process.h"
#include "runner/system/process_mark.h"

/*
 * The limit for stacks in a log. Reading a stack takes about half a millisecond under emulation,
 * and the whole run waits for it.
 */
#define STACKS_MAX    64
/* More processes than this will not end by themselves soon. */
#define FEW_PROCESSES 16
/* The time limit of a hunt for a process that keeps forking. The whole run waits for it. */
#define CHASE_MS      50
/*
 * The hunt begins after this many looks. They are 2 ms apart, so that more than 10 ms have passed,
 * which is the resolution of a process's start time.
 */
#define CHASE_ROUND   15

/* Return: true for a test process or another child of the runner. All others are orphans. */
static bool is_known_child(const struct units *units, pid_t pid)
{
	int i;

	for (i = 0; i < units->cnt; i++) {
		const struct unit *unit = &units->all[i];

		if (unit->state != UNIT_FREE &&
		    (unit->pid == pid || unit->unwinder_pid == pid || unit->monitor_pid == pid ||
		     unit->tracer.pid == pid))
			return true;
	}
	return children__has(units->children, pid);
}

/* The path includes this run's cgroup, because another run may have a test of the same name. */
static bool is_in_cgroup_of(const struct unit *unit, pid_t pid)
{
	const char *dir = unit->units->cgroups->dir;
	char path[512];

	if (unit->cgroup_fd < 0 || !dir)
		return false;
	snprintf(path, sizeof(path), "%s/%s", strrchr(dir, '/') + 1, unit->cgroup_name);
	return process__is_in_cgroup(pid, path);
}

/* A process without our mark may still be in the test's cgroup or session, or write to its pipe. */
static bool has_trait_of(const struct unit *unit, pid_t pid)
{
	return is_in_cgroup_of(unit, pid) || getsid(pid) == unit->pid ||
	       process__writes_to(pid, unit->output_inode);
}

bool unit__has_process(const struct unit *unit, pid_t pid)
{
	return pid == unit->pid || process_mark__get(pid) == unit->mark || has_trait_of(unit, pid);
}

struct unit *units__find_process(const struct units *units, pid_t pid)
{
	int i;

	for (i = 0; i < units->cnt; i++) {
		if (units->all[i].state != UNIT_FREE && unit__has_process(&units->all[i], pid))
			return &units->all[i];
	}
	return NULL;
}

/* Return: the unit that an orphan is known to come from, or NULL. */
static struct unit *owner_of(const struct units *units, pid_t pid, uint64_t mark)
{
	bool is_marked = process_mark__is_own(mark);
	int i;

	for (i = 0; i < units->cnt; i++) {
		struct unit *unit = &units->all[i];

		if (unit->state != UNIT_FREE &&
		    (is_marked ? unit->mark == mark : has_trait_of(unit, pid)))
			return unit;
	}
	return NULL;
}

/*
 * A process that has our mark but no unit belongs to gdb or strace (tracer.c), or to a test that
 * could not be cleared and was reported then.
 */
static bool may_be_of(const struct unit *unit, pid_t pid)
{
	uint64_t mark = process_mark__get(pid);
	const struct unit *owner = owner_of(unit->units, pid, mark);

	return owner ? owner == unit : !process_mark__is_own(mark);
}

/* Return: true if an orphan that may be of @unit cannot be of another unit. */
static bool is_surely_of(const struct unit *unit, pid_t pid)
{
	const struct units *units = unit->units;
	int i, candidates = 0;

	if (owner_of(units, pid, process_mark__get(pid)) == unit)
		return true;
	for (i = 0; i < units->cnt; i++)
		candidates += unit__has_ended(&units->all[i]);
	return candidates <= 1;
}

static void report_left(struct unit *unit, pid_t pid)
{
	char name[64], text[128];

	process__name(pid, name, sizeof(name));
	snprintf(text, sizeof(text), "process %d (%s)", pid, name);
	unit->says_left = true;
	if (!is_surely_of(unit, pid)) {
		unit->units->observer->left_process(unit->units->observer->context, text);
		return;
	}
	unit__log_line(unit, "left behind, killed: %s\n", text);
	test_outcome__add_left(unit->test, text);
	event_sink__tell(unit->units->sink, &(struct event){
						    .kind = EVENT_LEFT_BEHIND,
						    .test = unit->test,
						    .where = &unit->test->outcome,
						    .left = { text, true },
					    });
	unit->test->left_processes++;
}

/* A process that is found only after the leftovers were counted is new. Report only one of them. */
static void report_latecomer(struct unit *unit, pid_t pid)
{
	if (unit->leftovers_counted_ticks && !unit->says_left &&
	    children__report_once(unit->units->children, pid))
		report_left(unit, pid);
}

/*
 * Return: true if a dead process is younger than the count of leftovers. An older one may have been
 * about to die at that time.
 */
static bool was_born_since_count(const struct unit *unit, pid_t pid)
{
	unsigned long long start;

	return unit->leftovers_counted_ticks && !process__start_time(pid, &start) &&
	       start > unit->leftovers_counted_ticks;
}

static void note_dead_orphan(struct units *units, pid_t pid)
{
	int i;

	for (i = 0; i < units->cnt; i++) {
		struct unit *unit = &units->all[i];

		if (unit->state != UNIT_CLEARING || !may_be_of(unit, pid))
			continue;
		unit->has_reaped = true;
		if (was_born_since_count(unit, pid))
			report_latecomer(unit, pid);
	}
}

static bool reap_orphan(struct units *units, pid_t pid)
{
	siginfo_t info = {};

	/* Read mark and start time of the dead process before it is reaped. */
	if (is_known_child(units, pid) || waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    !info.si_pid)
		return false;
	note_dead_orphan(units, pid);
	return waitpid(pid, NULL, WNOHANG) == pid;
}

/*
 * List the children that are not known, and the members of @session. Each process of a test that
 * has ended descends from such a child: a process stays in the kernel's tree of parents until it is
 * reaped, and its children move up when it dies. So without such a child, which is the case at the
 * end of nearly every test, there is no need to walk through all processes of the machine.
 *
 * Return: the number of processes; only the first UNIT_PIDS_MAX of them are in @pids.
 */
static int list_candidates(const struct units *units, pid_t session, pid_t *pids)
{
	pid_t members[UNIT_PIDS_MAX];
	int i, kept = 0, members_cnt, cnt = process__children(pids, UNIT_PIDS_MAX);

	if (cnt < 0)
		return process__list(getpid(), session, pids, UNIT_PIDS_MAX);
	for (i = 0; i < cnt; i++) {
		if (!is_known_child(units, pids[i]))
			pids[kept++] = pids[i];
	}
	if (!kept)
		return 0;
	members_cnt = process__list(-1, session, members, UNIT_PIDS_MAX);
	for (i = 0; i < members_cnt && i < UNIT_PIDS_MAX; i++)
		kept = process__add(pids, kept, UNIT_PIDS_MAX, members[i]);
	return kept;
}

/*
 * List the living orphans of tests that have ended, and the members of @session, because their
 * parent may be about to die. Orphans of a test that lives become children of that test, because
 * every test process is a child subreaper.
 */
static int list_orphans(struct units *units, pid_t session, pid_t *pids)
{
	int i, cnt, reaped, kept = 0;

	/* Reap zombies first: they would fill the list and hide living processes. */
	do {
		reaped = 0;
		cnt = list_candidates(units, session, pids);
		for (i = 0; i < cnt && i < UNIT_PIDS_MAX; i++)
			reaped += reap_orphan(units, pids[i]);
	} while (reaped && cnt > UNIT_PIDS_MAX);
	for (i = 0; i < cnt && i < UNIT_PIDS_MAX; i++) {
		if (is_known_child(units, pids[i]))
			continue;
		/* It may have died in the meantime, and may have forked before. */
		if (process__is_zombie(pids[i]))
			reap_orphan(units, pids[i]);
		else
			pids[kept++] = pids[i];
	}
	return kept;
}

/*
 * List the orphans that a unit has to kill. Some may belong to another test that has ended, if the
 * runner has not noticed that yet. An orphan that fits no test is killed by the first unit that
 * sees it.
 */
static int list_orphans_of(struct unit *unit, pid_t *pids)
{
	int i, kept = 0, cnt = list_orphans(unit->units, unit->pid, pids);

	for (i = 0; i < cnt; i++) {
		if (may_be_of(unit, pids[i]))
			pids[kept++] = pids[i];
	}
	return kept;
}

static int list_left_processes(struct unit *unit, pid_t *pids)
{
	pid_t orphans[UNIT_PIDS_MAX];
	int i, cnt = 0, orphans_cnt;

	if (unit->cgroup_fd >= 0)
		cnt = cgroup__pids(unit->cgroup_fd, pids, UNIT_PIDS_MAX);
	if (cnt > UNIT_PIDS_MAX)
		cnt = UNIT_PIDS_MAX;
	for (i = 0; i < cnt; i++)
		children__report_once(unit->units->children, pids[i]);
	orphans_cnt = list_orphans_of(unit, orphans);
	for (i = 0; i < orphans_cnt && cnt < UNIT_PIDS_MAX; i++) {
		if (children__report_once(unit->units->children, orphans[i]))
			pids[cnt++] = orphans[i];
	}
	return cnt;
}

void unit__begin_killing(struct unit *unit)
{
	if (!unit->kill_ns)
		unit->kill_ns = clock__now_ns();
	unit->was_killed = unit->state == UNIT_RUNNING;
	unit__kill_all(unit);
}

void unit__kill_all(struct unit *unit)
{
	pid_t pids[UNIT_PIDS_MAX];
	int i, cnt;

	if (unit->cgroup_fd >= 0)
		cgroup__kill(unit->cgroup_fd);
	/*
	 * Kill the first process group at once, because its processes may fork faster than they can
	 * be listed. Its number cannot be reused while the test process is not reaped.
	 */
	kill(-unit->pid, SIGKILL);
	if (unit->state == UNIT_RUNNING) {
		kill(unit->pid, SIGKILL);
		return;
	}
	cnt = list_orphans_of(unit, pids);
	for (i = 0; i < cnt; i++) {
		if (!process__is_dying(pids[i]))
			report_latecomer(unit, pids[i]);
		kill(pids[i], SIGKILL);
	}
}

static int count_left_processes(struct unit *unit)
{
	pid_t pids[FEW_PROCESSES + UNIT_PIDS_MAX];
	int cnt = 0;

	if (unit->cgroup_fd >= 0)
		cnt = cgroup__pids(unit->cgroup_fd, pids, FEW_PROCESSES);
	return cnt > FEW_PROCESSES ? cnt : cnt + list_orphans_of(unit, pids);
}

bool unit__has_processes(struct unit *unit)
{
	pid_t orphans[UNIT_PIDS_MAX];

	unit->has_reaped = false;
	return (unit->cgroup_fd >= 0 && cgroup__is_populated(unit->cgroup_fd)) ||
	       list_orphans_of(unit, orphans) || unit->has_reaped;
}

bool unit__may_wait_for_left_processes(struct unit *unit)
{
	int cnt;

	unit->has_reaped = false;
	/* Stop the processes while they are counted, because one may start another one and end. */
	kill(-unit->pid, SIGSTOP);
	cnt = count_left_processes(unit);
	kill(-unit->pid, SIGCONT);
	return (cnt || unit->has_reaped) && cnt <= FEW_PROCESSES;
}

void unit__note_left_processes(struct unit *unit)
{
	bool is_populated = unit->cgroup_fd >= 0 && cgroup__is_populated(unit->cgroup_fd);
	pid_t pids[UNIT_PIDS_MAX];
	int i, cnt;

	/*
	 * List the processes while they are stopped: a process that keeps forking would otherwise
	 * be seen only while it exits.
	 */
	kill(-unit->pid, SIGSTOP);
	if (is_populated)
		cgroup__freeze(unit->cgroup_fd, true);
	cnt = list_left_processes(unit, pids);
	for (i = 0; i < cnt; i++) {
		if (!process__is_dying(pids[i]))
			report_left(unit, pids[i]);
	}
	if (is_populated)
		cgroup__freeze(unit->cgroup_fd, false);
	unit->leftovers_counted_ticks = process__now_ticks();
}

bool unit__is_dead(struct unit *unit)
{
	if (!unit__has_processes(unit))
		return true;
	unit__kill_all(unit);
	if (++unit->clear_rounds >= CHASE_ROUND && unit->has_reaped)
		process_mark__chase(unit->mark, CHASE_MS);
	return false;
}

/*
 * List descendants as well: a test may have joined a cgroup that it made, and its children may have
 * started a new session.
 */
int unit__processes(struct unit *unit, pid_t *pids)
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

void unit__log_stacks(struct unit *unit)
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
