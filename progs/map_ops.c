// SPDX-License-Identifier: GPL-2.0-only
/* Calls the helper for map elements that the caller asks for, and returns its result. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "map_ops.h"

#define ENOENT 2

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAP_OPS_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAP_OPS_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} array SEC(".maps");

__u64 found_value;

/* Inlined, so that each call of a helper is for one known map. */
static __always_inline int operate_on(void *map, const struct map_order *order)
{
	__u32 key = order->key;
	__u64 value = order->value, *found;

	switch (order->operation) {
	case MAP_UPDATE:
		return bpf_map_update_elem(map, &key, &value, order->flags);
	case MAP_DELETE:
		return bpf_map_delete_elem(map, &key);
	default:
		found = bpf_map_lookup_elem(map, &key);
		if (!found)
			return -ENOENT;
		found_value = *found;
		return 0;
	}
}

SEC("syscall")
int operate(struct map_order *order)
{
	return order->in_array ? operate_on(&array, order) : operate_on(&hash, order);
}

char _license[] SEC("license") = "GPL";
