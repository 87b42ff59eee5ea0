// SPDX-License-Identifier: GPL-2.0-only
/*
 * A verdict program for two sockets of a sockmap. It redirects data of the first socket to the
 * second, and passes data of the second, so that all data ends up on the second's queue.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "sockmap_basic.h"

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

__u64 redirected_socket_cookie;
__u64 passed_socket_cookie;

/* Counts bytes, because a stream may come in any number of skbs. */
__u64 redirected_bytes;
__u64 passed_bytes;
__u64 stray_bytes;

static __always_inline int merge(struct __sk_buff *skb)
{
	__u64 cookie = bpf_get_socket_cookie(skb);

	if (cookie == redirected_socket_cookie) {
		__sync_fetch_and_add(&redirected_bytes, skb->len);
		return bpf_sk_redirect_map(skb, &sockets, REDIRECT_TARGET, BPF_F_INGRESS);
	}
	if (cookie == passed_socket_cookie) {
		__sync_fetch_and_add(&passed_bytes, skb->len);
		return SK_PASS;
	}
	__sync_fetch_and_add(&stray_bytes, skb->len);
	return SK_DROP;
}

SEC("sk_skb/verdict")
int merge_channels(struct __sk_buff *skb)
{
	return merge(skb);
}

/* The same verdict with a parser, for streams. */
SEC("sk_skb/stream_parser")
int whole_skb(struct __sk_buff *skb)
{
	return skb->len;
}

SEC("sk_skb/stream_verdict")
int merge_streams(struct __sk_buff *skb)
{
	return merge(skb);
}

char _license[] SEC("license") = "GPL";
