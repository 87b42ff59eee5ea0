// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs at getsockopt() and setsockopt() of the tasks in a cgroup: what they see, and what their
 * changes and refusals do to the caller and the socket.
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/sockopt.h"
#include "sockopt.skel.h"

static int set_tos(int fd, __u8 value)
{
	return setsockopt(fd, IPPROTO_IP, IP_TOS, &value, 1) ? -errno : 0;
}

static int get_tos(int fd, __u8 *value)
{
	socklen_t bytes = 1;

	return getsockopt(fd, IPPROTO_IP, IP_TOS, value, &bytes) ? -errno : (int)bytes;
}

static void has_tos(int fd, __u8 expected)
{
	__u8 value = ~expected;

	ASSERT_EQ(get_tos(fd, &value), 1, "get");
	ASSERT_EQ(value, expected, "value");
}

static bool attach_to(struct sockopt *skel, struct bpf_program *program, struct bpf_link **link,
		      int cgroup)
{
	*link = bpf_program__attach_cgroup(program, cgroup);
	return ASSERT_OK_PTR(*link, bpf_program__name(program));
}

/* What no program records, and a count to which each call adds. */
#define NOTHING     0x5a
#define FIRST_CALLS 40

static void forget(struct sockopt *skel)
{
	skel->bss->calls = FIRST_CALLS;
	skel->bss->seen_level = skel->bss->seen_optname = skel->bss->seen_optlen = NOTHING;
	skel->bss->seen_value = skel->bss->seen_retval = NOTHING;
}

/* A program ran once since the last look. @retval is NOTHING for setsockopt(). */
static void saw(struct sockopt *skel, int level, int optname, int optlen, __u8 value, int retval)
{
	ASSERT_EQ(skel->bss->calls, FIRST_CALLS + 1, "calls");
	ASSERT_EQ(skel->bss->seen_level, level, "level");
	ASSERT_EQ(skel->bss->seen_optname, optname, "option");
	ASSERT_EQ(skel->bss->seen_optlen, optlen, "length");
	ASSERT_EQ(skel->bss->seen_value, value, "value in the program");
	ASSERT_EQ(skel->bss->seen_retval, retval, "kernel's result");
	forget(skel);
}

static void setsockopt_changed(struct sockopt *skel, int cgroup, int fd)
{
	if (!attach_to(skel, skel->progs.set, &skel->links.set, cgroup))
		return;
	ASSERT_EQ(set_tos(fd, 0x20), 0, "set");
	saw(skel, IPPROTO_IP, IP_TOS, 1, 0x20, NOTHING);
	has_tos(fd, 0x24);
	ASSERT_EQ(skel->bss->calls, FIRST_CALLS, "calls after get");
	detach(&skel->links.set);
	ASSERT_EQ(set_tos(fd, 0x30), 0, "set without program");
	has_tos(fd, 0x30);
	ASSERT_EQ(skel->bss->calls, FIRST_CALLS, "calls after detaching");
}

static void setsockopt_refused(struct sockopt *skel, int cgroup, int fd)
{
	ASSERT_EQ(set_tos(fd, 0x10), 0, "set before");
	if (!attach_to(skel, skel->progs.set, &skel->links.set, cgroup))
		return;
	ASSERT_EQ(set_tos(fd, SOCKOPT_REFUSED), -EPERM, "refused");
	saw(skel, IPPROTO_IP, IP_TOS, 1, SOCKOPT_REFUSED, NOTHING);
	has_tos(fd, 0x10);
	ASSERT_EQ(set_tos(fd, SOCKOPT_OTHER_ERROR), -ENOSPC, "refused with another error");
	saw(skel, IPPROTO_IP, IP_TOS, 1, SOCKOPT_OTHER_ERROR, NOTHING);
	has_tos(fd, 0x10);
}

/* Only tasks of the cgroup run the program. */
static void other_cgroup(struct sockopt *skel, int cgroup, int fd)
{
	auto_fd int outside = -1;

	if (!attach_to(skel, skel->progs.set, &skel->links.set, cgroup))
		return;
	outside = test__join_cgroup("outside");
	auto_fd int other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ASSERT_EQ(set_tos(other, SOCKOPT_REFUSED), 0, "set from outside");
	has_tos(other, SOCKOPT_REFUSED);
	ASSERT_EQ(skel->bss->calls, FIRST_CALLS, "calls");
}

static void getsockopt_changed(struct sockopt *skel, int cgroup, int fd)
{
	__u8 value = 0;

	ASSERT_EQ(set_tos(fd, 0x50), 0, "set");
	if (!attach_to(skel, skel->progs.get, &skel->links.get, cgroup))
		return;
	has_tos(fd, 0x53);
	saw(skel, IPPROTO_IP, IP_TOS, 1, 0x50, 0);
	ASSERT_EQ(set_tos(fd, SOCKOPT_HIDDEN), 0, "set what the program hides");
	ASSERT_EQ(get_tos(fd, &value), -EPERM, "get what the program hides");
	saw(skel, IPPROTO_IP, IP_TOS, 1, SOCKOPT_HIDDEN, 0);
	detach(&skel->links.get);
	has_tos(fd, SOCKOPT_HIDDEN);
}

/* The programs see other options, and leave them alone. SO_DEBUG has the number of IP_TOS. */
static void other_options(struct sockopt *skel, int cgroup, int fd)
{
	int value = SOCKOPT_REFUSED;
	socklen_t bytes = sizeof(value);

	if (!attach_to(skel, skel->progs.set, &skel->links.set, cgroup) ||
	    !attach_to(skel, skel->progs.get, &skel->links.get, cgroup))
		return;
	ASSERT_EQ(setsockopt(fd, IPPROTO_IP, IP_TTL, &value, sizeof(value)), 0, "set TTL");
	saw(skel, IPPROTO_IP, IP_TTL, sizeof(value), SOCKOPT_REFUSED, NOTHING);
	value = 0;
	ASSERT_EQ(getsockopt(fd, IPPROTO_IP, IP_TTL, &value, &bytes), 0, "get TTL");
	saw(skel, IPPROTO_IP, IP_TTL, sizeof(value), SOCKOPT_REFUSED, 0);
	ASSERT_EQ(value, SOCKOPT_REFUSED, "TTL");

	ASSERT_EQ(setsockopt(fd, SOL_SOCKET, SO_DEBUG, &value, sizeof(value)), 0, "set debug");
	saw(skel, SOL_SOCKET, SO_DEBUG, sizeof(value), SOCKOPT_REFUSED, NOTHING);
	ASSERT_EQ(getsockopt(fd, SOL_SOCKET, SO_DEBUG, &value, &bytes), 0, "get debug");
	saw(skel, SOL_SOCKET, SO_DEBUG, sizeof(value), 1, 0);
	ASSERT_EQ(value, 1, "debug");
}

/* An option of which the kernel knows nothing. */
static void custom_option(struct sockopt *skel, int cgroup, int fd)
{
	__u8 value = 0x99, values[3] = { 9, 8, 7 };
	socklen_t bytes = sizeof(values);

	ASSERT_EQ(setsockopt(fd, SOL_CUSTOM, 5, &value, 1), -1, "set without program");
	ASSERT_EQ(errno, ENOPROTOOPT, "errno of setting");
	ASSERT_EQ(getsockopt(fd, SOL_CUSTOM, 5, values, &bytes), -1, "get without program");
	ASSERT_EQ(errno, EOPNOTSUPP, "errno of getting");
	if (!attach_to(skel, skel->progs.set, &skel->links.set, cgroup) ||
	    !attach_to(skel, skel->progs.get, &skel->links.get, cgroup))
		return;
	ASSERT_EQ(setsockopt(fd, SOL_CUSTOM, 5, &value, 1), 0, "set");
	saw(skel, SOL_CUSTOM, 5, 1, 0x99, NOTHING);
	ASSERT_EQ(getsockopt(fd, SOL_CUSTOM, 6, values, &bytes), 0, "get");
	/* The caller's buffer is no input, and the kernel put nothing into it. */
	saw(skel, SOL_CUSTOM, 6, sizeof(values), 0, -EOPNOTSUPP);
	ASSERT_EQ(values[0], SOCKOPT_CUSTOM_VALUE, "value");
	ASSERT_EQ(values[1], 8, "byte behind the value");
	ASSERT_EQ(bytes, 1, "length");
}

TEST_NEEDS(sockopt, NEED_BTF, NEED_CGROUP,
	   NEED_PROG_TYPE(CGROUP_SOCKOPT, "5.3", IF_CONFIG("CGROUP_BPF")),
	   NEED_HELPER(set_retval, CGROUP_SOCKOPT, "5.18"));

void test_sockopt(void)
{
	static const struct {
		const char *name;
		void (*run)(struct sockopt *skel, int cgroup, int fd);
	} subtests[] = {
		/* clang-format off */
		{ "setsockopt_changed",	setsockopt_changed },
		{ "setsockopt_refused",	setsockopt_refused },
		{ "getsockopt_changed",	getsockopt_changed },
		{ "other_options",	other_options },
		{ "custom_option",	custom_option },
		{ "other_cgroup",	other_cgroup },
		/* clang-format on */
	};

	for_each_subtest (subtest, subtests) {
		auto_fd int cgroup = test__join_cgroup("inside");
		auto_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		auto_skel struct sockopt *skel = sockopt__open_and_load();

		if (cgroup >= 0 && ASSERT_OK_FD(fd, "socket") &&
		    ASSERT_OK_PTR(skel, "open and load")) {
			forget(skel);
			subtest->run(skel, cgroup, fd);
		}
	}
}
