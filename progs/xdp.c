// SPDX-License-Identifier: GPL-2.0-only
/* XDP programs for test_run: they record the packet and the context, and resize the packet. */

/*
 * The layout of xdp_md is fixed. CO-RE relocations would add offsets to the pointer, but the
 * verifier accepts only constant offsets into a context.
 */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "xdp.h"

/* The adjustments, done in this order if not zero. */
int head_delta, tail_delta, meta_delta;
/* The return value. */
int action;
bool stamp; /* overwrite the first bytes of metadata and packet */

int head_result, tail_result, meta_result;
__u64 runs;
__u32 seen_len, seen_meta_len, seen_meta;
__u32 seen_ifindex, seen_queue;
__u32 frame_header_bytes;

/* The kernel's xdp_frame, which it keeps in the headroom of a packet. */
struct xdp_frame___relocated {
	void *data;
} __attribute__((preserve_access_index));

static void look(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *meta = (void *)(long)ctx->data_meta;

	seen_len = ctx->data_end - ctx->data;
	seen_meta_len = ctx->data - ctx->data_meta;
	seen_ifindex = ctx->ingress_ifindex;
	seen_queue = ctx->rx_queue_index;
	seen_meta = meta + sizeof(seen_meta) <= data ? *(__u32 *)meta : 0;
}

static void stamp_packet(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	void *meta = (void *)(long)ctx->data_meta;

	if (data + sizeof(__u32) <= end)
		*(__u32 *)data = XDP_STAMP;
	if (meta + sizeof(__u32) <= data)
		*(__u32 *)meta = ~XDP_STAMP;
}

SEC("xdp")
int change(struct xdp_md *ctx)
{
	runs++;
	frame_header_bytes = bpf_core_type_size(struct xdp_frame___relocated);
	look(ctx);
	if (head_delta)
		head_result = bpf_xdp_adjust_head(ctx, head_delta);
	if (tail_delta)
		tail_result = bpf_xdp_adjust_tail(ctx, tail_delta);
	if (meta_delta)
		meta_result = bpf_xdp_adjust_meta(ctx, meta_delta);
	if (stamp)
		stamp_packet(ctx);
	return action;
}

char _license[] SEC("license") = "GPL";
