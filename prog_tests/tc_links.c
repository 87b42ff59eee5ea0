// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs at an interface (tcx): the order in which they see a packet, verdicts, what a query says,
 * revisions, and programs that are replaced or detached.
 *
 * All packets are datagrams on lo. The kernel handles each of them before send() returns.
 */
#include <net/if.h>
#include <sys/socket.h>

#include "network_helpers.h"
#include "test_progs.h"
#include "testing_helpers.h"
#include "tc_links.skel.h"

#define NEXT (-1) /* TCX_NEXT, TCX_PASS and TCX_DROP of the kernel's uapi/linux/bpf.h (6.6) */
#define PASS 0
#define DROP 2

static int lo; /* index of the interface */

static bool attach_at(struct bpf_program *program, struct bpf_link **link,
		      const struct bpf_tcx_opts *opts)
{
	*link = bpf_program__attach_tcx(program, lo, opts);
	return ASSERT_OK_PTR(*link, bpf_program__name(program));
}

/* @err: as errno has it */
static void refuse(struct bpf_program *program, int ifindex, const struct bpf_tcx_opts *opts,
		   int err)
{
	struct bpf_link *link = bpf_program__attach_tcx(program, ifindex, opts);

	ASSERT_EQ(link == NULL, true, "no link");
	ASSERT_EQ(errno, err, "errno");
	bpf_link__destroy(link);
}

/* Sends a datagram; the programs that see it must be those of @order, and it must arrive or not. */
static void send_packet(struct tc_links *skel, __u32 order, bool arrives)
{
	const int timeout_ms = test__wait_timeout_ms();
	__u32 scale = 1;
	char byte = 0;
	int fds[2];

	if (!ASSERT_OK(connected_pair(AF_INET, SOCK_DGRAM, timeout_ms, fds), "sockets"))
		return;
	/* The digits stand behind another one, so that each program has a number to go on with. */
	while (scale <= order)
		scale *= 10;
	skel->bss->order = 7;
	ASSERT_EQ(send(fds[0], "x", 1, 0), 1, "send");
	ASSERT_EQ(skel->bss->order, 7 * scale + order, "programs that saw the packet");
	if (arrives) {
		ASSERT_OK(recv_exact(fds[1], &byte, 1, timeout_ms, NULL), "receive");
		ASSERT_EQ(byte, 'x', "byte");
	} else {
		ASSERT_EQ(recv(fds[1], &byte, 1, MSG_DONTWAIT), -1, "nothing to receive");
		ASSERT_EQ(errno, EAGAIN, "errno of receive");
	}
	close(fds[0]);
	close(fds[1]);
}

static bool attach_first_and_second(struct tc_links *skel)
{
	return attach_at(skel->progs.first, &skel->links.first, NULL) &&
	       attach_at(skel->progs.second, &skel->links.second, NULL);
}

static void order(struct tc_links *skel)
{
	LIBBPF_OPTS(bpf_tcx_opts, begin, .flags = BPF_F_BEFORE);
	LIBBPF_OPTS(bpf_tcx_opts, end, .flags = BPF_F_AFTER);
	LIBBPF_OPTS(bpf_tcx_opts, before, .flags = BPF_F_BEFORE,
		    .relative_fd = bpf_program__fd(skel->progs.second));
	LIBBPF_OPTS(bpf_tcx_opts, after, .flags = BPF_F_AFTER,
		    .relative_fd = bpf_program__fd(skel->progs.first));
	const struct bpf_tcx_opts *places[] = { NULL, &begin, &end, &before, &after };
	const __u32 orders[] = { 123, 312, 123, 132, 132 };

	send_packet(skel, 0, true);
	if (!attach_first_and_second(skel))
		return;
	send_packet(skel, 12, true);
	for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
		if (attach_at(skel->progs.third, &skel->links.third, places[i]))
			send_packet(skel, orders[i], true);
		detach(&skel->links.third);
	}
	send_packet(skel, 12, true);
}

/* A place can also be that of a link, by its descriptor or its id. */
static void order_by_link(struct tc_links *skel)
{
	LIBBPF_OPTS(bpf_tcx_opts, by_fd, .flags = BPF_F_BEFORE | BPF_F_LINK);
	LIBBPF_OPTS(bpf_tcx_opts, by_id, .flags = BPF_F_AFTER | BPF_F_LINK | BPF_F_ID);
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);

	if (!attach_first_and_second(skel))
		return;
	by_fd.relative_fd = bpf_link__fd(skel->links.second);
	if (attach_at(skel->progs.third, &skel->links.third, &by_fd))
		send_packet(skel, 132, true);
	detach(&skel->links.third);
	ASSERT_OK(bpf_link_get_info_by_fd(bpf_link__fd(skel->links.first), &info, &len), "info");
	ASSERT_EQ(info.type, BPF_LINK_TYPE_TCX, "type of the link");
	ASSERT_EQ(info.tcx.ifindex, lo, "interface of the link");
	ASSERT_EQ(info.tcx.attach_type, BPF_TCX_INGRESS, "attach type of the link");
	by_id.relative_id = info.id;
	if (attach_at(skel->progs.third, &skel->links.third, &by_id))
		send_packet(skel, 132, true);
}

/* Every verdict but NEXT ends the list. With one that is not known the packet goes on its way. */
static void verdict(struct tc_links *skel)
{
	if (!attach_first_and_second(skel) ||
	    !attach_at(skel->progs.third, &skel->links.third, NULL))
		return;
	skel->bss->verdicts[2] = PASS;
	send_packet(skel, 12, true);
	skel->bss->verdicts[2] = DROP;
	send_packet(skel, 12, false);
	skel->bss->verdicts[2] = 77;
	send_packet(skel, 12, true);
	skel->bss->verdicts[2] = NEXT;
	skel->bss->verdicts[3] = DROP;
	send_packet(skel, 123, false);
	skel->bss->verdicts[1] = PASS;
	send_packet(skel, 1, true);
}

/* On lo each packet leaves and then comes in. */
static void egress(struct tc_links *skel)
{
	if (!attach_first_and_second(skel) ||
	    !attach_at(skel->progs.leave, &skel->links.leave, NULL))
		return;
	skel->bss->verdicts[0] = NEXT;
	send_packet(skel, 912, true);
	skel->bss->verdicts[0] = PASS;
	send_packet(skel, 912, true);
	skel->bss->verdicts[0] = DROP;
	send_packet(skel, 9, false);
	skel->bss->verdicts[0] = NEXT;
	detach(&skel->links.first);
	send_packet(skel, 92, true);
}

struct query {
	__u32 programs[4], links[4], cnt;
	__u64 revision;
};

static struct query query(enum bpf_attach_type type)
{
	struct query found = {};
	LIBBPF_OPTS(bpf_prog_query_opts, opts, .prog_ids = found.programs,
		    .link_ids = found.links, .prog_cnt = ARRAY_SIZE(found.programs));

	ASSERT_OK(bpf_prog_query_opts(lo, type, &opts), "query");
	found.cnt = opts.prog_cnt;
	found.revision = opts.revision;
	return found;
}

static __u32 link_id(const struct bpf_link *link)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);

	ASSERT_OK(bpf_link_get_info_by_fd(bpf_link__fd(link), &info, &len), "link");
	return info.id;
}

static void query_and_revision(struct tc_links *skel)
{
	LIBBPF_OPTS(bpf_tcx_opts, begin, .flags = BPF_F_BEFORE);
	struct query found = query(BPF_TCX_INGRESS);
	__u64 revision = found.revision;

	ASSERT_EQ(found.cnt, 0, "programs at first");
	if (!attach_first_and_second(skel))
		return;
	found = query(BPF_TCX_INGRESS);
	ASSERT_EQ(found.cnt, 2, "programs");
	ASSERT_EQ(found.programs[0], program_id(bpf_program__fd(skel->progs.first)),
		  "first program");
	ASSERT_EQ(found.programs[1], program_id(bpf_program__fd(skel->progs.second)),
		  "second program");
	ASSERT_EQ(found.links[0], link_id(skel->links.first), "first link");
	ASSERT_EQ(found.links[1], link_id(skel->links.second), "second link");
	ASSERT_EQ(found.revision, revision + 2, "revision");
	ASSERT_EQ(query(BPF_TCX_EGRESS).cnt, 0, "programs of the other direction");
	begin.expected_revision = revision + 1;
	refuse(skel->progs.third, lo, &begin, ESTALE);
	begin.expected_revision = revision + 2;
	if (attach_at(skel->progs.third, &skel->links.third, &begin))
		ASSERT_EQ(query(BPF_TCX_INGRESS).programs[0],
			  program_id(bpf_program__fd(skel->progs.third)), "first program of three");
	ASSERT_EQ(query(BPF_TCX_INGRESS).revision, revision + 3, "revision of three");
}

static void replace(struct tc_links *skel)
{
	LIBBPF_OPTS(bpf_link_update_opts, opts, .flags = BPF_F_REPLACE,
		    .old_prog_fd = bpf_program__fd(skel->progs.third));
	const int third = bpf_program__fd(skel->progs.third);
	int link;

	if (!attach_first_and_second(skel))
		return;
	link = bpf_link__fd(skel->links.first);
	ASSERT_EQ(bpf_link_update(link, third, &opts), -EPERM, "another old program");
	send_packet(skel, 12, true);
	opts.old_prog_fd = bpf_program__fd(skel->progs.first);
	ASSERT_OK(bpf_link_update(link, third, &opts), "replace");
	send_packet(skel, 32, true);
	ASSERT_EQ(bpf_link_update(link, bpf_program__fd(skel->progs.second), NULL), -EEXIST,
		  "a program that is there already");
}

/* A link that is detached stays as an object, without an interface. */
static void detached(struct tc_links *skel)
{
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	int link;

	if (!attach_first_and_second(skel))
		return;
	link = bpf_link__fd(skel->links.first);
	ASSERT_OK(bpf_link_detach(link), "detach");
	send_packet(skel, 2, true);
	ASSERT_EQ(bpf_link_detach(link), 0, "detach again");
	ASSERT_OK(bpf_link_get_info_by_fd(link, &info, &len), "info");
	ASSERT_EQ(info.tcx.ifindex, 0, "interface");
	ASSERT_EQ(bpf_link_update(link, bpf_program__fd(skel->progs.third), NULL), -ENOLINK,
		  "replace the program of a detached link");
}

static void refused(struct tc_links *skel)
{
	LIBBPF_OPTS(bpf_tcx_opts, absent, .flags = BPF_F_BEFORE,
		    .relative_fd = bpf_program__fd(skel->progs.third));
	LIBBPF_OPTS(bpf_tcx_opts, both, .flags = BPF_F_BEFORE | BPF_F_AFTER,
		    .relative_fd = bpf_program__fd(skel->progs.first));
	LIBBPF_OPTS(bpf_tcx_opts, unknown, .flags = 1 << 20);

	if (!attach_first_and_second(skel))
		return;
	refuse(skel->progs.first, lo, NULL, EEXIST);
	refuse(skel->progs.third, lo, &absent, ENOENT);
	refuse(skel->progs.third, lo, &both, ERANGE);
	refuse(skel->progs.third, lo, &unknown, EINVAL);
	refuse(skel->progs.third, 0x7fffffff, NULL, ENODEV);
	send_packet(skel, 12, true);
}

TEST_NEEDS(tc_links, NEED_BTF, NEED_LINK_TYPE(TCX, "6.6", IF_CONFIG("NET_XGRESS")));

void test_tc_links(void)
{
	static const struct {
		const char *name;
		void (*run)(struct tc_links *skel);
	} subtests[] = {
		{ "order", order },
		{ "order_by_link", order_by_link },
		{ "verdict", verdict },
		{ "egress", egress },
		{ "query_and_revision", query_and_revision },
		{ "replace", replace },
		{ "detached", detached },
		{ "refused", refused },
	};

	lo = if_nametoindex("lo");
	for_each_subtest (subtest, subtests) {
		auto_skel struct tc_links *skel = tc_links__open_and_load();

		if (!ASSERT_OK_PTR(skel, "open and load"))
			continue;
		for (int i = 0; i < 4; i++)
			skel->bss->verdicts[i] = NEXT;
		subtest->run(skel);
	}
}
