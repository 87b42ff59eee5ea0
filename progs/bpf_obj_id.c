// SPDX-License-Identifier: GPL-2.0-only
/* Programs and a map to be found by their ids. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 5);
	__type(key, __u16);
	__type(value, __u64);
} counters SEC(".maps");

SEC("raw_tp/sys_enter")
int uses_map(void *ctx)
{
	__u16 key = 1;

	return !!bpf_map_lookup_elem(&counters, &key);
}

SEC("raw_tp/sys_enter")
int uses_nothing(void *ctx)
{
	return 0;
}

SEC("cgroup_skb/egress")
int for_cgroup(void *ctx)
{
	return 1;
}

char _license[] SEC("license") = "GPL";
