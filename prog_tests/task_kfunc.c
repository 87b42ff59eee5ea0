// SPDX-License-Identifier: GPL-2.0-only
/*
 * References to tasks: found by the id of the machine or of a pid namespace, kept in a map beyond the
 * end of the task, and asked whether the task is below a cgroup.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "task_kfunc.skel.h"

static bool start(pid_t *child)
{
	*child = fork();
	if (!*child) {
		for (;;)
			pause();
	}
	return ASSERT_GT(*child, 0, "child");
}

static void end(pid_t child)
{
	int status = -1;

	kill(child, SIGKILL);
	ASSERT_EQ(waitpid(child, &status, 0), child, "wait for the child");
	ASSERT_EQ(WTERMSIG(status), SIGKILL, "end of the child");
}

static void find(struct task_kfunc *skel, const struct bpf_program *program, pid_t pid,
		 bool is_there)
{
	skel->bss->pid = pid;
	skel->bss->found_pid = 0;
	skel->bss->found_tgid = 0;
	skel->bss->was_found = !is_there;
	ASSERT_EQ(test_run(program), 0, "run");
	ASSERT_EQ(skel->bss->was_found, is_there, "found");
	ASSERT_EQ(skel->bss->found_pid, is_there ? pid : 0, "pid");
	ASSERT_EQ(skel->bss->found_tgid, is_there ? pid : 0, "tgid");
}

/* Without a pid namespace of the test's own, both ids are the same. */
static void by_id(struct task_kfunc *skel)
{
	pid_t child;

	if (!start(&child))
		return;
	find(skel, skel->progs.by_pid, getpid(), true);
	find(skel, skel->progs.by_pid, child, true);
	find(skel, skel->progs.by_vpid, getpid(), true);
	find(skel, skel->progs.by_vpid, child, true);
	end(child);
	find(skel, skel->progs.by_pid, child, false);
	find(skel, skel->progs.by_vpid, child, false);
	find(skel, skel->progs.by_pid, -1, false);
	find(skel, skel->progs.by_vpid, 0, false);
}

/* The first process of a pid namespace is 1 there, and has another id on the machine. */
static void in_namespace(struct task_kfunc *skel)
{
	int status = -1;
	pid_t child;

	if (!ASSERT_OK(unshare(CLONE_NEWPID), "pid namespace for children"))
		return;
	child = fork();
	if (!child) {
		skel->bss->pid = 1;
		skel->bss->was_found = false;
		test_run(skel->progs.by_vpid);
		_exit(skel->bss->was_found);
	}
	ASSERT_EQ(waitpid(child, &status, 0), child, "wait for the child");
	ASSERT_EQ(WEXITSTATUS(status), 1, "found");
	ASSERT_EQ(skel->bss->found_pid, child, "the machine's id of process 1 there");
}

static void kept_in_map(struct task_kfunc *skel)
{
	pid_t first, second;

	if (!start(&first))
		return;
	if (!start(&second)) {
		end(first);
		return;
	}
	skel->bss->pid = first;
	ASSERT_EQ(test_run(skel->progs.keep), 0, "keep the first");
	find(skel, skel->progs.look, first, true);
	skel->bss->pid = second;
	skel->bss->was_found = false;
	skel->bss->found_tgid = 0;
	ASSERT_EQ(test_run(skel->progs.keep), 1, "keep the second");
	ASSERT_EQ(skel->bss->was_found, true, "the first comes back");
	ASSERT_EQ(skel->bss->found_pid, first, "pid of the first");
	ASSERT_EQ(skel->bss->found_tgid, first, "tgid of the first");
	end(first);
	end(second);
	/* The memory of the task is still there, but nobody gets a reference to it any more. */
	skel->bss->pid = getpid();
	ASSERT_EQ(test_run(skel->progs.keep), 1, "replace the one that has ended");
	ASSERT_EQ(skel->bss->found_pid, second, "the second comes back after its end");
	skel->bss->pid = second;
	ASSERT_EQ(test_run(skel->progs.keep), 2, "keep one that has ended");
	find(skel, skel->progs.look, getpid(), true);
}

static __u64 make_cgroup(const char *path)
{
	auto_fd int fd = test__join_cgroup(path);
	struct stat status = {};

	ASSERT_OK(fstat(fd, &status), path);
	return status.st_ino;
}

static void ask(struct task_kfunc *skel, __u64 cgroup_id, long expected)
{
	skel->bss->cgroup_id = cgroup_id;
	skel->bss->is_below = -1;
	ASSERT_EQ(test_run(skel->progs.under_cgroup), 0, "run");
	ASSERT_EQ(skel->bss->is_below, expected, "below the cgroup");
}

static void under_cgroup(struct task_kfunc *skel)
{
	const __u64 outer = make_cgroup("outer"), other = make_cgroup("outer/other");
	const __u64 inner = make_cgroup("outer/inner");

	skel->bss->pid = getpid();
	ask(skel, inner, 1);
	ask(skel, outer, 1);
	ask(skel, other, 0);
	skel->bss->cgroup_id = UINT64_MAX;
	ASSERT_EQ(test_run(skel->progs.under_cgroup), 1, "no such cgroup");
	skel->bss->cgroup_id = inner;
	skel->bss->pid = -1;
	ASSERT_EQ(test_run(skel->progs.under_cgroup), 2, "no such task");
}

TEST_NEEDS(task_kfunc, NEED_BTF, NEED_KFUNC("bpf_task_from_vpid", "6.14"),
	   NEED_KFUNC("bpf_task_under_cgroup", "6.5"), NEED_CGROUP);

void test_task_kfunc(void)
{
	static const struct {
		const char *name;
		void (*run)(struct task_kfunc *skel);
	} subtests[] = {
		{ "by_id", by_id },
		{ "kept_in_map", kept_in_map },
		{ "under_cgroup", under_cgroup },
		{ "in_namespace", in_namespace },
	};

	RUN_SKEL_SUBTESTS(task_kfunc, subtests);
}
