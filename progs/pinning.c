// SPDX-License-Identifier: GPL-2.0-only
/* Maps and a program for the test to pin. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define ONE_ELEMENT             \
	__type(value, __u64);   \
	__type(key, __u32);     \
	__uint(max_entries, 1); \
	__uint(type, BPF_MAP_TYPE_ARRAY)

struct {
	ONE_ELEMENT;
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} pinned_by_name SEC(".maps");

struct {
	ONE_ELEMENT;
} not_pinned SEC(".maps");

/* Returns the count of its runs in the pinned map. */
SEC("syscall")
int count_in_pinned(void *unused)
{
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&pinned_by_name, &key);
	__u64 *other = bpf_map_lookup_elem(&not_pinned, &key);

	if (!count || !other)
		return -1;
	++*other;
	return ++*count;
}

char _license[] SEC("license") = "GPL";
