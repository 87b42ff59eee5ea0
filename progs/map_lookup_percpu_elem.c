// SPDX-License-Identifier: GPL-2.0-only
/* Reads the value of a chosen CPU from maps that have a value for each CPU, and sets its own. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define ENOENT 2

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} lru_hash SEC(".maps");

__u32 key;
__u32 cpu;
__u64 value;

static __always_inline int lookup(void *map)
{
	__u32 wanted = key;
	__u64 *found = bpf_map_lookup_percpu_elem(map, &wanted, cpu);

	if (!found)
		return -ENOENT;
	value = *found;
	return 0;
}

SEC("raw_tp")
int lookup_array(void *ctx)
{
	return lookup(&array);
}

SEC("raw_tp")
int lookup_hash(void *ctx)
{
	return lookup(&hash);
}

SEC("raw_tp")
int lookup_lru_hash(void *ctx)
{
	return lookup(&lru_hash);
}

/* Finds the value of the CPU that it runs on, and doubles it in place. */
static __always_inline int double_own(void *map)
{
	__u32 wanted = key;
	__u64 *found = bpf_map_lookup_elem(map, &wanted);

	if (!found)
		return -ENOENT;
	*found *= 2;
	return 0;
}

SEC("raw_tp")
int double_array(void *ctx)
{
	return double_own(&array);
}

SEC("raw_tp")
int double_hash(void *ctx)
{
	return double_own(&hash);
}

SEC("raw_tp")
int double_lru_hash(void *ctx)
{
	return double_own(&lru_hash);
}

static __always_inline int update(void *map)
{
	__u32 wanted = key;
	__u64 given = value;

	return bpf_map_update_elem(map, &wanted, &given, BPF_ANY);
}

SEC("raw_tp")
int update_array(void *ctx)
{
	return update(&array);
}

SEC("raw_tp")
int update_hash(void *ctx)
{
	return update(&hash);
}

SEC("raw_tp")
int update_lru_hash(void *ctx)
{
	return update(&lru_hash);
}

char _license[] SEC("license") = "GPL";
