// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that see the messages sent by a socket of a sockmap: they redirect them to another
 * socket, or remove a part.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "sockmap_basic.h"

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} socket_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} socket_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32);
} messages_sent SEC(".maps");

/* The sender's port in host order, by which programs and test recognise a message. */
__u32 watched_port;
__u32 messages;
__u32 message_bytes;
__u32 stray_messages;

__u32 sender_port;
__u64 netns_cookie;

static __always_inline bool is_watched(struct sk_msg_md *msg)
{
	if (msg->local_port != watched_port) {
		__sync_fetch_and_add(&stray_messages, 1);
		return false;
	}
	__sync_fetch_and_add(&messages, 1);
	message_bytes += msg->size;
	return true;
}

/* Uses the helpers that give information about the sending socket. */
static __always_inline void ask_about_sender(struct sk_msg_md *msg)
{
	struct bpf_sock *sk = msg->sk;
	__u32 *messages_of_socket;

	netns_cookie = bpf_get_netns_cookie(msg);
	if (!sk)
		return;
	sender_port = sk->src_port;
	messages_of_socket =
		bpf_sk_storage_get(&messages_sent, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (messages_of_socket)
		++*messages_of_socket;
}

SEC("sk_msg")
int redirect_by_map(struct sk_msg_md *msg)
{
	if (!is_watched(msg))
		return SK_PASS;
	ask_about_sender(msg);
	return bpf_msg_redirect_map(msg, &socket_map, TARGET, BPF_F_INGRESS);
}

SEC("sk_msg")
int redirect_by_hash(struct sk_msg_md *msg)
{
	__u32 key = TARGET;

	if (!is_watched(msg))
		return SK_PASS;
	ask_about_sender(msg);
	return bpf_msg_redirect_hash(msg, &socket_hash, &key, BPF_F_INGRESS);
}

__u32 pop_start_bytes;
__u32 pop_len_bytes;
int pop_result;

SEC("sk_msg")
int pop_data(struct sk_msg_md *msg)
{
	if (is_watched(msg))
		pop_result = bpf_msg_pop_data(msg, pop_start_bytes, pop_len_bytes, 0);
	return SK_PASS;
}

char _license[] SEC("license") = "GPL";
