// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs attached to cgroups by links: their order, the packets that they see, and refusal.
 *
 * There are two nested cgroups below the test's own. A socket belongs to the cgroup in which it was
 * created. So the test enters each cgroup only to create sockets there, and then leaves it.
 */
#include <limits.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "network_helpers.h"
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/cgroup_link.h"
#include "cgroup_link.skel.h"

#define PAYLOAD_BYTES 100
#define PACKET_BYTES  (20 + 8 + PAYLOAD_BYTES) /* IPv4, UDP */

struct place {
	int cgroup_fd;
	int sockets[2];
};

struct places {
	struct place top, parent, child; /* top: the test's own cgroup */
};

static bool enter_cgroup(int cgroup_fd)
{
	auto_fd int fd = openat(cgroup_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	return ASSERT_OK_FD(fd, "cgroup.procs") && ASSERT_EQ(write(fd, "0", 1), 1, "enter cgroup");
}

/* Joins a cgroup below the test's own, and makes sockets in it. */
static bool open_place(struct place *place, const char *name)
{
	place->cgroup_fd = test__join_cgroup(name);
	return place->cgroup_fd >= 0 &&
	       ASSERT_OK(connected_pair(AF_INET, SOCK_DGRAM, test__wait_timeout_ms(),
					place->sockets),
			 "sockets");
}

static void close_place(struct place *place)
{
	const int fds[] = { place->cgroup_fd, place->sockets[0], place->sockets[1] };

	for (unsigned int i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static bool open_places(struct places *places)
{
	const struct place nothing = { -1, { -1, -1 } };

	places->top = places->parent = places->child = nothing;
	return open_place(&places->top, "") && open_place(&places->parent, "/parent") &&
	       open_place(&places->child, "/parent/child") && enter_cgroup(places->top.cgroup_fd);
}

static void close_places(struct places *places)
{
	close_place(&places->child);
	close_place(&places->parent);
	close_place(&places->top);
}

/* Sends one packet over lo; returns 0 if it arrived, or the negative errno of sending. */
static int send_packet(const struct place *place)
{
	char payload[PAYLOAD_BYTES] = {}, received[PAYLOAD_BYTES];
	int err = send_exact(place->sockets[0], payload, sizeof(payload), test__wait_timeout_ms());

	if (!err)
		ASSERT_OK(recv_exact(place->sockets[1], received, sizeof(received),
				     test__wait_timeout_ms(), NULL),
			  "receive");
	return err;
}

static bool attach_to(struct bpf_program *program, const struct place *place,
		      struct bpf_link **link)
{
	*link = bpf_program__attach_cgroup(program, place->cgroup_fd);
	return ASSERT_OK_PTR(*link, bpf_program__name(program));
}

static bool attach_all(struct cgroup_link *skel, const struct places *places)
{
	/* Attached first and last, the parent's programs still run after the child's. */
	return attach_to(skel->progs.parent_first, &places->parent, &skel->links.parent_first) &&
	       attach_to(skel->progs.child_first, &places->child, &skel->links.child_first) &&
	       attach_to(skel->progs.child_second, &places->child, &skel->links.child_second) &&
	       attach_to(skel->progs.parent_second, &places->parent, &skel->links.parent_second);
}

/* Checks which programs ran since the last call, and in which order. */
static void check_order(struct cgroup_link *skel, const char *name, unsigned int count,
			const enum cgroup_program *expected)
{
	if (ASSERT_EQ(skel->bss->order_count, count, name))
		for (unsigned int i = 0; i < count; i++)
			ASSERT_EQ(skel->bss->order.programs[i], expected[i], name);
	skel->bss->order_count = 0;
}
#define CHECK_ORDER(skel, name, ...)                                       \
	({                                                                 \
		const enum cgroup_program expected_[] = { __VA_ARGS__ };   \
		check_order(skel, name, ARRAY_SIZE(expected_), expected_); \
	})

/* Programs of the inner cgroup run first; within a cgroup, in the order of attachment. */
static void order(struct cgroup_link *skel, const struct places *places)
{
	if (!attach_all(skel, places))
		return;
	CHECK_ORDER(skel, "before the first packet");
	ASSERT_OK(send_packet(&places->child), "send from child");
	CHECK_ORDER(skel, "from child", CHILD_FIRST, CHILD_SECOND, PARENT_FIRST, PARENT_SECOND);
	ASSERT_OK(send_packet(&places->parent), "send from parent");
	CHECK_ORDER(skel, "from parent", PARENT_FIRST, PARENT_SECOND);
	ASSERT_OK(send_packet(&places->top), "send from above");
	CHECK_ORDER(skel, "from above");

	/* A program that is attached again becomes the last one of its cgroup. */
	detach(&skel->links.child_first);
	ASSERT_OK(send_packet(&places->child), "send from child");
	CHECK_ORDER(skel, "one less", CHILD_SECOND, PARENT_FIRST, PARENT_SECOND);
	if (!attach_to(skel->progs.child_first, &places->child, &skel->links.child_first))
		return;
	ASSERT_OK(send_packet(&places->child), "send from child");
	CHECK_ORDER(skel, "attached again", CHILD_SECOND, CHILD_FIRST, PARENT_FIRST, PARENT_SECOND);
}

static void counters(struct cgroup_link *skel, const struct places *places)
{
	const __u64 expected[CGROUP_PROGRAMS] = {
		[PARENT_FIRST] = 7 + 3,
		[PARENT_SECOND] = 7 + 3,
		[CHILD_FIRST] = 7,
		[CHILD_SECOND] = 7,
	};
	const __u32 in_order[] = { CHILD_FIRST, CHILD_SECOND, PARENT_FIRST, PARENT_SECOND };

	if (!attach_all(skel, places))
		return;
	skel->bss->order.behind = UINT_MAX;
	for (int i = 0; i < 7; i++)
		ASSERT_OK(send_packet(&places->child), "send from child");
	for (int i = 0; i < 3; i++)
		ASSERT_OK(send_packet(&places->parent), "send from parent");
	for (int i = 0; i < 2; i++)
		ASSERT_OK(send_packet(&places->top), "send from above");
	for (int i = 0; i < CGROUP_PROGRAMS; i++) {
		ASSERT_EQ(skel->bss->runs[i], expected[i], "packets");
		ASSERT_EQ(skel->bss->bytes[i], expected[i] * PACKET_BYTES, "bytes");
	}
	/* More runs than the list has room for: they are counted, and the list is full. */
	ASSERT_EQ(skel->bss->order_count, 7 * 4 + 3 * 2, "runs in the list, if it had room");
	ASSERT_EQ(skel->bss->order.programs[CGROUP_ORDER_MAX - 1], PARENT_SECOND,
		  "last of the list");
	ASSERT_EQ(skel->bss->order.behind, UINT_MAX, "behind the list");
	/* Each of the programs once finds the last place of the list, and once none. */
	for (__u32 at = CGROUP_ORDER_MAX - 3; at <= CGROUP_ORDER_MAX; at++) {
		skel->bss->order_count = at;
		skel->bss->order.programs[CGROUP_ORDER_MAX - 1] = UINT_MAX;
		ASSERT_OK(send_packet(&places->child), "send from child");
		ASSERT_EQ(skel->bss->order_count, at + 4, "runs");
		ASSERT_EQ(skel->bss->order.behind, UINT_MAX, "behind the list");
		ASSERT_EQ(skel->bss->order.programs[CGROUP_ORDER_MAX - 1],
			  at < CGROUP_ORDER_MAX ? in_order[CGROUP_ORDER_MAX - 1 - at] : UINT_MAX,
			  "last of the list");
	}
}

/* One program that refuses is enough to drop the packet, and the others still run. */
static void drop(struct cgroup_link *skel, const struct places *places)
{
	int readable;

	if (!attach_all(skel, places))
		return;
	skel->bss->refuse = true;
	ASSERT_EQ(send_packet(&places->child), -EPERM, "send from child");
	CHECK_ORDER(skel, "refused", CHILD_FIRST, CHILD_SECOND, PARENT_FIRST, PARENT_SECOND);
	ASSERT_OK(send_packet(&places->parent), "send from parent");
	CHECK_ORDER(skel, "from parent", PARENT_FIRST, PARENT_SECOND);

	/* The next packet that arrives is the one sent now: the refused packet is gone. */
	skel->bss->refuse = false;
	ASSERT_OK(send_packet(&places->child), "send from child");
	readable = recv(places->child.sockets[1], &readable, sizeof(readable), MSG_DONTWAIT);
	ASSERT_EQ(readable, -1, "one more packet");
	ASSERT_EQ(skel->bss->runs[CHILD_FIRST], 2, "runs");
}

static void update_and_detach(struct cgroup_link *skel, const struct places *places)
{
	struct bpf_link *link;

	if (!attach_to(skel->progs.child_first, &places->child, &skel->links.child_first) ||
	    !attach_to(skel->progs.parent_first, &places->parent, &skel->links.parent_first))
		return;
	/* Two links can attach the same program to the same cgroup: it then runs twice. */
	link = bpf_program__attach_cgroup(skel->progs.child_first, places->child.cgroup_fd);
	if (!ASSERT_OK_PTR(link, "attach once more"))
		return;
	ASSERT_OK(send_packet(&places->child), "send");
	CHECK_ORDER(skel, "twice", CHILD_FIRST, CHILD_FIRST, PARENT_FIRST);
	ASSERT_OK(bpf_link__destroy(link), "destroy second link");
	ASSERT_OK(send_packet(&places->child), "send");
	CHECK_ORDER(skel, "once", CHILD_FIRST, PARENT_FIRST);

	link = skel->links.child_first;
	ASSERT_OK(bpf_link__update_program(link, skel->progs.child_second), "replace program");
	ASSERT_OK(send_packet(&places->child), "send");
	CHECK_ORDER(skel, "replaced", CHILD_SECOND, PARENT_FIRST);

	/* After this, the link still exists, but has no cgroup. */
	ASSERT_OK(bpf_link__detach(link), "detach");
	ASSERT_OK(send_packet(&places->child), "send");
	CHECK_ORDER(skel, "detached", PARENT_FIRST);
	ASSERT_EQ(bpf_link__update_program(link, skel->progs.child_first), -ENOLINK,
		  "replace program of detached link");
}

TEST_NEEDS(cgroup_link, NEED_CGROUP, NEED_BTF,
	   NEED_PROG_TYPE(CGROUP_SKB, "4.10", IF_CONFIG("CGROUP_BPF")),
	   NEED_LINK_TYPE(CGROUP, "5.7", IF_CONFIG("CGROUP_BPF")));

void test_cgroup_link(void)
{
	static const struct {
		const char *name;
		void (*run)(struct cgroup_link *skel, const struct places *places);
	} subtests[] = {
		{ "order", order },
		{ "counters", counters },
		{ "drop", drop },
		{ "update_and_detach", update_and_detach },
	};
	struct places places;

	if (open_places(&places))
		RUN_SKEL_SUBTESTS(cgroup_link, subtests, &places);
	close_places(&places);
}
