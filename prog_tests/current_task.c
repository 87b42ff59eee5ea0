// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers that tell a program about the running task: ids, users, name, CPU, cgroups, and the ids that it
 * has in its pid namespace.
 *
 * BPF_PROG_TEST_RUN runs the programs in the calling task, so that each value is known.
 */
#include <grp.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "current_task.skel.h"

/* The kernel's errno for a missing operation of a map. User space has no name for it. */
#define ENOTSUPP 524

/* A run without assertions, for forked children. */
static int run(const struct bpf_program *program)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err = bpf_prog_test_run_opts(bpf_program__fd(program), &opts);

	return err ?: (int)opts.retval;
}

static void own_ids(struct current_task *skel)
{
	ASSERT_EQ(test_run(skel->progs.identity), 0, "run");
	ASSERT_EQ(skel->bss->pid_tgid, (__u64)getpid() << 32 | gettid(), "ids of task");
	ASSERT_EQ(skel->bss->tgid_of_task, getpid(), "thread group of task");
	ASSERT_EQ(skel->bss->tgid_of_task_btf, getpid(), "thread group of typed task");
	ASSERT_EQ(skel->bss->uid_gid, (__u64)getgid() << 32 | getuid(), "user and group");
}

static void *run_in_thread(void *context)
{
	struct current_task *skel = context;

	ASSERT_EQ(test_run(skel->progs.identity), 0, "run");
	ASSERT_NEQ(gettid(), getpid(), "id of thread");
	ASSERT_EQ(skel->bss->pid_tgid, (__u64)getpid() << 32 | gettid(), "ids of thread");
	ASSERT_EQ(skel->bss->tgid_of_task, getpid(), "thread group of thread");
	return NULL;
}

static void thread(struct current_task *skel)
{
	pthread_t thread;

	if (ASSERT_OK(pthread_create(&thread, NULL, run_in_thread, skel), "thread"))
		ASSERT_OK(pthread_join(thread, NULL), "join");
}

/* Runs the program as a task with other real ids. */
static int run_as_other_user(void *context)
{
	struct current_task *skel = context;

	/* The effective ids stay those of root: the real ones are reported. */
	if (setgroups(0, NULL) || setresgid(2222, -1, -1) || setresuid(1111, -1, -1))
		return 1;
	return run(skel->progs.identity) ? 2 : 0;
}

static void user(struct current_task *skel)
{
	ASSERT_EQ(in_child(run_as_other_user, skel), 0, "child");
	ASSERT_EQ(skel->bss->uid_gid, 2222ULL << 32 | 1111, "user and group of child");
}

static void name(struct current_task *skel)
{
	char saved[16];

	ASSERT_OK(prctl(PR_GET_NAME, saved), "name before");
	ASSERT_OK(prctl(PR_SET_NAME, "fifteen_letters"), "set name");
	skel->bss->comm_result = 1;
	skel->bss->comm.behind = 0x5a;
	ASSERT_EQ(test_run(skel->progs.identity), 0, "run");
	ASSERT_EQ(skel->bss->comm_result, 0, "result");
	ASSERT_STREQ(skel->bss->comm.name, "fifteen_letters", "name");
	ASSERT_STREQ(skel->bss->short_comm, "fif", "name in four bytes");
	ASSERT_OK(prctl(PR_SET_NAME, "ab"), "set short name");
	ASSERT_EQ(test_run(skel->progs.identity), 0, "run");
	ASSERT_STREQ(skel->bss->comm.name, "ab", "short name");
	ASSERT_EQ(skel->bss->comm.behind, 0x5a, "byte behind the name");
	ASSERT_OK(prctl(PR_SET_NAME, saved), "restore name");
}

static void cpu(struct current_task *skel)
{
	unsigned int cpu, node;
	cpu_set_t saved, one;

	if (!ASSERT_OK(sched_getaffinity(0, sizeof(saved), &saved), "CPUs"))
		return;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &saved))
			continue;
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		ASSERT_OK(sched_setaffinity(0, sizeof(one), &one), "move");
		ASSERT_OK(syscall(SYS_getcpu, &cpu, &node, NULL), "getcpu");
		skel->bss->cpu = skel->bss->numa_node = -1;
		ASSERT_EQ(test_run(skel->progs.place), 0, "run");
		ASSERT_EQ(skel->bss->cpu, i, "CPU");
		ASSERT_EQ(skel->bss->numa_node, node, "NUMA node");
	}
	leave_cpu(&saved);
}

static __u64 cgroup_id(int fd)
{
	struct stat status = {};

	ASSERT_OK(fstat(fd, &status), "stat");
	return status.st_ino;
}

static void has_ancestor(struct current_task *skel, int level, __u64 id)
{
	skel->bss->ancestor_level = level;
	skel->bss->ancestor_id = ~id;
	ASSERT_EQ(test_run(skel->progs.cgroups), 0, "run");
	ASSERT_EQ(skel->bss->ancestor_id, id, "ancestor");
}

static void cgroup(struct current_task *skel)
{
	auto_fd int parent = test__join_cgroup("parent");
	auto_fd int child = test__join_cgroup("parent/child");
	auto_fd int own = -1;
	char path[PATH_MAX];
	int level = 0;

	if (parent < 0 || child < 0 || !ASSERT_OK(own_cgroup(path, sizeof(path)), "own cgroup"))
		return;
	ASSERT_EQ(test_run(skel->progs.cgroups), 0, "run");
	ASSERT_EQ(skel->bss->cgroup_id, cgroup_id(child), "cgroup");

	/* The root is level 0. The level of the task's cgroup is the last that there is. */
	while (level < 64) {
		skel->bss->ancestor_level = level;
		ASSERT_EQ(test_run(skel->progs.cgroups), 0, "run");
		if (!skel->bss->ancestor_id)
			break;
		level++;
	}
	if (!ASSERT_GE(level, 3, "levels"))
		return;
	has_ancestor(skel, level - 1, cgroup_id(child));
	has_ancestor(skel, level - 2, cgroup_id(parent));
	has_ancestor(skel, level, 0);
	has_ancestor(skel, -1, 0);
	own = test__join_cgroup("");
	ASSERT_EQ(test_run(skel->progs.cgroups), 0, "run");
	ASSERT_EQ(skel->bss->cgroup_id, cgroup_id(own), "cgroup after the move");
	has_ancestor(skel, level - 2, 0);
}

static void task_under_cgroup(struct current_task *skel)
{
	auto_fd int other = test__join_cgroup("other");
	auto_fd int parent = test__join_cgroup("parent");
	auto_fd int child = test__join_cgroup("parent/child");
	auto_fd int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int fd = bpf_map__fd(skel->maps.cgroup_array);
	__u32 key = 1;

	if (other < 0 || parent < 0 || child < 0)
		return;
	skel->bss->cgroup_index = 1;
	ASSERT_EQ(test_run(skel->progs.is_under_cgroup), -EAGAIN, "empty element");
	skel->bss->cgroup_index = 2;
	ASSERT_EQ(test_run(skel->progs.is_under_cgroup), -E2BIG, "index behind the last");
	skel->bss->cgroup_index = 1;
	ASSERT_OK(bpf_map_update_elem(fd, &key, &child, BPF_ANY), "insert own cgroup");
	ASSERT_EQ(test_run(skel->progs.is_under_cgroup), 1, "own cgroup");
	ASSERT_OK(bpf_map_update_elem(fd, &key, &parent, BPF_ANY), "insert parent");
	ASSERT_EQ(test_run(skel->progs.is_under_cgroup), 1, "cgroup above");
	ASSERT_OK(bpf_map_update_elem(fd, &key, &other, BPF_ANY), "insert other cgroup");
	ASSERT_EQ(test_run(skel->progs.is_under_cgroup), 0, "other cgroup");

	ASSERT_EQ(bpf_map_lookup_elem(fd, &key, &(__u32){ 0 }), -ENOTSUPP, "look up");
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &file, BPF_ANY), -EBADF, "not a cgroup");
	ASSERT_OK(bpf_map_delete_elem(fd, &key), "delete");
	ASSERT_EQ(bpf_map_delete_elem(fd, &key), -ENOENT, "delete again");
	ASSERT_EQ(test_run(skel->progs.is_under_cgroup), -EAGAIN, "after deletion");
}

static int run_in_namespace(void *context)
{
	struct current_task *skel = context;

	return run(skel->progs.pid_in_namespace) ? 1 : 0;
}

/* The first process of a new pid namespace has id 1 in it, and another one outside. */
static int run_in_new_namespace(void *context)
{
	struct current_task *skel = context;
	int status = -1, ready[2];
	struct stat space;
	pid_t child;
	char path[64];

	if (unshare(CLONE_NEWPID) || pipe2(ready, O_CLOEXEC))
		return 1;
	child = fork();
	if (!child) {
		char byte;

		_exit(read(ready[0], &byte, 1) == 1 ? run_in_namespace(skel) : 3);
	}
	snprintf(path, sizeof(path), "/proc/self/ns/pid_for_children");
	if (child < 0 || stat(path, &space))
		return 2;
	skel->bss->namespace_device = space.st_dev;
	skel->bss->namespace_inode = space.st_ino;
	if (write(ready[1], "", 1) != 1 || waitpid(child, &status, 0) != child)
		return 4;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 5;
}

static void ns_current_pid_tgid(struct current_task *skel)
{
	struct stat space;

	if (!ASSERT_OK(stat("/proc/self/ns/pid", &space), "pid namespace"))
		return;
	skel->bss->namespace_device = space.st_dev;
	skel->bss->namespace_inode = space.st_ino;
	ASSERT_EQ(test_run(skel->progs.pid_in_namespace), 0, "own namespace");
	ASSERT_EQ(skel->bss->in_namespace.pid, gettid(), "thread");
	ASSERT_EQ(skel->bss->in_namespace.tgid, getpid(), "process");
	skel->bss->namespace_inode++;
	ASSERT_EQ(test_run(skel->progs.pid_in_namespace), -EINVAL, "another inode");
	ASSERT_EQ(skel->bss->in_namespace.pid, 0, "thread is cleared");
	skel->bss->namespace_inode--;
	skel->bss->namespace_device++;
	ASSERT_EQ(test_run(skel->progs.pid_in_namespace), -EINVAL, "another device");

	ASSERT_EQ(in_child(run_in_new_namespace, skel), 0, "child");
	ASSERT_EQ(skel->bss->in_namespace.pid, 1, "thread in new namespace");
	ASSERT_EQ(skel->bss->in_namespace.tgid, 1, "process in new namespace");
}

TEST_NEEDS(current_task, NEED_BTF, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_LOCKDOWN_BELOW("confidentiality"));
SUBTEST_NEEDS(current_task, "*cgroup", NEED_CGROUP);
SUBTEST_NEEDS(current_task, "task_under_cgroup", NEED_MAP_TYPE(CGROUP_ARRAY, "4.8"));
SUBTEST_NEEDS(current_task, "ns_current_pid_tgid", NEED_CONFIG("PID_NS"));

void test_current_task(void)
{
	static const struct {
		const char *name;
		void (*run)(struct current_task *skel);
	} subtests[] = {
		/* clang-format off */
		{ "own_ids",			own_ids },
		{ "thread",			thread },
		{ "user",			user },
		{ "name",			name },
		{ "cpu",			cpu },
		{ "cgroup",			cgroup },
		{ "task_under_cgroup",		task_under_cgroup },
		{ "ns_current_pid_tgid",	ns_current_pid_tgid },
		/* clang-format on */
	};

	RUN_SKEL_SUBTESTS(current_task, subtests);
}
