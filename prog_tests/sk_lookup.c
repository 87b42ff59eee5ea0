// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that choose the socket of a packet which comes to this network namespace: for addresses
 * and ports that nobody is bound to, against a socket that is bound to them, and after one another.
 */
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "network_helpers.h"
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/sk_lookup.h"
#include "sk_lookup.skel.h"

/* Any address of this network belongs to lo. */
#define LO4(last)  htonl(0x7f000000 | (last))
#define FREE_PORT  7007 /* nobody is bound to it in the test's own network namespace */
#define TAKEN_PORT 7008

static struct sockaddr_in address_of(__be32 ip4, int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr = { ip4 } };
}

/* Return: a socket bound to the address; a stream listens. -1 after a failed assertion. */
static int server(int type, __be32 ip4, int port)
{
	const struct sockaddr_in address = address_of(ip4, port);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (ASSERT_OK_FD(fd, "server") &&
	    ASSERT_OK(bind(fd, (const struct sockaddr *)&address, sizeof(address)), "bind") &&
	    (type != SOCK_STREAM || ASSERT_OK(listen(fd, 1), "listen")))
		return fd;
	close(fd);
	return -1;
}

static void put(struct sk_lookup *skel, __u32 key, int fd)
{
	__u64 value = fd;

	ASSERT_OK(bpf_map_update_elem(bpf_map__fd(skel->maps.sockets), &key, &value, BPF_ANY),
		  "socket into the map");
}

static bool attach_to_netns(struct bpf_program *program, struct bpf_link **link)
{
	auto_fd int netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	*link = bpf_program__attach_netns(program, netns);
	return ASSERT_OK_PTR(*link, bpf_program__name(program));
}

/* Connects a stream, and returns what connect() does; @from receives the address of the client. */
static int try_connect(__be32 ip4, int port, struct sockaddr_in *from)
{
	const struct sockaddr_in to = address_of(ip4, port);
	auto_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t bytes = sizeof(*from);
	int err = connect(fd, (const struct sockaddr *)&to, sizeof(to)) ? -errno : 0;

	*from = (struct sockaddr_in){};
	if (!err)
		ASSERT_OK(getsockname(fd, (struct sockaddr *)from, &bytes), "name of the client");
	return err;
}

/* Accepts one connection; the client must have meant this address. */
static void accept_for(int listener, __be32 ip4, int port)
{
	struct sockaddr_in name = {};
	socklen_t bytes = sizeof(name);
	auto_fd int fd = -1;

	if (!ASSERT_OK(wait_readable(listener, test__wait_timeout_ms()), "wait for the connection"))
		return;
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	ASSERT_OK_FD(fd, "accept");
	ASSERT_OK(getsockname(fd, (struct sockaddr *)&name, &bytes), "name of the connection");
	ASSERT_EQ(name.sin_addr.s_addr, ip4, "address of the connection");
	ASSERT_EQ(ntohs(name.sin_port), port, "port of the connection");
}

static void stream(struct sk_lookup *skel)
{
	auto_fd int listener = server(SOCK_STREAM, LO4(1), TAKEN_PORT);
	const struct lookup_seen *seen = &skel->bss->seen[0];
	struct sockaddr_in from;

	put(skel, 1, listener);
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), -ECONNREFUSED, "before");
	if (!attach_to_netns(skel->progs.first, &skel->links.first))
		return;
	skel->bss->keys[0] = 1;
	skel->bss->seen[0].runs = 40;
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), 0, "connect");
	accept_for(listener, LO4(3), FREE_PORT);
	ASSERT_EQ(seen->runs, 41, "runs");
	ASSERT_EQ(seen->err, 0, "assign");
	ASSERT_EQ(seen->err_again, 1, "no second socket to assign");
	ASSERT_EQ(seen->family, AF_INET, "family");
	ASSERT_EQ(seen->protocol, IPPROTO_TCP, "protocol");
	ASSERT_EQ(seen->local_ip4, LO4(3), "local address");
	ASSERT_EQ(seen->local_port, FREE_PORT, "local port");
	ASSERT_EQ(seen->remote_ip4, from.sin_addr.s_addr, "remote address");
	ASSERT_EQ(seen->remote_port, from.sin_port, "remote port");
	ASSERT_EQ(seen->ifindex, if_nametoindex("lo"), "interface");
	detach(&skel->links.first);
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), -ECONNREFUSED, "after");
	ASSERT_EQ(seen->runs, 41, "runs after detaching");
}

/* A datagram of a client to an address; it arrives at the socket. */
static void send_to(__be32 ip4, int port, int receiver, char byte)
{
	const struct sockaddr_in to = address_of(ip4, port);
	auto_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char received = 0;

	ASSERT_EQ(sendto(fd, &byte, 1, 0, (const struct sockaddr *)&to, sizeof(to)), 1, "send");
	ASSERT_OK(recv_exact(receiver, &received, 1, test__wait_timeout_ms(), NULL), "receive");
	ASSERT_EQ(received, byte, "byte");
}

/* The program is asked before the table of sockets, and passes if it names none. */
static void datagram(struct sk_lookup *skel)
{
	auto_fd int chosen = server(SOCK_DGRAM, LO4(1), TAKEN_PORT);
	auto_fd int bound = server(SOCK_DGRAM, LO4(4), FREE_PORT);

	put(skel, 0, chosen);
	if (!attach_to_netns(skel->progs.first, &skel->links.first))
		return;
	skel->bss->keys[0] = NO_SOCKET;
	send_to(LO4(4), FREE_PORT, bound, 'a');
	ASSERT_EQ(skel->bss->seen[0].err, 1, "no socket to assign");
	skel->bss->keys[0] = 0;
	send_to(LO4(4), FREE_PORT, chosen, 'b');
	ASSERT_EQ(skel->bss->seen[0].err, 0, "assign");
	ASSERT_EQ(skel->bss->seen[0].protocol, IPPROTO_UDP, "protocol");
	send_to(LO4(5), 9, chosen, 'c');
	ASSERT_EQ(skel->bss->seen[0].local_ip4, LO4(5), "local address");
	ASSERT_EQ(skel->bss->seen[0].local_port, 9, "local port");
}

static void drop(struct sk_lookup *skel)
{
	auto_fd int listener = server(SOCK_STREAM, LO4(1), TAKEN_PORT);
	struct sockaddr_in from;

	if (!attach_to_netns(skel->progs.first, &skel->links.first))
		return;
	ASSERT_EQ(try_connect(LO4(1), TAKEN_PORT, &from), 0, "pass");
	accept_for(listener, LO4(1), TAKEN_PORT);
	skel->bss->verdicts[0] = SK_DROP;
	ASSERT_EQ(try_connect(LO4(1), TAKEN_PORT, &from), -ECONNREFUSED, "drop");
	/* A socket that was assigned does not help. */
	put(skel, 0, listener);
	skel->bss->keys[0] = 0;
	ASSERT_EQ(try_connect(LO4(1), TAKEN_PORT, &from), -ECONNREFUSED, "drop with a socket");
	ASSERT_EQ(skel->bss->seen[0].err, 0, "assign");
}

/*
 * All programs run, each with the socket that those before it have chosen: it must say that it replaces
 * it. A socket of a program that passes counts more than a drop.
 */
static void two_programs(struct sk_lookup *skel)
{
	auto_fd int one = server(SOCK_STREAM, LO4(1), TAKEN_PORT);
	auto_fd int two = server(SOCK_STREAM, LO4(2), TAKEN_PORT);
	struct sockaddr_in from;

	put(skel, 0, one);
	put(skel, 1, two);
	if (!attach_to_netns(skel->progs.first, &skel->links.first) ||
	    !attach_to_netns(skel->progs.second, &skel->links.second))
		return;
	skel->bss->keys[0] = 0;
	skel->bss->keys[1] = NO_SOCKET;
	skel->bss->seen[1].runs = 20;
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), 0, "the first chooses");
	accept_for(one, LO4(3), FREE_PORT);
	ASSERT_EQ(skel->bss->seen[1].runs, 21, "runs of the second");
	ASSERT_EQ(skel->bss->seen[1].err, 1, "no socket of the second");
	skel->bss->keys[1] = 1;
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), 0, "both choose");
	accept_for(one, LO4(3), FREE_PORT);
	ASSERT_EQ(skel->bss->seen[1].err, -EEXIST, "assign of the second");
	skel->bss->flags_again = BPF_SK_LOOKUP_F_REPLACE;
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), 0, "the second replaces");
	accept_for(two, LO4(3), FREE_PORT);
	ASSERT_EQ(skel->bss->seen[1].err, 0, "assign of the second, replacing");
	skel->bss->verdicts[1] = SK_DROP;
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), 0, "the second drops");
	accept_for(one, LO4(3), FREE_PORT);
	skel->bss->keys[0] = NO_SOCKET;
	ASSERT_EQ(try_connect(LO4(1), TAKEN_PORT, &from), -ECONNREFUSED, "a drop, and no socket");
}

static void assign(struct sk_lookup *skel)
{
	auto_fd int one = server(SOCK_STREAM, LO4(1), TAKEN_PORT);
	auto_fd int two = server(SOCK_STREAM, LO4(2), TAKEN_PORT);
	auto_fd int other_type = server(SOCK_DGRAM, LO4(1), TAKEN_PORT);
	const struct lookup_seen *seen = &skel->bss->seen[0];
	struct sockaddr_in from;

	put(skel, 0, one);
	put(skel, 1, two);
	if (!attach_to_netns(skel->progs.first, &skel->links.first))
		return;
	skel->bss->keys[0] = 0;
	skel->bss->key_again = 1;
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), 0, "a second socket without a flag");
	ASSERT_EQ(seen->err_again, -EEXIST, "assign again");
	accept_for(one, LO4(3), FREE_PORT);
	skel->bss->flags_again = BPF_SK_LOOKUP_F_REPLACE;
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), 0, "a second socket that replaces");
	ASSERT_EQ(seen->err_again, 0, "assign again, replacing");
	accept_for(two, LO4(3), FREE_PORT);
	skel->bss->flags = 1 << 5;
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), 0, "an unknown flag");
	ASSERT_EQ(seen->err, -EINVAL, "assign with an unknown flag");
	accept_for(two, LO4(3), FREE_PORT);
	skel->bss->flags = 0;
	skel->bss->key_again = NO_SOCKET;
	put(skel, 0, other_type);
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), -ECONNREFUSED, "a socket of another type");
	ASSERT_EQ(seen->err, -EPROTOTYPE, "assign a socket of another type");
}

/* Nobody asks programs of another network namespace. */
static void other_netns(struct sk_lookup *skel)
{
	auto_fd int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct sockaddr_in from;

	if (!ASSERT_OK(unshare(CLONE_NEWNET), "another namespace") ||
	    !attach_to_netns(skel->progs.first, &skel->links.first) ||
	    !ASSERT_OK(setns(here, CLONE_NEWNET), "back"))
		return;
	skel->bss->seen[0].runs = 7;
	ASSERT_EQ(try_connect(LO4(3), FREE_PORT, &from), -ECONNREFUSED, "connect");
	ASSERT_EQ(skel->bss->seen[0].runs, 7, "runs");
}

TEST_NEEDS(sk_lookup, NEED_BTF, NEED_PROG_TYPE(SK_LOOKUP, "5.9"), NEED_FAMILY(INET));

void test_sk_lookup(void)
{
	static const struct {
		const char *name;
		void (*run)(struct sk_lookup *skel);
	} subtests[] = {
		{ "stream", stream }, { "datagram", datagram },
		{ "drop", drop },     { "two_programs", two_programs },
		{ "assign", assign }, { "other_netns", other_netns },
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct sk_lookup *skel = sk_lookup__open_and_load();

		if (!ASSERT_OK_PTR(skel, "open and load"))
			continue;
		for (int i = 0; i < 2; i++) {
			skel->bss->keys[i] = NO_SOCKET;
			skel->bss->verdicts[i] = SK_PASS;
		}
		skel->bss->key_again = NO_SOCKET;
		subtest->run(skel);
	}
}
