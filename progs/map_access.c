// SPDX-License-Identifier: GPL-2.0-only
/* Reads or writes an element of a map, which flags of the map or of its descriptor may forbid. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} array SEC(".maps");

__u64 number;

SEC("raw_tp")
int read_value(void *ctx)
{
	__u32 key = 1;
	__u64 *value = bpf_map_lookup_elem(&array, &key);

	if (value)
		number = *value;
	return 0;
}

SEC("raw_tp")
int write_value(void *ctx)
{
	__u32 key = 1;
	__u64 *value = bpf_map_lookup_elem(&array, &key);

	if (value)
		*value = number;
	return 0;
}

SEC("raw_tp")
int update_value(void *ctx)
{
	__u32 key = 1;
	__u64 value = number;

	return bpf_map_update_elem(&array, &key, &value, BPF_ANY);
}

char _license[] SEC("license") = "GPL";
