// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs at bind(), connect(), sendmsg(), recvmsg(), getsockname() and getpeername() of the
 * sockets in a cgroup: they see the address, and replace it or refuse the call.
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "network_helpers.h"
#include "test_progs.h"
#include "testing_helpers.h"
#include "sock_addr.skel.h"

/* Any address of this network belongs to lo. */
#define ADDRESS(last) htonl(0x7f000000 | (last))
#define OTHER_PORT    htons(7777)

static struct sockaddr_in make_address(__be32 ip4, __be16 port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port, .sin_addr = { ip4 } };
}

/* Makes a socket that is bound to 127.0.0.2; @address receives the address with its port. */
static int socket_bound_to(struct sockaddr_in *address)
{
	socklen_t bytes = sizeof(*address);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*address = make_address(ADDRESS(2), 0);
	ASSERT_OK_FD(fd, "socket");
	ASSERT_OK(bind(fd, (struct sockaddr *)address, bytes), "bind");
	ASSERT_OK(getsockname(fd, (struct sockaddr *)address, &bytes), "name of socket");
	return fd;
}

static void is_address(const struct sockaddr_in *address, __be32 ip4, __be16 port)
{
	ASSERT_EQ(address->sin_addr.s_addr, ip4, "address");
	ASSERT_EQ(address->sin_port, port, "port");
}

static void has_name(int fd, int (*get)(int fd, struct sockaddr *address, socklen_t *bytes),
		     __be32 ip4, __be16 port)
{
	struct sockaddr_in address = {};
	socklen_t bytes = sizeof(address);

	ASSERT_OK(get(fd, (struct sockaddr *)&address, &bytes), "name");
	is_address(&address, ip4, port);
}

static int name_of_socket(int fd, struct sockaddr *address, socklen_t *bytes)
{
	return getsockname(fd, address, bytes);
}

static int name_of_peer(int fd, struct sockaddr *address, socklen_t *bytes)
{
	return getpeername(fd, address, bytes);
}

/* What no program records, and a count to which each call adds. */
#define NOTHING     0x5a5a5a5a
#define FIRST_CALLS 40

static void forget(struct sock_addr *skel)
{
	skel->bss->calls = FIRST_CALLS;
	skel->bss->seen_family = skel->bss->seen_type = skel->bss->seen_protocol = NOTHING;
	skel->bss->seen_ip4 = skel->bss->seen_port = NOTHING;
}

static bool attach_to(struct bpf_program *program, struct bpf_link **link, int cgroup)
{
	*link = bpf_program__attach_cgroup(program, cgroup);
	return ASSERT_OK_PTR(*link, bpf_program__name(program));
}

/* A program ran once since the last look. */
static void saw(struct sock_addr *skel, __be32 ip4, __be16 port)
{
	ASSERT_EQ(skel->bss->calls, FIRST_CALLS + 1, "calls");
	ASSERT_EQ(skel->bss->seen_family, AF_INET, "family in the program");
	ASSERT_EQ(skel->bss->seen_type, SOCK_DGRAM, "type in the program");
	ASSERT_EQ(skel->bss->seen_protocol, IPPROTO_UDP, "protocol in the program");
	ASSERT_EQ(skel->bss->seen_ip4, ip4, "address in the program");
	ASSERT_EQ(skel->bss->seen_port, port, "port in the program");
	forget(skel);
}

static void connect4(struct sock_addr *skel, int cgroup)
{
	auto_fd int client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in server, wanted = make_address(ADDRESS(9), OTHER_PORT);
	auto_fd int server_fd = socket_bound_to(&server);

	if (!attach_to(skel->progs.connect4, &skel->links.connect4, cgroup))
		return;
	skel->bss->bind_result = 1;
	ASSERT_OK(connect(client, (struct sockaddr *)&server, sizeof(server)), "connect as asked");
	saw(skel, server.sin_addr.s_addr, server.sin_port);
	has_name(client, name_of_peer, server.sin_addr.s_addr, server.sin_port);
	ASSERT_EQ(skel->bss->bind_result, 1, "no call of bind");
	close(client);
	client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	skel->bss->refuse = 1;
	ASSERT_EQ(connect(client, (struct sockaddr *)&wanted, sizeof(wanted)), -1, "refused");
	ASSERT_EQ(errno, EPERM, "errno");
	saw(skel, ADDRESS(9), OTHER_PORT);
	skel->bss->refuse = 0;
	skel->bss->new_ip4 = server.sin_addr.s_addr;
	skel->bss->new_port = server.sin_port;
	skel->bss->source_ip4 = ADDRESS(5);
	ASSERT_OK(connect(client, (struct sockaddr *)&wanted, sizeof(wanted)), "connect");
	saw(skel, ADDRESS(9), OTHER_PORT);
	ASSERT_EQ(skel->bss->bind_result, 0, "result of bind");
	has_name(client, name_of_peer, server.sin_addr.s_addr, server.sin_port);
	struct sockaddr_in own = {};
	socklen_t bytes = sizeof(own);

	ASSERT_OK(getsockname(client, (struct sockaddr *)&own, &bytes), "own name");
	ASSERT_EQ(own.sin_addr.s_addr, ADDRESS(5), "own address");
}

static void bind4(struct sock_addr *skel, int cgroup)
{
	auto_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	auto_fd int unchanged = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in wanted = make_address(ADDRESS(3), OTHER_PORT);

	if (!attach_to(skel->progs.bind4, &skel->links.bind4, cgroup))
		return;
	ASSERT_OK(bind(unchanged, (struct sockaddr *)&wanted, sizeof(wanted)), "bind as asked");
	saw(skel, ADDRESS(3), OTHER_PORT);
	has_name(unchanged, name_of_socket, ADDRESS(3), OTHER_PORT);
	skel->bss->refuse = 1;
	ASSERT_EQ(bind(fd, (struct sockaddr *)&wanted, sizeof(wanted)), -1, "refused");
	ASSERT_EQ(errno, EPERM, "errno");
	saw(skel, ADDRESS(3), OTHER_PORT);
	skel->bss->refuse = 0;
	skel->bss->new_ip4 = ADDRESS(4);
	skel->bss->new_port = htons(7778);
	ASSERT_OK(bind(fd, (struct sockaddr *)&wanted, sizeof(wanted)), "bind");
	saw(skel, ADDRESS(3), OTHER_PORT);
	has_name(fd, name_of_socket, ADDRESS(4), htons(7778));
}

static void sendmsg4(struct sock_addr *skel, int cgroup)
{
	auto_fd int client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in server, wanted = make_address(ADDRESS(9), OTHER_PORT);
	auto_fd int server_fd = socket_bound_to(&server);
	char text[5] = {};

	if (!attach_to(skel->progs.sendmsg4, &skel->links.sendmsg4, cgroup))
		return;
	ASSERT_EQ(sendto(client, "same", 4, 0, (struct sockaddr *)&server, sizeof(server)), 4,
		  "send as asked");
	saw(skel, server.sin_addr.s_addr, server.sin_port);
	ASSERT_OK(recv_exact(server_fd, text, 4, test__wait_timeout_ms(), NULL), "receive as sent");
	ASSERT_STREQ(text, "same", "text as sent");
	skel->bss->refuse = 1;
	ASSERT_EQ(sendto(client, "lost", 4, 0, (struct sockaddr *)&wanted, sizeof(wanted)), -1,
		  "refused");
	ASSERT_EQ(errno, EPERM, "errno");
	saw(skel, ADDRESS(9), OTHER_PORT);
	skel->bss->refuse = 0;
	skel->bss->new_ip4 = server.sin_addr.s_addr;
	skel->bss->new_port = server.sin_port;
	ASSERT_EQ(sendto(client, "sent", 4, 0, (struct sockaddr *)&wanted, sizeof(wanted)), 4,
		  "send");
	saw(skel, ADDRESS(9), OTHER_PORT);
	ASSERT_OK(recv_exact(server_fd, text, 4, test__wait_timeout_ms(), NULL), "receive");
	ASSERT_STREQ(text, "sent", "text");
}

/* The address of the sender, as the receiver is told. */
static void recvmsg4(struct sock_addr *skel, int cgroup)
{
	struct sockaddr_in server, client, from = {};
	auto_fd int server_fd = socket_bound_to(&server);
	auto_fd int client_fd = socket_bound_to(&client);
	socklen_t bytes = sizeof(from);
	char text[4];

	if (!attach_to(skel->progs.recvmsg4, &skel->links.recvmsg4, cgroup))
		return;
	skel->bss->new_ip4 = ADDRESS(99);
	skel->bss->new_port = htons(99);
	ASSERT_EQ(sendto(client_fd, "text", 4, 0, (struct sockaddr *)&server, sizeof(server)), 4,
		  "send");
	ASSERT_OK(wait_readable(server_fd, test__wait_timeout_ms()), "readable");
	ASSERT_EQ(recvfrom(server_fd, text, 4, 0, (struct sockaddr *)&from, &bytes), 4, "receive");
	saw(skel, client.sin_addr.s_addr, client.sin_port);
	is_address(&from, ADDRESS(99), htons(99));
}

static void names(struct sock_addr *skel, int cgroup)
{
	struct sockaddr_in server, client;
	auto_fd int server_fd = socket_bound_to(&server);
	auto_fd int client_fd = socket_bound_to(&client);

	ASSERT_OK(connect(client_fd, (struct sockaddr *)&server, sizeof(server)), "connect");
	if (!attach_to(skel->progs.getsockname4, &skel->links.getsockname4, cgroup) ||
	    !attach_to(skel->progs.getpeername4, &skel->links.getpeername4, cgroup))
		return;
	has_name(client_fd, name_of_socket, client.sin_addr.s_addr, client.sin_port);
	saw(skel, client.sin_addr.s_addr, client.sin_port);
	has_name(client_fd, name_of_peer, server.sin_addr.s_addr, server.sin_port);
	saw(skel, server.sin_addr.s_addr, server.sin_port);
	skel->bss->new_ip4 = ADDRESS(77);
	skel->bss->new_port = htons(77);
	has_name(client_fd, name_of_socket, ADDRESS(77), htons(77));
	has_name(client_fd, name_of_peer, ADDRESS(77), htons(77));
	detach(&skel->links.getsockname4);
	has_name(client_fd, name_of_socket, client.sin_addr.s_addr, client.sin_port);
	has_name(client_fd, name_of_peer, ADDRESS(77), htons(77));
}

/* A socket that was made in another cgroup. */
static void other_cgroup(struct sock_addr *skel, int cgroup)
{
	auto_fd int outside = test__join_cgroup("outside");
	auto_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in wanted = make_address(ADDRESS(9), OTHER_PORT);

	if (outside < 0 || !attach_to(skel->progs.connect4, &skel->links.connect4, cgroup))
		return;
	skel->bss->refuse = 1;
	ASSERT_OK(connect(fd, (struct sockaddr *)&wanted, sizeof(wanted)), "connect");
	ASSERT_EQ(skel->bss->calls, FIRST_CALLS, "calls");
}

TEST_NEEDS(sock_addr, NEED_BTF, NEED_CGROUP,
	   NEED_PROG_TYPE(CGROUP_SOCK_ADDR, "4.17", IF_CONFIG("CGROUP_BPF")),
	   NEED_ATTACH_TYPE(CGROUP_INET4_GETSOCKNAME, "5.8", IF_CONFIG("CGROUP_BPF")));

void test_sock_addr(void)
{
	static const struct {
		const char *name;
		void (*run)(struct sock_addr *skel, int cgroup);
	} subtests[] = {
		/* clang-format off */
		{ "connect4",		connect4 },
		{ "bind4",		bind4 },
		{ "sendmsg4",		sendmsg4 },
		{ "recvmsg4",		recvmsg4 },
		{ "names4",		names },
		{ "other_cgroup",	other_cgroup },
		/* clang-format on */
	};

	for_each_subtest (subtest, subtests) {
		auto_fd int cgroup = test__join_cgroup("inside");
		auto_skel struct sock_addr *skel = sock_addr__open_and_load();

		if (cgroup >= 0 && ASSERT_OK_PTR(skel, "open and load")) {
			forget(skel);
			subtest->run(skel, cgroup);
		}
	}
}
