// SPDX-License-Identifier: GPL-2.0-only
/*
 * Classifiers for test_run: what they see of packet and context, and what they make of it.
 */

/*
 * The layout of __sk_buff is fixed. Relocated, the offset of an array member is added to the
 * pointer, and the verifier takes a context at constant offsets only.
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

/* Swaps the addresses and counts in the first byte behind the header. */
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

/* Adds room behind the packet; the packet that comes out is longer than the one that went in. */
SEC("tc")
int lengthen(struct __sk_buff *skb)
{
	return bpf_skb_change_tail(skb, skb->len + 4, 0);
}

char _license[] SEC("license") = "GPL";
