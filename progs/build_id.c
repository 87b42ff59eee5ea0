// SPDX-License-Identifier: GPL-2.0-only
/* Records the user stack of one process at a probed place, as build ids and offsets. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "build_id.h"

__u32 tgid;
__u32 hits;
long stack_bytes; /* or a negative errno */
struct bpf_stack_build_id frames[BUILD_ID_FRAMES];

static int record(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 != tgid)
		return 0;
	hits++;
	stack_bytes =
		bpf_get_stack(ctx, frames, sizeof(frames), BPF_F_USER_STACK | BPF_F_USER_BUILD_ID);
	return 0;
}

SEC("uprobe")
int record_stack(void *ctx)
{
	return record(ctx);
}

SEC("uprobe.s")
int record_stack_sleepable(void *ctx)
{
	return record(ctx);
}

char _license[] SEC("license") = "GPL";
