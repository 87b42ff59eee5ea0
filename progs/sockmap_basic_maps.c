// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that put sockets into maps, in contexts where this is allowed (sk_lookup, iterators),
 * and where it is not. Classifiers and XDP programs used to be allowed; Linux 7.3 refuses them.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "sockmap_basic.h"

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} source SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} source_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} target_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} target_hash SEC(".maps");

/* Parameters of the next update. */
__u32 source_key;
__u32 target_key;
__u64 update_flags;

bool found;
int update_result;

SEC("sk_lookup")
int update_map(struct bpf_sk_lookup *ctx)
{
	__u32 from = source_key, to = target_key;
	struct bpf_sock *sk = bpf_map_lookup_elem(&source, &from);

	found = sk;
	if (sk) {
		update_result = bpf_map_update_elem(&target_map, &to, sk, update_flags);
		bpf_sk_release(sk);
	}
	return SK_PASS;
}

SEC("sk_lookup")
int update_hash(struct bpf_sk_lookup *ctx)
{
	__u32 from = source_key, to = target_key;
	struct bpf_sock *sk = bpf_map_lookup_elem(&source, &from);

	found = sk;
	if (sk) {
		update_result = bpf_map_update_elem(&target_hash, &to, sk, update_flags);
		bpf_sk_release(sk);
	}
	return SK_PASS;
}

/* The same in a tracing program, which must be refused: its caller may hold any locks. */
SEC("?raw_tp/sched_switch")
int update_while_tracing(void *ctx)
{
	__u32 from = source_key, to = target_key;
	struct bpf_sock *sk = bpf_map_lookup_elem(&source, &from);

	if (sk) {
		bpf_map_update_elem(&target_map, &to, sk, update_flags);
		bpf_sk_release(sk);
	}
	return 0;
}

__u32 entries_visited;
__u32 sockets_copied;
int copy_error;

static __always_inline int copy_entry(struct bpf_iter__sockmap *ctx, void *target)
{
	struct sock *sk = ctx->sk;
	__u32 *at = ctx->key;
	__u32 key;
	int err;

	if (!at)
		return 0;
	key = *at;
	entries_visited++;
	if (!sk)
		return 0;
	err = bpf_map_update_elem(target, &key, sk, BPF_NOEXIST);
	if (err)
		copy_error = err;
	else
		sockets_copied++;
	return 0;
}

SEC("?iter/sockmap")
int copy_to_map(struct bpf_iter__sockmap *ctx)
{
	return copy_entry(ctx, &target_map);
}

SEC("?iter/sockmap")
int copy_to_hash(struct bpf_iter__sockmap *ctx)
{
	return copy_entry(ctx, &target_hash);
}

char _license[] SEC("license") = "GPL";
