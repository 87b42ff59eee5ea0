// SPDX-License-Identifier: GPL-2.0-only
/* Adds a value to a bloom filter, or looks for it, and returns the helper's result. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 1000);
	__type(value, __u64);
} filter SEC(".maps");

__u64 value;
__u64 flags;

SEC("raw_tp")
int push(void *ctx)
{
	return bpf_map_push_elem(&filter, &value, flags);
}

SEC("raw_tp")
int peek(void *ctx)
{
	return bpf_map_peek_elem(&filter, &value);
}

char _license[] SEC("license") = "GPL";
