// SPDX-License-Identifier: GPL-2.0-only
/* A program at the sysctls of a cgroup's tasks: it records the access, replaces or refuses it. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "test_sysctl.h"

__u32 calls;
__u32 seen_write;
__u32 seen_position;
char name[SYSCTL_TEXT_BYTES];
char base_name[SYSCTL_TEXT_BYTES];
char short_name[6];
/* The helpers fill the rest of a value with zeros. The byte behind it stays. */
struct {
	char text[SYSCTL_TEXT_BYTES];
	char behind;
} current_value, new_value;
char replacement[2];
__u32 replace;
__s32 name_result;
__s32 base_name_result;
__s32 short_name_result;
__s32 current_result;
__s32 new_result;
__s32 set_result;
__u32 refuse;

SEC("cgroup/sysctl")
int access(struct bpf_sysctl *ctx)
{
	calls++;
	seen_write = ctx->write;
	seen_position = ctx->file_pos;
	name_result = bpf_sysctl_get_name(ctx, name, sizeof(name), 0);
	base_name_result =
		bpf_sysctl_get_name(ctx, base_name, sizeof(base_name), BPF_F_SYSCTL_BASE_NAME);
	short_name_result = bpf_sysctl_get_name(ctx, short_name, sizeof(short_name), 0);
	current_result =
		bpf_sysctl_get_current_value(ctx, current_value.text, sizeof(current_value.text));
	new_result = bpf_sysctl_get_new_value(ctx, new_value.text, sizeof(new_value.text));
	if (replace)
		set_result = bpf_sysctl_set_new_value(ctx, replacement, sizeof(replacement));
	return refuse ? 0 : 1;
}

char _license[] SEC("license") = "GPL";
