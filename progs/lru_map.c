// SPDX-License-Identifier: GPL-2.0-only
/* Uses elements of LRU maps: a lookup by a program counts as use, one by a system call does not. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} elements SEC(".maps");

__u32 first_key;
__u32 key_count;
__u32 found;

static long use_element(__u32 index, void *unused)
{
	__u32 key = first_key + index;

	if (bpf_map_lookup_elem(&elements, &key))
		found++;
	return 0;
}

/* Returns how many of the keys first_key, first_key + 1 ... exist. */
SEC("syscall")
int use_elements(void *unused)
{
	found = 0;
	bpf_loop(key_count, use_element, NULL, 0);
	return found;
}

char _license[] SEC("license") = "GPL";
