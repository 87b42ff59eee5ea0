// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF_PROG_TEST_RUN of a classifier: packet and context in and out, repeats, refused options.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/prog_run_opts.h"
#include "prog_run_opts.skel.h"

#define PAYLOAD_BYTES 46
#define UNTOUCHED     0xa5

struct frame {
	__u8 destination[ETH_ALEN];
	__u8 source[ETH_ALEN];
	__be16 protocol;
	__u8 payload[PAYLOAD_BYTES];
};

/* The frame is not IP: otherwise test_run would require a whole IP header. */
static struct frame make_frame(void)
{
	struct frame frame = {
		.destination = { 2, 0x11, 0x12, 0x13, 0x14, 0x15 },
		.source = { 6, 0x21, 0x22, 0x23, 0x24, 0x25 },
		.protocol = htons(ETH_P_802_EX1),
	};

	for (int i = 0; i < PAYLOAD_BYTES; i++)
		frame.payload[i] = i + 1;
	return frame;
}

/* The frame after @runs runs of turn_around. */
static struct frame turned_around(struct frame frame, __u8 runs)
{
	struct frame turned = frame;

	if (runs % 2) {
		memcpy(turned.destination, frame.source, ETH_ALEN);
		memcpy(turned.source, frame.destination, ETH_ALEN);
	}
	turned.payload[0] += runs;
	return turned;
}

static void packet(struct prog_run_opts *skel)
{
	const struct frame in = make_frame(), expected = turned_around(in, 1);
	__u8 out[sizeof(in) + 32];
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = &in, .data_size_in = sizeof(in),
		.data_out = out, .data_size_out = sizeof(out),
	);

	memset(out, UNTOUCHED, sizeof(out));
	if (!ASSERT_EQ(test_run_opts(skel->progs.turn_around, &opts), PROG_RUN_OPTS_RETURNS,
		       "return value"))
		return;
	ASSERT_EQ(skel->bss->runs, 1, "runs");
	ASSERT_EQ(skel->bss->seen_len, sizeof(in), "skb->len");
	ASSERT_EQ(skel->bss->seen_protocol, in.protocol, "skb->protocol");
	ASSERT_EQ(opts.data_size_out, sizeof(in), "size of packet that came out");
	ASSERT_MEMEQ(out, &expected, sizeof(expected), "packet that came out");
	for (size_t i = sizeof(in); i < sizeof(out); i++)
		if (!ASSERT_EQ(out[i], UNTOUCHED, "byte behind the packet"))
			break;
}

static void longer_packet(struct prog_run_opts *skel)
{
	const struct frame in = make_frame();
	__u8 out[sizeof(in) + 32], expected[sizeof(in) + 4] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = &in, .data_size_in = sizeof(in),
		.data_out = out, .data_size_out = sizeof(out),
	);

	memcpy(expected, &in, sizeof(in));
	memset(out, UNTOUCHED, sizeof(out));
	if (!ASSERT_EQ(test_run_opts(skel->progs.lengthen, &opts), 0,
		       "return value of bpf_skb_change_tail"))
		return;
	ASSERT_EQ(opts.data_size_out, sizeof(expected), "size of packet that came out");
	ASSERT_MEMEQ(out, expected, sizeof(expected), "packet that came out");
}

static void context(struct prog_run_opts *skel)
{
	const struct frame in = make_frame();
	struct __sk_buff skb = {
		.mark = 0x11223344,
		.priority = 0x55667788,
		.cb = { 0x10, 0x20, 0x30, 0x40, 0x50 },
	};
	const struct __sk_buff given = skb;
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = &in, .data_size_in = sizeof(in),
		.ctx_in = &skb, .ctx_size_in = sizeof(skb),
		.ctx_out = &skb, .ctx_size_out = sizeof(skb),
	);

	if (!ASSERT_EQ(test_run_opts(skel->progs.change_context, &opts), PROG_RUN_OPTS_RETURNS,
		       "return value"))
		return;
	ASSERT_EQ(opts.ctx_size_out, sizeof(skb), "size of context that came out");
	ASSERT_EQ(skel->bss->seen_mark, given.mark, "mark that the program saw");
	ASSERT_EQ(skel->bss->seen_priority, given.priority, "priority that the program saw");
	ASSERT_EQ(skb.mark, ~given.mark, "mark that came out");
	ASSERT_EQ(skb.priority, ~given.priority, "priority that came out");
	for (unsigned int i = 0; i < ARRAY_SIZE(skb.cb); i++) {
		ASSERT_EQ(skel->bss->seen_cb[i], given.cb[i], "cb that the program saw");
		ASSERT_EQ(skb.cb[i], ~given.cb[i], "cb that came out");
	}
}

/* All repeats use the same packet: each run sees the changes of the previous one. */
static void repeat(struct prog_run_opts *skel)
{
	const __u8 runs = 101;
	const struct frame in = make_frame(), expected = turned_around(in, runs);
	struct frame out = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = &in, .data_size_in = sizeof(in),
		.data_out = &out, .data_size_out = sizeof(out),
		.repeat = runs,
	);

	if (!ASSERT_EQ(test_run_opts(skel->progs.turn_around, &opts), PROG_RUN_OPTS_RETURNS,
		       "return value"))
		return;
	ASSERT_EQ(skel->bss->runs, runs, "runs");
	ASSERT_MEMEQ(&out, &expected, sizeof(expected), "packet that came out");
	printf("%u repeats, %u ns each\n", runs, opts.duration);
}

/* The kernel fills the buffer, and returns the size of the whole packet. */
static void small_output(struct prog_run_opts *skel)
{
	const struct frame in = make_frame(), expected = turned_around(in, 1);
	__u8 out[sizeof(in)];
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = &in, .data_size_in = sizeof(in),
		.data_out = out, .data_size_out = 20,
	);

	memset(out, UNTOUCHED, sizeof(out));
	ASSERT_EQ(bpf_prog_test_run_opts(bpf_program__fd(skel->progs.turn_around), &opts), -ENOSPC,
		  "run with little room");
	ASSERT_EQ(skel->bss->runs, 1, "runs");
	ASSERT_EQ(opts.data_size_out, sizeof(in), "size of packet that came out");
	ASSERT_MEMEQ(out, &expected, 20, "beginning of packet");
	for (size_t i = 20; i < sizeof(out); i++)
		if (!ASSERT_EQ(out[i], UNTOUCHED, "byte behind the room"))
			break;
}

/* Returns 0 or a negative errno; @returned: receives the program's return value, or NULL. */
static int run_frame(struct prog_run_opts *skel, __u32 size, struct __sk_buff *skb, int *returned)
{
	const struct frame in = make_frame();
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = &in, .data_size_in = size,
		.ctx_in = skb, .ctx_size_in = skb ? sizeof(*skb) : 0,
	);

	int err = bpf_prog_test_run_opts(bpf_program__fd(skel->progs.turn_around), &opts);

	if (returned)
		*returned = opts.retval;
	return err;
}

static void refused(struct prog_run_opts *skel)
{
	/* The kernel takes the length from the packet, and refuses a context that sets it. */
	struct __sk_buff with_len = { .len = 60 };
	LIBBPF_OPTS(bpf_test_run_opts, no_packet);
	int returned = 0;

	ASSERT_EQ(run_frame(skel, ETH_HLEN - 1, NULL, NULL), -EINVAL, "a byte less than a header");
	ASSERT_EQ(bpf_prog_test_run_opts(bpf_program__fd(skel->progs.turn_around), &no_packet),
		  -EINVAL, "no packet");
	ASSERT_EQ(run_frame(skel, sizeof(struct frame), &with_len, NULL), -EINVAL,
		  "skb->len given");
	ASSERT_EQ(skel->bss->runs, 0, "runs");

	/* The program itself refuses a packet without the byte that it changes. */
	ASSERT_OK(run_frame(skel, ETH_HLEN, NULL, &returned), "only a header");
	ASSERT_EQ(returned, -1, "return value");
	ASSERT_EQ(skel->bss->runs, 0, "runs");
	ASSERT_OK(run_frame(skel, ETH_HLEN + 1, NULL, &returned), "header and a byte");
	ASSERT_EQ(returned, PROG_RUN_OPTS_RETURNS, "return value");
	ASSERT_EQ(skel->bss->runs, 1, "runs");
	ASSERT_EQ(skel->bss->seen_len, ETH_HLEN + 1, "skb->len");
}

TEST_NEEDS(prog_run_opts, NEED_PROG_TYPE(SCHED_CLS, "4.1", IF_CONFIG("NET")));

void test_prog_run_opts(void)
{
	static const struct {
		const char *name;
		void (*run)(struct prog_run_opts *skel);
	} subtests[] = {
		/* clang-format off */
		{ "packet",		packet },
		{ "longer_packet",	longer_packet },
		{ "context",		context },
		{ "repeat",		repeat },
		{ "small_output",	small_output },
		{ "refused",		refused },
		/* clang-format on */
	};

	RUN_SKEL_SUBTESTS(prog_run_opts, subtests);
}
