// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts both ends of a connection into a sockmap when it is established, which is before user space
 * accepts it. It tries this again whenever their state changes, which must be refused.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#include "sockmap_basic.h"

#define EOPNOTSUPP 95

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, ENDS);
	__type(key, __u32);
	__type(value, __u64);
} ends SEC(".maps");

/* The listener's port, in host order. */
__u32 watched_port;

/* Values of the newest connection, indexed by ACTIVE and PASSIVE. */
__u64 cookies[ENDS];
int update_results[ENDS];
__u32 callback_flags[ENDS];

/* Counts for all connections: the established ends, the changes of an end to a state, and the updates refused then. */
__u64 ends_established[ENDS];
__u64 changes[ENDS][STATES];
__u64 refused[ENDS][STATES];

static __always_inline void established(struct bpf_sock_ops *ctx, const __u32 end)
{
	__u32 key = end;

	cookies[end] = bpf_get_socket_cookie(ctx);
	update_results[end] = bpf_sock_map_update(ctx, &ends, &key, BPF_NOEXIST);
	bpf_sock_ops_cb_flags_set(ctx, BPF_SOCK_OPS_STATE_CB_FLAG);
	callback_flags[end] = ctx->bpf_sock_ops_cb_flags;
	__sync_fetch_and_add(&ends_established[end], 1);
}

static __always_inline void changed_state(struct bpf_sock_ops *ctx, const __u32 end)
{
	__u32 state = ctx->args[1] & (STATES - 1), key = end;

	if (bpf_sock_map_update(ctx, &ends, &key, BPF_ANY) == -EOPNOTSUPP)
		__sync_fetch_and_add(&refused[end][state], 1);
	__sync_fetch_and_add(&changes[end][state], 1);
}

SEC("sockops")
int insert_ends(struct bpf_sock_ops *ctx)
{
	bool active = bpf_ntohl(ctx->remote_port) == watched_port;

	if (!active && ctx->local_port != watched_port)
		return 1;
	switch (ctx->op) {
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		established(ctx, ACTIVE);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		established(ctx, PASSIVE);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		changed_state(ctx, active ? ACTIVE : PASSIVE);
		break;
	}
	return 1;
}

char _license[] SEC("license") = "GPL";
