// SPDX-License-Identifier: GPL-2.0-only
/* Parks a process in the namespaces of a failed test, for --keep. Decides no result. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/process/children.h"
#include "runner/process/kept_namespaces.h"
#include "runner/selection/registry.h"
#include "runner/system/process.h"
#include "runner/text/error.h"
#include "test_progs.h"

/* The event loop waits this long for a process that enters two namespaces, usually below 1 ms. */
#define PARK_TIMEOUT_MS 2000
/* Numbers of the descriptors that the parked process has. */
#define REPORT_FD       3
#define PARENT_FD       4

void kept__begin_test(struct unit *unit)
{
	unit->namespaces = (struct unit_namespaces){ -1, -1 };
}

static int open_namespace(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

void kept__hold_namespaces(struct unit *unit)
{
	struct unit_namespaces *held = &unit->namespaces;

	if (!unit->units->options->keep)
		return;
	if ((unit->isolation & ISOLATE_NETNS) && held->net_fd < 0)
		held->net_fd = open_namespace(unit->pid, "net");
	if ((unit->isolation & ISOLATE_MOUNTNS) && held->mount_fd < 0)
		held->mount_fd = open_namespace(unit->pid, "mnt");
}

static void let_go(struct unit_namespaces *held)
{
	if (held->net_fd >= 0)
		close(held->net_fd);
	if (held->mount_fd >= 0)
		close(held->mount_fd);
	*held = (struct unit_namespaces){ -1, -1 };
}

/*
 * Close all other descriptors: the parked process must not hold a lock, or a pipe that somebody
 * reads.
 */
static void drop_descriptors(int report_fd, int parent_fd)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC), i;

	/* Move both descriptors out of the way first, because their new numbers may be in use. */
	report_fd = fcntl(report_fd, F_DUPFD, 10);
	parent_fd = parent_fd < 0 ? -1 : fcntl(parent_fd, F_DUPFD, 10);
	for (i = 0; i < 3; i++)
		dup2(null_fd, i);
	dup2(report_fd, REPORT_FD);
	if (parent_fd >= 0)
		dup2(parent_fd, PARENT_FD);
	else
		close(PARENT_FD);
	syscall(SYS_close_range, PARENT_FD + 1, UINT_MAX, 0);
}

static int enter(const struct unit_namespaces *held)
{
	if (held->net_fd >= 0 && setns(held->net_fd, CLONE_NEWNET))
		return -errno;
	if (held->mount_fd >= 0 && setns(held->mount_fd, CLONE_NEWNS))
		return -errno;
	return 0;
}

/* Stay in the namespaces until a signal asks the process to end. */
static void be_parked(struct unit *unit, int report_fd)
{
	const struct cgroup_base *base = unit->units->cgroups;
	int err = enter(&unit->namespaces), parent_fd = cgroup_base__open_parent(base),
	    signal_number;
	sigset_t ends;

	setsid();
	prctl(PR_SET_NAME, "test_progs-kept");
	drop_descriptors(report_fd, parent_fd);
	if (write(REPORT_FD, &err, sizeof(err)) != sizeof(err) || err)
		_exit(1);
	close(REPORT_FD);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	while (sigwait(&ends, &signal_number))
		;
	if (parent_fd >= 0)
		cgroup_base__remove_kept(base, PARENT_FD, unit->cgroup_name);
	_exit(0);
}

/* Return: the result of entering the namespaces, as the process reports it, or -ETIMEDOUT. */
static int read_report(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int err;

	if (poll(&wait, 1, PARK_TIMEOUT_MS) <= 0)
		return -ETIMEDOUT;
	return read(fd, &err, sizeof(err)) == sizeof(err) ? err : -ECHILD;
}

/* Return: the pid of the parked process, or a negative errno. */
static pid_t park(struct unit *unit)
{
	int pipes[2], pid_fd = -1, cgroup_fd = -1, err;
	char name[sizeof(unit->cgroup_name) + 8];
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	/*
	 * Park the process in a child of the test's cgroup. The test may have made its cgroup
	 * delegate controllers, and such a cgroup must have no processes.
	 */
	if (unit->cgroup_fd >= 0) {
		snprintf(name, sizeof(name), "%s/kept", unit->cgroup_name);
		cgroup_fd = cgroup__create(unit->units->cgroups, name);
	}
	fflush(NULL);
	pid = process__fork(cgroup_fd, &pid_fd);
	if (pid < 0 && cgroup_fd >= 0)
		pid = process__fork(-1, &pid_fd);
	if (!pid) {
		process__set_oom_score_adj(0);
		be_parked(unit, pipes[1]);
	}
	close(pipes[1]);
	if (cgroup_fd >= 0)
		close(cgroup_fd);
	err = pid < 0 ? pid : read_report(pipes[0]);
	close(pipes[0]);
	if (pid > 0)
		close(pid_fd);
	if (!err)
		err = children__add(unit->units->children, pid);
	if (err && pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return err ?: pid;
}

static void keep(struct unit *unit)
{
	struct kept *kept = unit->units->kept;
	const struct unit_namespaces *held = &unit->namespaces;
	struct kept_test *test = &kept->tests[kept->cnt++];
	pid_t pid;

	*test = (struct kept_test){
		.name = strdup(unit->test->outcome.name),
		.number = unit->test->outcome.number,
		.has_net = held->net_fd >= 0,
		.has_mounts = held->mount_fd >= 0,
	};
	if (!test->has_net && !test->has_mounts && unit->cgroup_fd < 0) {
		test->error = strdup("it has no namespace and no cgroup of its own");
		return;
	}
	pid = park(unit);
	if (pid < 0) {
		if (asprintf(&test->error, "entering its namespaces: %s", error__text(pid)) < 0)
			test->error = NULL;
		return;
	}
	test->pid = pid;
	if (unit->cgroup_fd >= 0 &&
	    asprintf(&test->cgroup, "%s/%s", unit->units->cgroups->dir, unit->cgroup_name) < 0)
		test->cgroup = NULL;
}

void kept__end_test(struct unit *unit)
{
	struct kept *kept = unit->units->kept;
	bool is_kept = false;

	if (!unit->units->options->keep)
		return;
	if (result__is_failure(unit->test->outcome.result) && !unit->interrupted) {
		is_kept = kept->cnt < KEPT_MAX;
		if (is_kept)
			keep(unit);
		else
			kept->left_out++;
		is_kept = is_kept && kept->tests[kept->cnt - 1].pid;
	}
	let_go(&unit->namespaces);
	if (!is_kept && unit->cgroup_fd >= 0)
		cgroup__remove(unit->units->cgroups, unit->cgroup_name);
}

void kept__print(const struct kept *kept, FILE *out)
{
	const struct kept_test *test;

	if (kept->cnt)
		fprintf(out, "Kept, without its processes, until the next start of test_progs:\n");
	for (test = kept->tests; test < kept->tests + kept->cnt; test++) {
		fprintf(out, "  #%-7d %s\n", test->number, test->name);
		if (!test->pid) {
			fprintf(out, "    nothing: %s\n", test->error ?: "out of memory");
			continue;
		}
		if (test->has_net || test->has_mounts)
			fprintf(out, "    enter:  nsenter -t %d%s%s\n", test->pid,
				test->has_net ? " -n" : "", test->has_mounts ? " -m" : "");
		if (test->cgroup)
			fprintf(out, "    cgroup: %s\n", test->cgroup);
		fprintf(out, "    remove: kill %d\n", test->pid);
	}
	if (kept->left_out)
		fprintf(out, "  not kept: %d more, because %d are kept at most\n", kept->left_out,
			KEPT_MAX);
}

bool kept__has_cgroup(const struct kept *kept)
{
	int i;

	for (i = 0; i < kept->cnt; i++) {
		if (kept->tests[i].cgroup)
			return true;
	}
	return false;
}

void kept__free(struct kept *kept)
{
	int i;

	for (i = 0; i < kept->cnt; i++) {
		free(kept->tests[i].name);
		free(kept->tests[i].cgroup);
		free(kept->tests[i].error);
	}
	*kept = (struct kept){};
}
