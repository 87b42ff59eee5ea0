// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a socket as programs of its cgroup see it: it is made, bound and released. The first two
 * may be refused, and a new socket gets its mark and priority from the program.
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/sock_hooks.h"
#include "sock_hooks.skel.h"

#define LO4(last) htonl(0x7f000000 | (last))

static bool attach_to(struct bpf_program *program, struct bpf_link **link, int cgroup)
{
	*link = bpf_program__attach_cgroup(program, cgroup);
	return ASSERT_OK_PTR(*link, bpf_program__name(program));
}

/* Values that no program writes, except for the count of calls. */
static void forget(struct sock_hooks *skel)
{
	memset(&skel->bss->created, 0xa5, sizeof(skel->bss->created));
	memset(&skel->bss->bound, 0xa5, sizeof(skel->bss->bound));
	memset(&skel->bss->released, 0xa5, sizeof(skel->bss->released));
	skel->bss->created.calls = skel->bss->bound.calls = skel->bss->released.calls = 1000;
}

static __u64 cookie_of(int fd)
{
	socklen_t bytes = sizeof(__u64);
	__u64 cookie = 0;

	ASSERT_OK(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &bytes), "SO_COOKIE");
	return cookie;
}

static int option_of(int fd, int option)
{
	socklen_t bytes = sizeof(int);
	int value = -1;

	ASSERT_OK(getsockopt(fd, SOL_SOCKET, option, &value, &bytes), "option");
	return value;
}

static void create(struct sock_hooks *skel, int cgroup)
{
	static const struct {
		int family, type, protocol;
	} kinds[] = {
		{ AF_INET, SOCK_DGRAM, IPPROTO_UDP },
		{ AF_INET, SOCK_STREAM, IPPROTO_TCP },
		{ AF_INET6, SOCK_STREAM, IPPROTO_TCP },
	};

	if (!attach_to(skel->progs.create, &skel->links.create, cgroup))
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		auto_fd int fd = -1;

		forget(skel);
		fd = socket(kinds[i].family, kinds[i].type | SOCK_CLOEXEC, 0);
		ASSERT_OK_FD(fd, "socket");
		ASSERT_EQ(skel->bss->created.calls, 1001, "calls");
		ASSERT_EQ(skel->bss->created.family, kinds[i].family, "family");
		ASSERT_EQ(skel->bss->created.type, kinds[i].type, "type");
		ASSERT_EQ(skel->bss->created.protocol, kinds[i].protocol, "protocol");
		ASSERT_EQ(skel->bss->created.cookie, cookie_of(fd), "cookie");
		ASSERT_EQ(option_of(fd, SO_MARK), 0, "mark by default");
	}
	skel->bss->refuse = 1;
	ASSERT_EQ(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), -1, "refused");
	ASSERT_EQ(errno, EPERM, "errno");
}

static void options_of_new(struct sock_hooks *skel, int cgroup)
{
	auto_fd int fd = -1;

	if (!attach_to(skel->progs.create, &skel->links.create, cgroup))
		return;
	skel->bss->new_mark = 0x12345;
	skel->bss->new_priority = 0x54321;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT_OK_FD(fd, "socket");
	ASSERT_EQ(option_of(fd, SO_MARK), 0x12345, "mark");
	ASSERT_EQ(option_of(fd, SO_PRIORITY), 0x54321, "priority");
}

static void saw_bind(struct sock_hooks *skel, int fd, int family, __be16 port)
{
	ASSERT_EQ(skel->bss->bound.calls, 1001, "calls");
	ASSERT_EQ(skel->bss->bound.family, family, "family");
	ASSERT_EQ(skel->bss->bound.type, SOCK_STREAM, "type");
	ASSERT_EQ(skel->bss->bound.protocol, IPPROTO_TCP, "protocol");
	ASSERT_EQ(skel->bss->bound.cookie, cookie_of(fd), "cookie");
	ASSERT_EQ(skel->bss->bound.port, ntohs(port), "port");
}

/* A bind that is refused leaves the address and the port to others. */
static void bind4(struct sock_hooks *skel, int cgroup)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { LO4(3) } };
	auto_fd int refused = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	auto_fd int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t bytes = sizeof(address);

	if (!attach_to(skel->progs.post_bind4, &skel->links.post_bind4, cgroup))
		return;
	ASSERT_OK(bind(other, (struct sockaddr *)&address, bytes), "bind");
	ASSERT_OK(getsockname(other, (struct sockaddr *)&address, &bytes), "name");
	saw_bind(skel, other, AF_INET, address.sin_port);
	ASSERT_EQ(skel->bss->bound.ip4, LO4(3), "address");
	close(other);
	forget(skel);
	skel->bss->refuse = 1;
	ASSERT_EQ(bind(refused, (struct sockaddr *)&address, bytes), -1, "refused");
	ASSERT_EQ(errno, EPERM, "errno");
	saw_bind(skel, refused, AF_INET, address.sin_port);
	skel->bss->refuse = 0;
	other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ASSERT_OK(bind(other, (struct sockaddr *)&address, bytes), "bind to the same address");
	address = (struct sockaddr_in){};
	bytes = sizeof(address);
	ASSERT_OK(getsockname(refused, (struct sockaddr *)&address, &bytes), "name after refusal");
	ASSERT_EQ(address.sin_port, 0, "port after refusal");
}

static void bind6(struct sock_hooks *skel, int cgroup)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6,
					.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	auto_fd int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t bytes = sizeof(address);

	if (!attach_to(skel->progs.post_bind6, &skel->links.post_bind6, cgroup))
		return;
	skel->bss->refuse = 1;
	ASSERT_EQ(bind(fd, (struct sockaddr *)&address, bytes), -1, "refused");
	ASSERT_EQ(errno, EPERM, "errno");
	skel->bss->refuse = 0;
	forget(skel);
	ASSERT_OK(bind(fd, (struct sockaddr *)&address, bytes), "bind");
	ASSERT_OK(getsockname(fd, (struct sockaddr *)&address, &bytes), "name");
	saw_bind(skel, fd, AF_INET6, address.sin6_port);
	ASSERT_MEMEQ(skel->bss->bound.ip6, &address.sin6_addr, 16, "address");
}

static void release(struct sock_hooks *skel, int cgroup)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
	    copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	__u64 cookie = cookie_of(fd);

	if (!attach_to(skel->progs.release, &skel->links.release, cgroup))
		return;
	close(fd);
	ASSERT_EQ(skel->bss->released.calls, 1000, "calls before the last close");
	close(copy);
	ASSERT_EQ(skel->bss->released.calls, 1001, "calls after the last close");
	ASSERT_EQ(skel->bss->released.cookie, cookie, "cookie");
	ASSERT_EQ(skel->bss->released.family, AF_INET, "family");
	ASSERT_EQ(skel->bss->released.type, SOCK_DGRAM, "type");
	ASSERT_EQ(skel->bss->released.protocol, IPPROTO_UDP, "protocol");
}

TEST_NEEDS(sock_hooks, NEED_BTF, NEED_CGROUP, NEED_FAMILY(INET6, IF_CONFIG("IPV6")),
	   NEED_ATTACH_TYPE(CGROUP_INET_SOCK_RELEASE, "5.9", IF_CONFIG("CGROUP_BPF")));

void test_sock_hooks(void)
{
	static const struct {
		const char *name;
		void (*run)(struct sock_hooks *skel, int cgroup);
	} subtests[] = {
		{ "create", create },   { "options_of_new", options_of_new },
		{ "bind4", bind4 },     { "bind6", bind6 },
		{ "release", release },
	};

	for_each_subtest (subtest, subtests) {
		auto_fd int cgroup = test__join_cgroup("inside");
		auto_skel struct sock_hooks *skel = sock_hooks__open_and_load();

		if (cgroup >= 0 && ASSERT_OK_PTR(skel, "open and load")) {
			forget(skel);
			subtest->run(skel, cgroup);
		}
	}
}
