// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program at the sysctls of the tasks in a cgroup: it sees name, old and new value, can replace
 * the new value, and can refuse the access.
 *
 * The sysctl belongs to the test's own network namespace.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/test_sysctl.h"
#include "test_sysctl.skel.h"

#define SYSCTL_NAME "net/ipv4/ip_default_ttl"
#define SYSCTL_PATH "/proc/sys/" SYSCTL_NAME

static int read_sysctl(char text[16])
{
	auto_fd int fd = open(SYSCTL_PATH, O_RDONLY | O_CLOEXEC);
	ssize_t bytes;

	memset(text, 0, 16);
	if (fd < 0)
		return -errno;
	bytes = read(fd, text, 15);
	return bytes < 0 ? -errno : 0;
}

static int write_sysctl(const char *text)
{
	auto_fd int fd = open(SYSCTL_PATH, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

static void has_value(const char *expected)
{
	char text[16];

	ASSERT_EQ(read_sysctl(text), 0, "read");
	ASSERT_STREQ(text, expected, "value");
}

static void reading(struct test_sysctl *skel)
{
	auto_fd int fd = open(SYSCTL_PATH, O_RDONLY | O_CLOEXEC);
	char text[16];

	skel->bss->current_value.behind = skel->bss->new_value.behind = 0x5a;
	has_value("77\n");
	ASSERT_EQ(skel->bss->calls, 1, "calls");
	ASSERT_EQ(skel->bss->seen_write, 0, "write");
	ASSERT_EQ(skel->bss->seen_position, 0, "position");
	ASSERT_STREQ(skel->bss->name, SYSCTL_NAME, "name");
	ASSERT_EQ(skel->bss->name_result, strlen(SYSCTL_NAME), "length of name");
	ASSERT_STREQ(skel->bss->base_name, "ip_default_ttl", "last part of name");
	ASSERT_EQ(skel->bss->base_name_result, strlen("ip_default_ttl"), "length of last part");
	ASSERT_STREQ(skel->bss->short_name, "net/i", "name in six bytes");
	ASSERT_EQ(skel->bss->short_name_result, -E2BIG, "result for six bytes");
	ASSERT_STREQ(skel->bss->current_value.text, "77\n", "value in the program");
	ASSERT_EQ(skel->bss->current_result, 3, "length of value");
	ASSERT_EQ(skel->bss->new_result, -EINVAL, "new value of a reading");
	ASSERT_EQ(skel->bss->current_value.behind, 0x5a, "byte behind the value");
	ASSERT_EQ(skel->bss->new_value.behind, 0x5a, "byte behind the new value");

	ASSERT_EQ(read(fd, text, sizeof(text)), 3, "read all");
	ASSERT_EQ(read(fd, text, sizeof(text)), 0, "read at the end");
	ASSERT_EQ(skel->bss->seen_position, 3, "position at the end");
	ASSERT_EQ(skel->bss->calls, 3, "calls of all");
}

static void writing(struct test_sysctl *skel)
{
	skel->bss->new_value.behind = 0x5a;
	ASSERT_EQ(write_sysctl("123"), 0, "write");
	ASSERT_EQ(skel->bss->calls, 1, "calls");
	ASSERT_EQ(skel->bss->seen_write, 1, "write");
	ASSERT_STREQ(skel->bss->current_value.text, "77\n", "old value in the program");
	ASSERT_STREQ(skel->bss->new_value.text, "123", "new value in the program");
	ASSERT_EQ(skel->bss->new_result, 3, "length of new value");
	ASSERT_EQ(skel->bss->new_value.behind, 0x5a, "byte behind the new value");
	has_value("123\n");
}

static void replacing(struct test_sysctl *skel)
{
	memcpy(skel->bss->replacement, "99", 2);
	skel->bss->replace = 1;
	skel->bss->set_result = 1;
	ASSERT_EQ(write_sysctl("55"), 0, "write");
	ASSERT_EQ(skel->bss->set_result, 0, "result of replacement");
	ASSERT_STREQ(skel->bss->new_value.text, "55", "new value in the program");
	has_value("99\n");
	ASSERT_EQ(skel->bss->set_result, -EINVAL, "replacement in a reading");
}

static void refusing(struct test_sysctl *skel)
{
	char text[16];

	skel->bss->refuse = 1;
	ASSERT_EQ(write_sysctl("44"), -EPERM, "write");
	ASSERT_EQ(read_sysctl(text), -EPERM, "read");
	ASSERT_EQ(skel->bss->calls, 2, "calls");
	skel->bss->refuse = 0;
	has_value("77\n");
}

/* A task of another cgroup does not run the program. */
static void other_cgroup(struct test_sysctl *skel)
{
	auto_fd int outside = test__join_cgroup("outside");

	skel->bss->refuse = 1;
	ASSERT_OK_FD(outside, "cgroup");
	ASSERT_EQ(write_sysctl("33"), 0, "write");
	has_value("33\n");
	ASSERT_EQ(skel->bss->calls, 0, "calls");
}

TEST_NEEDS(test_sysctl, NEED_BTF, NEED_CGROUP,
	   NEED_PROG_TYPE(CGROUP_SYSCTL, "5.2", IF_CONFIG("CGROUP_BPF,SYSCTL")));

void test_test_sysctl(void)
{
	static const struct {
		const char *name;
		void (*run)(struct test_sysctl *skel);
	} subtests[] = {
		{ "reading", reading },           { "writing", writing },
		{ "replacing", replacing },       { "refusing", refusing },
		{ "other_cgroup", other_cgroup },
	};

	for_each_subtest (subtest, subtests) {
		auto_fd int cgroup = test__join_cgroup("inside");
		auto_skel struct test_sysctl *skel = test_sysctl__open_and_load();

		if (cgroup < 0 || !ASSERT_OK_PTR(skel, "open and load") ||
		    !ASSERT_OK(write_sysctl("77"), "first value"))
			continue;
		skel->links.access = bpf_program__attach_cgroup(skel->progs.access, cgroup);
		if (ASSERT_OK_PTR(skel->links.access, "attach"))
			subtest->run(skel);
	}
}
