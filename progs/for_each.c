// SPDX-License-Identifier: GPL-2.0-only
/* Calls a function for each element of a map, up to an element where it stops. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "for_each.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FOR_EACH_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FOR_EACH_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, FOR_EACH_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} percpu_array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, FOR_EACH_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} percpu_hash SEC(".maps");

__u32 stop_after; /* number of elements */
__u64 flags;
__u32 calls;
__u64 values[FOR_EACH_ENTRIES]; /* by key, after the visit */
__u64 sum;                      /* of all values, added in the context */
__u32 seen_map_id;              /* of the map that the last call was passed */

static long visit_element(struct bpf_map *map, __u32 *key, __u64 *value, __u64 *context)
{
	calls++;
	seen_map_id = map->id;
	*value += 1;
	*context += *value;
	values[*key % FOR_EACH_ENTRIES] = *value;
	return calls == stop_after;
}

static __always_inline long visit_all(void *map)
{
	__u64 context = sum;
	long count = bpf_for_each_map_elem(map, visit_element, &context, flags);

	sum = context;
	return count;
}

SEC("raw_tp")
int visit_hash(void *ctx)
{
	return visit_all(&hash);
}

SEC("raw_tp")
int visit_array(void *ctx)
{
	return visit_all(&array);
}

SEC("raw_tp")
int visit_percpu_array(void *ctx)
{
	return visit_all(&percpu_array);
}

SEC("raw_tp")
int visit_percpu_hash(void *ctx)
{
	return visit_all(&percpu_hash);
}

/* Deletes each element that it visits, if its key is odd. */
static long delete_odd(struct bpf_map *map, __u32 *key, __u64 *value, void *context)
{
	__u32 copy = *key;

	if (copy % 2)
		bpf_map_delete_elem(map, &copy);
	return 0;
}

SEC("raw_tp")
int delete_in_hash(void *ctx)
{
	return bpf_for_each_map_elem(&hash, delete_odd, NULL, 0);
}

char _license[] SEC("license") = "GPL";
