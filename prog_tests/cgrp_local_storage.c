// SPDX-License-Identifier: GPL-2.0-only
/*
 * Storage of cgroups: each cgroup has its own, programs find that of the running task, user space
 * uses descriptors of the cgroup's folder.
 */
#include <sys/stat.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "cgrp_local_storage.skel.h"

#define CREATE BPF_LOCAL_STORAGE_GET_F_CREATE

static bool enter(int cgroup_fd)
{
	auto_fd int fd = openat(cgroup_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	return ASSERT_OK_FD(fd, "cgroup.procs") && ASSERT_EQ(write(fd, "0", 1), 1, "enter cgroup");
}

static void by_program(struct cgrp_local_storage *skel, int outer, int inner)
{
	skel->bss->initial_value = 40;
	ASSERT_EQ(test_run(skel->progs.count), -ENOENT, "before creation");
	skel->bss->flags = CREATE;
	ASSERT_EQ(test_run(skel->progs.count), 0, "creation");
	ASSERT_EQ(skel->bss->found_value, 40, "first value");
	ASSERT_EQ(test_run(skel->progs.count), 0, "second run");
	ASSERT_EQ(skel->bss->found_value, 41, "second value");
	ASSERT_EQ(test_run(skel->progs.forget), 0, "delete");
	ASSERT_EQ(test_run(skel->progs.forget), -ENOENT, "delete again");
	skel->bss->flags = 0;
	ASSERT_EQ(test_run(skel->progs.count), -ENOENT, "after deletion");
}

static void by_descriptor(struct cgrp_local_storage *skel, int outer, int inner)
{
	int fd = bpf_map__fd(skel->maps.storage), key = outer, bad = -1;
	auto_fd int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	__u64 value = 5;

	ASSERT_EQ(bpf_map_lookup_elem(fd, &key, &value), -ENOENT, "look up before");
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_EXIST), -ENOENT, "EXIST, new");
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_NOEXIST), 0, "NOEXIST, new");
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_NOEXIST), -EEXIST, "NOEXIST, old");
	ASSERT_EQ(test_run(skel->progs.count), 0, "run");
	ASSERT_EQ(skel->bss->found_value, 5, "value that the program found");
	ASSERT_EQ(bpf_map_lookup_elem(fd, &key, &value), 0, "look up");
	ASSERT_EQ(value, 6, "value that the program left");
	ASSERT_EQ(bpf_map_delete_elem(fd, &key), 0, "delete");
	ASSERT_EQ(bpf_map_delete_elem(fd, &key), -ENOENT, "delete again");
	ASSERT_EQ(bpf_map_update_elem(fd, &bad, &value, BPF_ANY), -EBADF, "no descriptor");
	key = file;
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_ANY), -EBADF, "not a cgroup");
}

/* A task that moves to another cgroup uses the storage of that one. */
static void two_cgroups(struct cgrp_local_storage *skel, int outer, int inner)
{
	int fd = bpf_map__fd(skel->maps.storage), key;
	__u64 value = 0;

	skel->bss->flags = CREATE;
	skel->bss->initial_value = 100;
	ASSERT_EQ(test_run(skel->progs.count), 0, "run in outer cgroup");
	if (!enter(inner))
		return;
	skel->bss->initial_value = 200;
	ASSERT_EQ(test_run(skel->progs.count), 0, "run in inner cgroup");
	ASSERT_EQ(skel->bss->found_value, 200, "value of inner cgroup");
	enter(outer);
	ASSERT_EQ(test_run(skel->progs.count), 0, "run in outer cgroup again");
	ASSERT_EQ(skel->bss->found_value, 101, "value of outer cgroup");
	key = inner;
	ASSERT_OK(bpf_map_lookup_elem(fd, &key, &value), "look up inner");
	ASSERT_EQ(value, 201, "value of inner cgroup at the end");
	key = outer;
	ASSERT_OK(bpf_map_lookup_elem(fd, &key, &value), "look up outer");
	ASSERT_EQ(value, 102, "value of outer cgroup at the end");
}

TEST_NEEDS(cgrp_local_storage, NEED_BTF, NEED_CGROUP, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_MAP_TYPE(CGRP_STORAGE, "6.2", IF_CONFIG("CGROUPS")));

void test_cgrp_local_storage(void)
{
	static const struct {
		const char *name;
		void (*run)(struct cgrp_local_storage *skel, int outer, int inner);
	} subtests[] = {
		{ "by_program", by_program },
		{ "by_descriptor", by_descriptor },
		{ "two_cgroups", two_cgroups },
	};
	auto_fd int inner = test__join_cgroup("inner");
	auto_fd int outer = test__join_cgroup("");

	if (inner >= 0 && outer >= 0)
		RUN_SKEL_SUBTESTS(cgrp_local_storage, subtests, outer, inner);
}
