// SPDX-License-Identifier: GPL-2.0-only
/* Calls the helper for the trie's elements that the caller asks for, and returns its result. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "lpm_trie.h"

#define ENOENT 2

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, LPM_TRIE_ENTRIES);
	__type(key, struct lpm_key);
	__type(value, __u32);
} trie SEC(".maps");

struct lpm_order order;
__u32 found_value;

SEC("raw_tp")
int operate(void *ctx)
{
	struct lpm_key key = order.key;
	__u32 value = order.value, *found;

	switch (order.operation) {
	case LPM_UPDATE:
		return bpf_map_update_elem(&trie, &key, &value, order.flags);
	case LPM_DELETE:
		return bpf_map_delete_elem(&trie, &key);
	default:
		found = bpf_map_lookup_elem(&trie, &key);
		if (!found)
			return -ENOENT;
		found_value = *found;
		return 0;
	}
}

char _license[] SEC("license") = "GPL";
