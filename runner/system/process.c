// SPDX-License-Identifier: GPL-2.0-only
/* Reads about processes in /proc, and forks a child into a cgroup. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/system/process.h"
#include "runner/text/text_file.h"

/* The kernel's flag of an exiting task. User space has no header for it. */
#define PF_EXITING                0x4U
/* The inode of the initial PID namespace, PROC_PID_INIT_INO since Linux 3.8. */
#define INITIAL_PID_NAMESPACE_INO 0xEFFFFFFCU

/*
 * fork() cannot place the child in a cgroup, and moving it there afterwards takes 15 ms instead of
 * 0.4 ms. The raw system call leaves out what libc's fork() does for the child. The kernel
 * therefore sets the thread id that libc keeps, through the address that libc has registered, and
 * the robust futex list is registered again. Locks of libc do not matter in a single-threaded
 * caller.
 */
static pid_t clone_into_cgroup(int cgroup_fd, int *pid_fd)
{
	uint64_t *tid_address = NULL;
	struct clone_args args = {
		.flags = CLONE_PIDFD | CLONE_INTO_CGROUP | CLONE_CHILD_SETTID |
			 CLONE_CHILD_CLEARTID,
		.pidfd = (uintptr_t)pid_fd,
		.exit_signal = SIGCHLD,
		.cgroup = cgroup_fd,
	};
	void *robust_list = NULL;
	size_t robust_len = 0;
	pid_t pid;

	/* Get the address with prctl(), which needs CONFIG_CHECKPOINT_RESTORE. */
	if (prctl(PR_GET_TID_ADDRESS, &tid_address))
		return -EOPNOTSUPP;
	args.child_tid = (uintptr_t)tid_address;
	syscall(SYS_get_robust_list, 0, &robust_list, &robust_len);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		return -errno;
	if (!pid && robust_list)
		syscall(SYS_set_robust_list, robust_list, robust_len);
	return pid;
}

static int write_own_pid(int cgroup_fd)
{
	int fd = openat(cgroup_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, "0", 1) != 1)
		err = -errno;
	close(fd);
	return err;
}

void process__set_oom_score_adj(int value)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	/*
	 * Lowering the value needs CAP_SYS_RESOURCE. Without it the write fails, and the value
	 * stays.
	 */
	if (dprintf(fd, "%d", value) < 0)
		errno = 0;
	close(fd);
}

pid_t process__fork(int cgroup_fd, int *pid_fd)
{
	pid_t pid;

	if (cgroup_fd >= 0) {
		pid = clone_into_cgroup(cgroup_fd, pid_fd);
		if (pid != -EOPNOTSUPP && pid != -ENOSYS)
			return pid;
	}
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		if (cgroup_fd >= 0 && write_own_pid(cgroup_fd))
			_exit(127);
		return 0;
	}
	*pid_fd = syscall(SYS_pidfd_open, pid, 0);
	if (*pid_fd < 0) {
		pid_t err = -errno;

		kill(pid, SIGKILL);
		return err;
	}
	return pid;
}

static int read_proc(pid_t pid, const char *name, char *text, size_t size_bytes)
{
	char path[96];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return text_file__read_at(AT_FDCWD, path, text, size_bytes);
}

/* Return: the text from field 3 on. The name before it may contain blanks and parentheses. */
static const char *stat_behind_name(pid_t pid, char *text, size_t size_bytes)
{
	const char *paren;

	if (read_proc(pid, "stat", text, size_bytes))
		return NULL;
	paren = strrchr(text, ')');
	return paren && paren[1] ? paren + 2 : NULL;
}

int process__start_time(pid_t pid, unsigned long long *ticks)
{
	char text[1024];
	const char *fields = stat_behind_name(pid, text, sizeof(text));

	/* The start time is field 22 of /proc/PID/stat, the 20th from the state on. */
	if (!fields || sscanf(fields,
			      "%*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			      "%*s %*s %*s %*s %*s %llu",
			      ticks) != 1)
		return -ESRCH;
	return 0;
}

unsigned long long process__now_ticks(void)
{
	long per_s = sysconf(_SC_CLK_TCK);

	return clock__read_ns(CLOCK_BOOTTIME) / (NS_PER_S / per_s);
}

bool process__is_zombie(pid_t pid)
{
	char text[1024];
	const char *fields = stat_behind_name(pid, text, sizeof(text));

	return !fields || *fields == 'Z' || *fields == 'X';
}

static uint64_t pending_signals(const char *status, const char *field)
{
	const char *line = strstr(status, field);

	return line ? strtoull(line + strlen(field), NULL, 16) : 0;
}

bool process__is_dying(pid_t pid)
{
	const uint64_t deadly = 1ULL << (SIGKILL - 1) | 1ULL << (SIGTERM - 1);
	char stat[1024], status[4096];
	const char *fields = stat_behind_name(pid, stat, sizeof(stat));
	unsigned int flags;

	/* The flags are field 9 of /proc/PID/stat. */
	if (!fields || *fields == 'Z' || *fields == 'X' ||
	    (sscanf(fields, "%*c %*d %*d %*d %*d %*d %u", &flags) == 1 && flags & PF_EXITING))
		return true;
	if (read_proc(pid, "status", status, sizeof(status)))
		return true;
	/* Do not count a blocked signal, which may stay pending for ever. */
	return (pending_signals(status, "SigPnd:") | pending_signals(status, "ShdPnd:")) & deadly &
	       ~pending_signals(status, "SigBlk:");
}

bool process__writes_to(pid_t pid, unsigned long inode)
{
	char path[64];
	struct stat st;
	int fd;

	for (fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
		if (!stat(path, &st) && st.st_ino == inode)
			return true;
	}
	return false;
}

bool process__is_in_cgroup(pid_t pid, const char *name)
{
	char text[4096], part[600];

	snprintf(part, sizeof(part), "/%s", name);
	if (read_proc(pid, "cgroup", text, sizeof(text)))
		return false;
	return strstr(text, part);
}

static bool next_process(DIR *dir, pid_t *pid, pid_t *parent, pid_t *session)
{
	struct dirent *entry;
	const char *fields;
	char text[1024];

	while ((entry = readdir(dir))) {
		*pid = atoi(entry->d_name);
		fields = *pid > 0 ? stat_behind_name(*pid, text, sizeof(text)) : NULL;
		if (fields && sscanf(fields, "%*c %d %*d %d", parent, session) == 2)
			return true;
	}
	return false;
}

/*
 * The kernel finds its place in the list again by position, and adds new children at the end. So
 * this list can leave out a child only if another one is reaped meanwhile, which nobody but the
 * caller does.
 */
int process__children(pid_t *pids, int max)
{
	char text[1024], *at = text, *end;
	int cnt = 0,
	    err = text_file__read_at(AT_FDCWD, "/proc/thread-self/children", text, sizeof(text));

	if (err)
		return err;
	if (strlen(text) == sizeof(text) - 1)
		return -E2BIG;
	while (cnt < max) {
		pids[cnt] = strtol(at, &end, 10);
		if (end == at)
			return cnt;
		at = end;
		cnt++;
	}
	return -E2BIG;
}

/*
 * Walk through /proc, because the lists of children in it leave processes out if others are reaped
 * at the same time.
 */
int process__list(pid_t parent, pid_t session, pid_t *pids, int max)
{
	DIR *dir = opendir("/proc");
	pid_t pid, ppid, sid;
	int cnt = 0;

	while (dir && next_process(dir, &pid, &ppid, &sid)) {
		if (ppid != parent && sid != session)
			continue;
		if (cnt < max)
			pids[cnt] = pid;
		cnt++;
	}
	if (dir)
		closedir(dir);
	return cnt;
}

static bool is_in(const pid_t *pids, int cnt, pid_t pid)
{
	int i;

	for (i = 0; i < cnt; i++) {
		if (pids[i] == pid)
			return true;
	}
	return false;
}

int process__add(pid_t *pids, int cnt, int max, pid_t pid)
{
	if (cnt < max && !is_in(pids, cnt, pid))
		pids[cnt++] = pid;
	return cnt;
}

int process__add_descendants(pid_t *pids, int cnt, int max, pid_t session)
{
	pid_t pid, parent, sid;
	int cnt_before;
	DIR *dir;

	/* Repeat the walk: a child with a lower pid than its parent is found in a later walk. */
	do {
		cnt_before = cnt;
		dir = opendir("/proc");
		while (dir && cnt < max && next_process(dir, &pid, &parent, &sid)) {
			if (sid == session || is_in(pids, cnt, parent))
				cnt = process__add(pids, cnt, max, pid);
		}
		if (dir)
			closedir(dir);
	} while (cnt > cnt_before && cnt < max);
	return cnt;
}

void process__name(pid_t pid, char *name, size_t size_bytes)
{
	if (read_proc(pid, "comm", name, size_bytes))
		snprintf(name, size_bytes, "?");
	name[strcspn(name, "\n")] = '\0';
}

bool process__in_initial_pid_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) || st.st_ino == INITIAL_PID_NAMESPACE_INO;
}

static void log_line(struct capped_log *log, const char *line)
{
	capped_log__add(log, line, strlen(line));
	if (!*line || line[strlen(line) - 1] != '\n')
		capped_log__add(log, "\n", 1);
}

static void log_thread(pid_t pid, const char *tid, struct capped_log *log)
{
	char name[64], text[4096], line[256], comm[64] = "?";
	const char *state;

	snprintf(name, sizeof(name), "task/%s/comm", tid);
	if (!read_proc(pid, name, comm, sizeof(comm)))
		comm[strcspn(comm, "\n")] = '\0';
	snprintf(name, sizeof(name), "task/%s/status", tid);
	state = read_proc(pid, name, text, sizeof(text)) ? NULL : strstr(text, "State:\t");
	snprintf(line, sizeof(line), "process %d thread %s (%s): %.*s", pid, tid, comm,
		 state ? (int)strcspn(state, "\n") : 4, state ?: "gone");
	log_line(log, line);
	snprintf(name, sizeof(name), "task/%s/wchan", tid);
	if (!read_proc(pid, name, text, 128) && strcmp(text, "0") && *text) {
		snprintf(line, sizeof(line), "  waits in %.128s", text);
		log_line(log, line);
	}
	snprintf(name, sizeof(name), "task/%s/stack", tid);
	if (!read_proc(pid, name, text, sizeof(text)) && *text)
		log_line(log, text);
}

int process__log_stacks(pid_t pid, int max, struct capped_log *log)
{
	struct dirent *entry;
	char path[64];
	int cnt = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && cnt < max && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		log_thread(pid, entry->d_name, log);
		cnt++;
	}
	if (dir)
		closedir(dir);
	return cnt;
}
