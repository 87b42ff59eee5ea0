// SPDX-License-Identifier: GPL-2.0-only
/* Each call writes one record into one of two ring buffers, as the caller asks for. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "ringbuf.h"

#define EAGAIN 11

/* User space sets the size, which must be a multiple of the page size. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
} samples SEC(".maps"), sentinel SEC(".maps");

__u64 available_bytes;
__u64 ring_bytes;
__u64 consumer_position;
__u64 producer_position;

/* @how: not that of the order, so that a sample tells which way it really took */
static void fill(struct ringbuf_sample *sample, const struct ringbuf_order *order,
		 enum ringbuf_how how)
{
	sample->number = order->number;
	sample->how = how;
	sample->inverted_number = ~order->number;
}

static int produce_into(void *ring, const struct ringbuf_order *order)
{
	struct ringbuf_sample *reserved, copied;

	if (order->how == RINGBUF_OUTPUT) {
		fill(&copied, order, RINGBUF_OUTPUT);
		return bpf_ringbuf_output(ring, &copied, sizeof(copied), order->wakeup_flags);
	}

	reserved = bpf_ringbuf_reserve(ring, sizeof(*reserved), 0);
	if (!reserved)
		return -EAGAIN;
	if (order->how == RINGBUF_DISCARD) {
		bpf_ringbuf_discard(reserved, order->wakeup_flags);
		return 0;
	}
	fill(reserved, order, RINGBUF_SUBMIT);
	bpf_ringbuf_submit(reserved, order->wakeup_flags);
	return 0;
}

SEC("syscall")
int produce(struct ringbuf_order *order)
{
	/* One call, so that the records of both rings are made by the same code. */
	return produce_into(order->to_sentinel ? (void *)&sentinel : (void *)&samples, order);
}

SEC("syscall")
int query(void *ctx)
{
	available_bytes = bpf_ringbuf_query(&samples, BPF_RB_AVAIL_DATA);
	ring_bytes = bpf_ringbuf_query(&samples, BPF_RB_RING_SIZE);
	consumer_position = bpf_ringbuf_query(&samples, BPF_RB_CONS_POS);
	producer_position = bpf_ringbuf_query(&samples, BPF_RB_PROD_POS);
	return 0;
}

char _license[] SEC("license") = "GPL";
