// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs of every type that a sockmap accepts, for one watched socket. The test creates the maps,
 * so that there can be several.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

__u64 watched_cookie;
int watched_verdict = SK_PASS;
__u64 watched_bytes;
__u64 stray_bytes;

static __always_inline int judge(struct __sk_buff *skb)
{
	if (bpf_get_socket_cookie(skb) != watched_cookie) {
		__sync_fetch_and_add(&stray_bytes, skb->len);
		return SK_PASS;
	}
	__sync_fetch_and_add(&watched_bytes, skb->len);
	return watched_verdict;
}

SEC("sk_skb/verdict")
int judge_skb(struct __sk_buff *skb)
{
	return judge(skb);
}

/* Length of every message; 0: each skb is a message. */
__u32 message_bytes;
__u64 parsed;

SEC("sk_skb/stream_parser")
int parse(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&parsed, 1);
	return message_bytes ?: skb->len;
}

SEC("sk_skb/stream_verdict")
int judge_stream(struct __sk_buff *skb)
{
	return judge(skb);
}

SEC("sk_msg")
int pass_message(struct sk_msg_md *msg)
{
	return SK_PASS;
}

__u32 wanted_len_bytes;
int change_result;
__u32 changed_len_bytes;
__u64 changes;

SEC("sk_skb/verdict")
int change_tail(struct __sk_buff *skb)
{
	if (bpf_get_socket_cookie(skb) != watched_cookie) {
		__sync_fetch_and_add(&stray_bytes, skb->len);
		return SK_PASS;
	}
	change_result = bpf_skb_change_tail(skb, wanted_len_bytes, 0);
	changed_len_bytes = skb->len;
	__sync_fetch_and_add(&changes, 1);
	return SK_PASS;
}

char _license[] SEC("license") = "GPL";
