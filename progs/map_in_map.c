// SPDX-License-Identifier: GPL-2.0-only
/* Reads and changes an element of a map that is itself an element of a map. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define ENOENT 2
#define ENODEV 19

struct inner_array {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
};

struct inner_hash {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 3);
	__type(key, __u32);
	__array(values, struct inner_array);
} array_of_maps SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 3);
	__type(key, __u32);
	__array(values, struct inner_hash);
} hash_of_maps SEC(".maps");

__u32 outer_key;
__u32 inner_key;
__u64 found_value;
__u64 new_value;

/* Returns -ENODEV if there is no inner map, -ENOENT if that has no such element. */
static __always_inline int lookup(void *outer)
{
	__u32 key = outer_key;
	__u64 *value;
	void *inner = bpf_map_lookup_elem(outer, &key);

	if (!inner)
		return -ENODEV;
	key = inner_key;
	value = bpf_map_lookup_elem(inner, &key);
	if (!value)
		return -ENOENT;
	found_value = *value;
	return 0;
}

static __always_inline int update(void *outer)
{
	__u32 key = outer_key;
	__u64 value = new_value;
	void *inner = bpf_map_lookup_elem(outer, &key);

	if (!inner)
		return -ENODEV;
	key = inner_key;
	return bpf_map_update_elem(inner, &key, &value, BPF_ANY);
}

SEC("raw_tp")
int lookup_in_array(void *ctx)
{
	return lookup(&array_of_maps);
}

SEC("raw_tp")
int lookup_in_hash(void *ctx)
{
	return lookup(&hash_of_maps);
}

SEC("raw_tp")
int update_in_array(void *ctx)
{
	return update(&array_of_maps);
}

SEC("raw_tp")
int update_in_hash(void *ctx)
{
	return update(&hash_of_maps);
}

char _license[] SEC("license") = "GPL";
