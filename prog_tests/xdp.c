// SPDX-License-Identifier: GPL-2.0-only
/*
 * XDP programs in test_run: return values, packet resized at both ends, metadata, context.
 */
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/xdp.h"
#include "xdp.skel.h"

#define PACKET_BYTES   100
#define OUT_BYTES      4096
#define HEADER_BYTES   14  /* Ethernet header: no packet is shorter */
#define HEADROOM_BYTES 256 /* XDP_PACKET_HEADROOM, in front of each packet */
#define UNTOUCHED      0xa5
#define UNSET          0x7eee
#define LO_IFINDEX     1
#define QUEUES         4

static __u8 packet[PACKET_BYTES];
static __u8 out[OUT_BYTES];

static void reset(struct xdp *skel)
{
	for (int i = 0; i < PACKET_BYTES; i++)
		packet[i] = i + 1;
	memset(out, UNTOUCHED, sizeof(out));
	memset(skel->bss, 0, sizeof(*skel->bss));
	skel->bss->action = XDP_PASS;
	skel->bss->head_result = UNSET;
	skel->bss->tail_result = UNSET;
	skel->bss->meta_result = UNSET;
	skel->bss->seen_meta = UNSET;
}

/* Runs the program on the packet; returns the size of the packet that came out. */
static int run(struct xdp *skel)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = packet, .data_size_in = sizeof(packet),
		.data_out = out, .data_size_out = sizeof(out),
	);
	int result = test_run_opts(skel->progs.change, &opts);

	return ASSERT_EQ(result, skel->bss->action, "return value") ? (int)opts.data_size_out : -1;
}

static void check_untouched(int from)
{
	for (int i = from; i < OUT_BYTES; i++)
		if (!ASSERT_EQ(out[i], UNTOUCHED, "byte behind the packet"))
			return;
}

static __u32 word_at(int offset)
{
	__u32 word;

	memcpy(&word, out + offset, sizeof(word));
	return word;
}

/* A test_run returns any value of the program, even if it is not an XDP action. */
static void actions(struct xdp *skel)
{
	static const int values[] = {
		XDP_ABORTED, XDP_DROP, XDP_PASS, XDP_TX, XDP_REDIRECT, XDP_REDIRECT + 1, 0x1234,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(values); i++) {
		reset(skel);
		skel->bss->action = values[i];
		ASSERT_EQ(run(skel), PACKET_BYTES, "size");
		ASSERT_MEMEQ(out, packet, PACKET_BYTES, "packet");
		check_untouched(PACKET_BYTES);
		ASSERT_EQ(skel->bss->runs, 1, "runs");
		ASSERT_EQ(skel->bss->seen_len, PACKET_BYTES, "length that the program saw");
		ASSERT_EQ(skel->bss->seen_meta_len, 0, "metadata that the program saw");
		ASSERT_EQ(skel->bss->seen_meta, 0, "content of no metadata");
		ASSERT_EQ(skel->bss->head_result, UNSET, "head that is not adjusted");
		ASSERT_EQ(skel->bss->tail_result, UNSET, "tail that is not adjusted");
		ASSERT_EQ(skel->bss->meta_result, UNSET, "metadata that are not adjusted");
		ASSERT_EQ(run(skel), PACKET_BYTES, "size");
		ASSERT_EQ(skel->bss->runs, 2, "runs");
	}
}

static int adjust_head_by(struct xdp *skel, int delta)
{
	reset(skel);
	skel->bss->head_delta = delta;
	skel->bss->stamp = true;
	return run(skel);
}

static void adjust_head(struct xdp *skel)
{
	int most, delta = 20;

	ASSERT_EQ(adjust_head_by(skel, delta), PACKET_BYTES - delta, "size of shorter packet");
	ASSERT_EQ(skel->bss->head_result, 0, "shorter");
	ASSERT_EQ(word_at(0), XDP_STAMP, "first bytes");
	ASSERT_MEMEQ(out + 4, packet + delta + 4, PACKET_BYTES - delta - 4, "shorter packet");
	check_untouched(PACKET_BYTES - delta);

	ASSERT_EQ(adjust_head_by(skel, -delta), PACKET_BYTES + delta, "size of longer packet");
	ASSERT_EQ(skel->bss->head_result, 0, "longer");
	ASSERT_EQ(word_at(0), XDP_STAMP, "first bytes");
	ASSERT_MEMEQ(out + delta, packet, PACKET_BYTES, "end of longer packet");
	check_untouched(PACKET_BYTES + delta);

	delta = PACKET_BYTES - HEADER_BYTES;
	ASSERT_EQ(adjust_head_by(skel, delta), HEADER_BYTES, "size of shortest packet");
	ASSERT_EQ(skel->bss->head_result, 0, "shortest");
	ASSERT_EQ(adjust_head_by(skel, delta + 1), PACKET_BYTES, "size of unchanged packet");
	ASSERT_EQ(skel->bss->head_result, -EINVAL, "less than a header");
	ASSERT_MEMEQ(out + 4, packet + 4, PACKET_BYTES - 4, "unchanged packet");

	/* The kernel keeps space for its struct xdp_frame in the headroom. */
	most = HEADROOM_BYTES - skel->bss->frame_header_bytes;
	ASSERT_EQ(adjust_head_by(skel, -most), PACKET_BYTES + most, "size of longest packet");
	ASSERT_EQ(skel->bss->head_result, 0, "all headroom");
	ASSERT_MEMEQ(out + most, packet, PACKET_BYTES, "end of longest packet");
	ASSERT_EQ(adjust_head_by(skel, -most - 1), PACKET_BYTES, "size of unchanged packet");
	ASSERT_EQ(skel->bss->head_result, -EINVAL, "more than the headroom");
}

static int adjust_tail_by(struct xdp *skel, int delta)
{
	reset(skel);
	skel->bss->tail_delta = delta;
	return run(skel);
}

static void adjust_tail(struct xdp *skel)
{
	static const __u8 zeros[64];

	ASSERT_EQ(adjust_tail_by(skel, -30), PACKET_BYTES - 30, "size of shorter packet");
	ASSERT_EQ(skel->bss->tail_result, 0, "shorter");
	ASSERT_MEMEQ(out, packet, PACKET_BYTES - 30, "shorter packet");
	check_untouched(PACKET_BYTES - 30);

	/* New bytes must be zero, and must not show old content of the memory. */
	ASSERT_EQ(adjust_tail_by(skel, sizeof(zeros)), PACKET_BYTES + sizeof(zeros),
		  "size of longer packet");
	ASSERT_EQ(skel->bss->tail_result, 0, "longer");
	ASSERT_MEMEQ(out, packet, PACKET_BYTES, "beginning of longer packet");
	ASSERT_MEMEQ(out + PACKET_BYTES, zeros, sizeof(zeros), "end of longer packet");
	check_untouched(PACKET_BYTES + sizeof(zeros));

	ASSERT_EQ(adjust_tail_by(skel, HEADER_BYTES - PACKET_BYTES), HEADER_BYTES,
		  "size of shortest packet");
	ASSERT_EQ(skel->bss->tail_result, 0, "shortest");
	ASSERT_EQ(adjust_tail_by(skel, HEADER_BYTES - PACKET_BYTES - 1), PACKET_BYTES,
		  "size of unchanged packet");
	ASSERT_EQ(skel->bss->tail_result, -EINVAL, "less than a header");
	ASSERT_EQ(adjust_tail_by(skel, getpagesize()), PACKET_BYTES, "size of unchanged packet");
	ASSERT_EQ(skel->bss->tail_result, -EINVAL, "more than a page");
	ASSERT_MEMEQ(out, packet, PACKET_BYTES, "unchanged packet");
}

static int adjust_meta_by(struct xdp *skel, int delta)
{
	reset(skel);
	skel->bss->meta_delta = delta;
	skel->bss->stamp = true;
	return run(skel);
}

/* The output has the metadata in front of the packet. */
static void adjust_meta(struct xdp *skel)
{
	static const int accepted[] = { 4, 8, 32 };
	static const struct {
		int len_bytes;
		int error;
	} refused[] = {
		/* Not a multiple of four. */
		{ 1, -EACCES },
		{ 2, -EACCES },
		{ 3, -EACCES },
		{ 6, -EACCES },
		/* More than the headroom, or after the start of the packet. */
		{ HEADROOM_BYTES, -EINVAL },
		{ -4, -EINVAL },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(accepted); i++) {
		ASSERT_EQ(adjust_meta_by(skel, -accepted[i]), PACKET_BYTES + accepted[i], "size");
		ASSERT_EQ(skel->bss->meta_result, 0, "metadata");
		ASSERT_EQ(word_at(0), ~XDP_STAMP, "metadata");
		ASSERT_EQ(word_at(accepted[i]), XDP_STAMP, "first bytes of packet");
		ASSERT_MEMEQ(out + accepted[i] + 4, packet + 4, PACKET_BYTES - 4, "packet");
		check_untouched(PACKET_BYTES + accepted[i]);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(refused); i++) {
		ASSERT_EQ(adjust_meta_by(skel, -refused[i].len_bytes), PACKET_BYTES, "size");
		ASSERT_EQ(skel->bss->meta_result, refused[i].error, "metadata that is refused");
	}
}

static int run_context(struct xdp *skel, struct xdp_md *context)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = packet, .data_size_in = sizeof(packet),
		.data_out = out, .data_size_out = sizeof(out),
		.ctx_in = context, .ctx_size_in = sizeof(*context),
		.ctx_out = context, .ctx_size_out = sizeof(*context),
	);

	return bpf_prog_test_run_opts(bpf_program__fd(skel->progs.change), &opts);
}

static void context(struct xdp *skel)
{
	struct xdp_md context = { .data = 8, .data_end = PACKET_BYTES };
	__u32 word;

	reset(skel);
	memcpy(&word, packet, sizeof(word));
	context.ingress_ifindex = LO_IFINDEX;
	skel->bss->meta_delta = -4;
	skel->bss->tail_delta = -10;
	if (ASSERT_OK(run_context(skel, &context), "run with metadata")) {
		ASSERT_EQ(skel->bss->seen_meta_len, 8, "metadata that the program saw");
		ASSERT_EQ(skel->bss->seen_meta, word, "content of metadata");
		ASSERT_EQ(skel->bss->seen_len, PACKET_BYTES - 8, "length that the program saw");
		ASSERT_EQ(skel->bss->seen_ifindex, LO_IFINDEX, "device");
		ASSERT_EQ(skel->bss->seen_queue, 0, "queue");
		ASSERT_EQ(skel->bss->meta_result, 0, "more metadata");
		ASSERT_EQ(context.data_meta, 0, "metadata that came out");
		ASSERT_EQ(context.data, 12, "data that came out");
		ASSERT_EQ(context.data_end, PACKET_BYTES + 4 - 10, "data_end that came out");
		ASSERT_MEMEQ(out + 4, packet, PACKET_BYTES - 10, "old metadata and packet");
	}

	/* The shortest metadata that the program can read. */
	reset(skel);
	context = (struct xdp_md){ .data = 4, .data_end = PACKET_BYTES };
	if (ASSERT_OK(run_context(skel, &context), "run with four bytes of metadata")) {
		ASSERT_EQ(skel->bss->seen_meta_len, 4, "metadata that the program saw");
		ASSERT_EQ(skel->bss->meta_result, UNSET, "metadata that are not adjusted");
		ASSERT_EQ(skel->bss->seen_meta, word, "content of metadata");
	}

	reset(skel);
	/* Newer kernels accept a smaller data_end: the rest becomes a fragment. */
	context = (struct xdp_md){ .data_end = PACKET_BYTES + 1 };
	ASSERT_EQ(run_context(skel, &context), -EINVAL, "end behind the packet's");
	context = (struct xdp_md){ .data = 6, .data_end = PACKET_BYTES };
	ASSERT_EQ(run_context(skel, &context), -EINVAL, "metadata of six bytes");
	context = (struct xdp_md){ .data_meta = 4, .data = 8, .data_end = PACKET_BYTES };
	ASSERT_EQ(run_context(skel, &context), -EINVAL, "metadata that do not start at 0");
	context = (struct xdp_md){ .data_end = PACKET_BYTES, .rx_queue_index = 1 };
	ASSERT_EQ(run_context(skel, &context), -EINVAL, "queue without a device");
	context = (struct xdp_md){ .data_end = PACKET_BYTES, .ingress_ifindex = INT32_MAX };
	ASSERT_EQ(run_context(skel, &context), -ENODEV, "device that is not there");
	ASSERT_EQ(skel->bss->runs, 0, "runs");
}

/* Each descriptor of a tap with one name adds a queue to it. Returns a negative errno on failure. */
static int open_tap_queue(struct ifreq *tap)
{
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	tap->ifr_flags = IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE;
	if (!ioctl(fd, TUNSETIFF, tap))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* The program sees the device and the queue of the context. */
static void queues(struct xdp *skel)
{
	struct ifreq tap = { .ifr_name = "xdp%d" };
	struct xdp_md context;
	unsigned int queue;
	int fds[QUEUES];

	for (queue = 0; queue < QUEUES; queue++) {
		fds[queue] = open_tap_queue(&tap);
		if (!ASSERT_OK_FD(fds[queue], "open queue"))
			goto out;
	}
	reset(skel);
	for (__u32 i = 1; i < QUEUES; i++) {
		context = (struct xdp_md){
			.data_end = PACKET_BYTES,
			.ingress_ifindex = if_nametoindex(tap.ifr_name),
			.rx_queue_index = i,
		};
		ASSERT_NEQ(context.ingress_ifindex, LO_IFINDEX, "device");
		if (!ASSERT_OK(run_context(skel, &context), "run with a queue"))
			break;
		ASSERT_EQ(skel->bss->seen_ifindex, if_nametoindex(tap.ifr_name), "device");
		ASSERT_EQ(skel->bss->seen_queue, i, "queue");
		ASSERT_EQ(skel->bss->runs, i, "runs");
	}
	context.rx_queue_index = QUEUES;
	ASSERT_EQ(run_context(skel, &context), -EINVAL, "queue behind the last");
out:
	while (queue > 0)
		close(fds[--queue]);
}

TEST_NEEDS(xdp, NEED_BTF, NEED_PROG_TYPE(XDP, "4.8", IF_CONFIG("NET")));
SUBTEST_NEEDS(xdp, "queues", NEED_MODULE("tun", IF_CONFIG("TUN")));

void test_xdp(void)
{
	static const struct {
		const char *name;
		void (*run)(struct xdp *skel);
	} subtests[] = {
		/* clang-format off */
		{ "actions",		actions },
		{ "adjust_head",	adjust_head },
		{ "adjust_tail",	adjust_tail },
		{ "adjust_meta",	adjust_meta },
		{ "context",		context },
		{ "queues",		queues },
		/* clang-format on */
	};

	RUN_SKEL_SUBTESTS(xdp, subtests);
}
