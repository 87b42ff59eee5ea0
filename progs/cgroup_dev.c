// SPDX-License-Identifier: GPL-2.0-only
/* Decides about the devices of a cgroup's tasks: one device is refused for chosen accesses. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

__u32 major;
__u32 minor;
__u32 refused_access; /* BPF_DEVCG_ACC_* */
__u32 calls;
__u32 seen_type;
__u32 seen_access;

SEC("cgroup/dev")
int decide(struct bpf_cgroup_dev_ctx *ctx)
{
	if (ctx->major != major || ctx->minor != minor)
		return 1;
	calls++;
	seen_type = ctx->access_type & 0xffff;
	seen_access = ctx->access_type >> 16;
	return seen_access & refused_access ? 0 : 1;
}

char _license[] SEC("license") = "GPL";
