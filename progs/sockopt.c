// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs at getsockopt() and setsockopt() of a cgroup: they see the option, change it, handle it
 * alone, or refuse it.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "sockopt.h"

#define ENOSPC 28
#define IP_TOS 1

__s32 seen_level;
__s32 seen_optname;
__s32 seen_optlen;
__s32 seen_retval;
__u8 seen_value;
__u32 calls;

static void record(struct bpf_sockopt *ctx)
{
	__u8 *value = ctx->optval;

	calls++;
	seen_level = ctx->level;
	seen_optname = ctx->optname;
	seen_optlen = ctx->optlen;
	if ((void *)(value + 1) <= ctx->optval_end)
		seen_value = *value;
}

SEC("cgroup/setsockopt")
int set(struct bpf_sockopt *ctx)
{
	__u8 *value = ctx->optval;

	record(ctx);
	if (ctx->level == SOL_CUSTOM) {
		/* The kernel must not handle an option that it does not know. */
		ctx->optlen = -1;
		return 1;
	}
	if (ctx->level != IPPROTO_IP || ctx->optname != IP_TOS)
		return 1;
	if ((void *)(value + 1) > ctx->optval_end)
		return 0;
	if (*value == SOCKOPT_REFUSED)
		return 0;
	if (*value == SOCKOPT_OTHER_ERROR) {
		bpf_set_retval(-ENOSPC);
		return 0;
	}
	*value += 4;
	return 1;
}

SEC("cgroup/getsockopt")
int get(struct bpf_sockopt *ctx)
{
	__u8 *value = ctx->optval;

	record(ctx);
	seen_retval = ctx->retval;
	if (ctx->level == SOL_CUSTOM) {
		if ((void *)(value + 1) > ctx->optval_end)
			return 0;
		*value = SOCKOPT_CUSTOM_VALUE;
		ctx->optlen = 1;
		ctx->retval = 0;
		return 1;
	}
	if (ctx->level != IPPROTO_IP || ctx->optname != IP_TOS)
		return 1;
	if ((void *)(value + 1) > ctx->optval_end)
		return 1;
	if (*value == SOCKOPT_HIDDEN)
		return 0;
	*value |= 3;
	return 1;
}

char _license[] SEC("license") = "GPL";
