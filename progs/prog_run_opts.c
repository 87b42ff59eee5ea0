// SPDX-License-Identifier: GPL-2.0-only
/*
 * Classifiers for test_run: they record the packet and the context, and change them.
 */

/*
 * The layout of __sk_buff is fixed. A CO-RE relocation would add the offset of an array member to
 * the pointer, but the verifier accepts only constant offsets into a context.
 */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "prog_run_opts.h"

#define ETH_ALEN      6
#define CONTROL_WORDS 5

__u64 runs;
__u32 seen_len;
__u32 seen_protocol;
__u32 seen_mark;
__u32 seen_priority;
__u32 seen_cb[CONTROL_WORDS];

/* Swaps the addresses, and increments the first byte after the header. */
SEC("tc")
int turn_around(struct __sk_buff *skb)
{
	struct ethhdr *header = (void *)(long)skb->data;
	__u8 *payload = (void *)(header + 1);
	__u8 address[ETH_ALEN];

	if ((void *)(payload + 1) > (void *)(long)skb->data_end)
		return -1;
	runs++;
	seen_len = skb->len;
	seen_protocol = skb->protocol;
	__builtin_memcpy(address, header->h_dest, ETH_ALEN);
	__builtin_memcpy(header->h_dest, header->h_source, ETH_ALEN);
	__builtin_memcpy(header->h_source, address, ETH_ALEN);
	payload[0]++;
	return PROG_RUN_OPTS_RETURNS;
}

SEC("tc")
int change_context(struct __sk_buff *skb)
{
	seen_mark = skb->mark;
	seen_priority = skb->priority;
	skb->mark = ~seen_mark;
	skb->priority = ~seen_priority;
#pragma unroll
	for (int i = 0; i < CONTROL_WORDS; i++) {
		seen_cb[i] = skb->cb[i];
		skb->cb[i] = ~seen_cb[i];
	}
	return PROG_RUN_OPTS_RETURNS;
}

/* Adds bytes at the end of the packet, so that the output is longer than the input. */
SEC("tc")
int lengthen(struct __sk_buff *skb)
{
	return bpf_skb_change_tail(skb, skb->len + 4, 0);
}

char _license[] SEC("license") = "GPL";
