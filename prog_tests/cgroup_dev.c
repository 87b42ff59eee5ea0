// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that decides about devices: which device and access it sees, what its refusal does, and
 * that tasks of other cgroups do not run it.
 */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "cgroup_dev.skel.h"

static int open_error(const char *path, int flags)
{
	auto_fd int fd = open(path, flags | O_CLOEXEC);

	return fd < 0 ? errno : 0;
}

/* The program has run once more, about the character device, for this access. */
static void saw(struct cgroup_dev *skel, __u32 calls, __u32 access)
{
	ASSERT_EQ(skel->bss->calls, calls, "calls");
	ASSERT_EQ(skel->bss->seen_type, BPF_DEVCG_DEV_CHAR, "type");
	ASSERT_EQ(skel->bss->seen_access, access, "access");
}

static void allowed(struct cgroup_dev *skel)
{
	ASSERT_EQ(open_error("/dev/null", O_RDONLY), 0, "read");
	saw(skel, 1, BPF_DEVCG_ACC_READ);
	ASSERT_EQ(open_error("/dev/null", O_WRONLY), 0, "write");
	saw(skel, 2, BPF_DEVCG_ACC_WRITE);
	ASSERT_EQ(open_error("/dev/null", O_RDWR), 0, "read and write");
	saw(skel, 3, BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE);
	ASSERT_EQ(open_error("/dev/zero", O_RDONLY), 0, "another device");
	ASSERT_EQ(skel->bss->calls, 3, "calls after another device");
}

static void refused(struct cgroup_dev *skel)
{
	skel->bss->refused_access = BPF_DEVCG_ACC_WRITE;
	ASSERT_EQ(open_error("/dev/null", O_RDONLY), 0, "read");
	ASSERT_EQ(open_error("/dev/null", O_WRONLY), EPERM, "write");
	ASSERT_EQ(open_error("/dev/null", O_RDWR), EPERM, "read and write");
	saw(skel, 3, BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE);
	ASSERT_EQ(open_error("/dev/zero", O_RDWR), 0, "another device");
	detach(&skel->links.decide);
	ASSERT_EQ(open_error("/dev/null", O_WRONLY), 0, "write after detaching");
}

static void make_node(struct cgroup_dev *skel)
{
	const char *path = "/tmp/cgroup_dev.null";

	skel->bss->refused_access = BPF_DEVCG_ACC_MKNOD;
	ASSERT_EQ(mknod(path, S_IFCHR | 0600, makedev(1, 3)), -1, "make a node");
	ASSERT_EQ(errno, EPERM, "errno");
	saw(skel, 1, BPF_DEVCG_ACC_MKNOD);
	skel->bss->refused_access = 0;
	ASSERT_EQ(mknod(path, S_IFCHR | 0600, makedev(1, 3)), 0, "make it after all");
	saw(skel, 2, BPF_DEVCG_ACC_MKNOD);
	unlink(path);
}

static void other_cgroup(struct cgroup_dev *skel)
{
	auto_fd int outside = test__join_cgroup("outside");

	ASSERT_OK_FD(outside, "cgroup");
	skel->bss->refused_access = BPF_DEVCG_ACC_READ;
	ASSERT_EQ(open_error("/dev/null", O_RDONLY), 0, "read");
	ASSERT_EQ(skel->bss->calls, 0, "calls");
}

TEST_NEEDS(cgroup_dev, NEED_BTF, NEED_CGROUP,
	   NEED_PROG_TYPE(CGROUP_DEVICE, "4.15", IF_CONFIG("CGROUP_BPF")));

void test_cgroup_dev(void)
{
	static const struct {
		const char *name;
		void (*run)(struct cgroup_dev *skel);
	} subtests[] = {
		{ "allowed", allowed },
		{ "refused", refused },
		{ "make_node", make_node },
		{ "other_cgroup", other_cgroup },
	};
	struct stat null;

	if (!ASSERT_OK(stat("/dev/null", &null), "/dev/null"))
		return;
	for_each_subtest (subtest, subtests) {
		auto_fd int cgroup = test__join_cgroup("inside");
		auto_skel struct cgroup_dev *skel = cgroup_dev__open_and_load();

		if (cgroup < 0 || !ASSERT_OK_PTR(skel, "open and load"))
			continue;
		skel->bss->major = major(null.st_rdev);
		skel->bss->minor = minor(null.st_rdev);
		skel->links.decide = bpf_program__attach_cgroup(skel->progs.decide, cgroup);
		if (ASSERT_OK_PTR(skel->links.decide, "attach"))
			subtest->run(skel);
	}
}
