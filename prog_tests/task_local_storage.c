// SPDX-License-Identifier: GPL-2.0-only
/*
 * Storage of tasks: a program reaches that of the running task, user space that of any task by a
 * pidfd, and it ends with the task.
 */
#include <sys/pidfd.h>
#include <sys/syscall.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "task_local_storage.skel.h"

#define CREATE   BPF_LOCAL_STORAGE_GET_F_CREATE
/* The kernel's errno for a missing operation of a map. User space has no name for it. */
#define ENOTSUPP 524

static void by_program(struct task_local_storage *skel)
{
	skel->bss->initial_value = 40;
	ASSERT_EQ(test_run(skel->progs.count), -ENOENT, "before creation");
	skel->bss->flags = CREATE;
	ASSERT_EQ(test_run(skel->progs.count), 0, "creation");
	ASSERT_EQ(skel->bss->found_value, 40, "first value");
	/* What exists is not set again. */
	ASSERT_EQ(test_run(skel->progs.count), 0, "second run");
	ASSERT_EQ(skel->bss->found_value, 41, "second value");
	skel->bss->flags = 0;
	ASSERT_EQ(test_run(skel->progs.count), 0, "without the flag");
	ASSERT_EQ(skel->bss->found_value, 42, "third value");
	ASSERT_EQ(test_run(skel->progs.forget), 0, "delete");
	ASSERT_EQ(test_run(skel->progs.forget), -ENOENT, "delete again");
	ASSERT_EQ(test_run(skel->progs.count), -ENOENT, "after deletion");
	skel->bss->flags = CREATE << 1;
	ASSERT_EQ(test_run(skel->progs.count), -ENOENT, "unknown flag");
}

static void by_pidfd(struct task_local_storage *skel)
{
	auto_fd int self = pidfd_open(getpid(), 0);
	int fd = bpf_map__fd(skel->maps.storage), key = self, bad = -1;
	auto_fd int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	__u64 value = 0;

	ASSERT_EQ(bpf_map_lookup_elem(fd, &key, &value), -ENOENT, "look up before");
	ASSERT_EQ(bpf_map_delete_elem(fd, &key), -ENOENT, "delete before");
	value = 7;
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_EXIST), -ENOENT, "EXIST, new");
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_NOEXIST), 0, "NOEXIST, new");
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_NOEXIST), -EEXIST, "NOEXIST, old");
	ASSERT_EQ(test_run(skel->progs.count), 0, "run");
	ASSERT_EQ(skel->bss->found_value, 7, "value that the program found");
	ASSERT_EQ(bpf_map_lookup_elem(fd, &key, &value), 0, "look up");
	ASSERT_EQ(value, 8, "value that the program left");
	value = 20;
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_EXIST), 0, "EXIST, old");
	ASSERT_EQ(test_run(skel->progs.count), 0, "run");
	ASSERT_EQ(skel->bss->found_value, 20, "value after update");
	ASSERT_EQ(bpf_map_delete_elem(fd, &key), 0, "delete");
	ASSERT_EQ(test_run(skel->progs.count), -ENOENT, "run after deletion");

	ASSERT_EQ(bpf_map_update_elem(fd, &bad, &value, BPF_ANY), -EBADF, "no descriptor");
	key = file;
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_ANY), -EBADF, "not a pidfd");
	ASSERT_EQ(bpf_map_get_next_key(fd, NULL, &key), -ENOTSUPP, "next key");
}

/* Another task has a storage of its own; after its end there is none. */
static int run_in_child(void *context)
{
	struct task_local_storage *skel = context;

	skel->bss->flags = CREATE;
	return test_run(skel->progs.count) ? 1 : 0;
}

static void other_task(struct task_local_storage *skel)
{
	int fd = bpf_map__fd(skel->maps.storage), to_child[2], key, status = -1;
	auto_fd int self = pidfd_open(getpid(), 0);
	__u64 value = 0;
	char order = 0;
	pid_t child;

	skel->bss->initial_value = 100;
	skel->bss->flags = CREATE;
	ASSERT_EQ(test_run(skel->progs.count), 0, "own creation");
	skel->bss->initial_value = 200;
	if (!ASSERT_OK(pipe2(to_child, O_CLOEXEC), "pipe"))
		return;
	child = fork();
	if (!child) {
		close(to_child[1]);
		_exit(read(to_child[0], &order, 1) == 1 ? run_in_child(skel) : 2);
	}
	auto_fd int pidfd = child > 0 ? pidfd_open(child, 0) : -1;

	ASSERT_OK_FD(pidfd, "pidfd of child");
	key = pidfd;
	ASSERT_EQ(bpf_map_lookup_elem(fd, &key, &value), -ENOENT, "child before its run");
	value = 300;
	ASSERT_OK(bpf_map_update_elem(fd, &key, &value, BPF_ANY), "set that of the child");
	ASSERT_EQ(write(to_child[1], &order, 1), 1, "let child run");
	close(to_child[0]);
	close(to_child[1]);
	if (!ASSERT_EQ(waitpid(child, &status, 0), child, "wait for child"))
		return;
	ASSERT_EQ(status, 0, "status of child");
	ASSERT_EQ(skel->bss->found_value, 300, "value that the child found");
	ASSERT_EQ(bpf_map_lookup_elem(fd, &key, &value), -ENOENT, "child after its end");
	key = self;
	ASSERT_OK(bpf_map_lookup_elem(fd, &key, &value), "own storage");
	ASSERT_EQ(value, 101, "own value");
}

static int create(__u32 key_bytes, __u32 entries, __u32 flags, __u32 key_btf_id)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags, .btf_key_type_id = key_btf_id);
	auto_fd int fd =
		bpf_map_create(BPF_MAP_TYPE_TASK_STORAGE, "storage", key_bytes, 8, entries, &opts);

	return fd < 0 ? fd : 0;
}

static void creation(struct task_local_storage *skel)
{
	/* The kernel needs to know the type of the value. */
	ASSERT_EQ(create(4, 0, BPF_F_NO_PREALLOC, 0), -EINVAL, "no BTF");
	ASSERT_EQ(create(4, 1, BPF_F_NO_PREALLOC, 1), -EINVAL, "entries");
	ASSERT_EQ(create(8, 0, BPF_F_NO_PREALLOC, 1), -EINVAL, "key of eight bytes");
	ASSERT_EQ(create(4, 0, 0, 1), -EINVAL, "preallocated");
}

TEST_NEEDS(task_local_storage, NEED_BTF, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_MAP_TYPE(TASK_STORAGE, "5.11"),
	   NEED_HELPER(task_storage_get, RAW_TRACEPOINT, "5.11"));

void test_task_local_storage(void)
{
	static const struct {
		const char *name;
		void (*run)(struct task_local_storage *skel);
	} subtests[] = {
		{ "by_program", by_program },
		{ "by_pidfd", by_pidfd },
		{ "other_task", other_task },
		{ "creation", creation },
	};

	RUN_SKEL_SUBTESTS(task_local_storage, subtests);
}
