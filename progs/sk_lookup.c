// SPDX-License-Identifier: GPL-2.0-only
/* Chooses the socket of a packet from a map. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "sk_lookup.h"

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, NO_SOCKET);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

/* For each of the two programs: the key of its socket, its verdict, and what it has seen. */
__u32 keys[2];
__u32 verdicts[2];
struct lookup_seen seen[2];

/*
 * The first program assigns this one after its own, if it is a socket. The second set of flags is for
 * this and for the second program.
 */
__u32 key_again;
__u64 flags, flags_again;

static int assign(struct bpf_sk_lookup *ctx, __u32 key, __u64 assign_flags)
{
	struct bpf_sock *sk = bpf_map_lookup_elem(&sockets, &key);
	int err;

	if (!sk)
		return 1;
	err = bpf_sk_assign(ctx, sk, assign_flags);
	bpf_sk_release(sk);
	return err;
}

static void note(struct bpf_sk_lookup *ctx, struct lookup_seen *to)
{
	to->runs++;
	to->family = ctx->family;
	to->protocol = ctx->protocol;
	to->remote_ip4 = ctx->remote_ip4;
	to->remote_port = ctx->remote_port;
	to->local_ip4 = ctx->local_ip4;
	to->local_port = ctx->local_port;
	to->ifindex = ctx->ingress_ifindex;
}

SEC("sk_lookup")
int first(struct bpf_sk_lookup *ctx)
{
	note(ctx, &seen[0]);
	seen[0].err = assign(ctx, keys[0], flags);
	seen[0].err_again = assign(ctx, key_again, flags_again);
	return verdicts[0] & SK_PASS;
}

SEC("sk_lookup")
int second(struct bpf_sk_lookup *ctx)
{
	seen[1].runs++;
	seen[1].err = assign(ctx, keys[1], flags_again);
	return verdicts[1] & SK_PASS;
}

char _license[] SEC("license") = "GPL";
