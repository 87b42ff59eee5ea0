// SPDX-License-Identifier: GPL-2.0-only
/* Calls the helper for queues and stacks that the caller asks for, and returns its result. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "queue_stack_map.h"

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, QUEUE_STACK_ENTRIES);
	__type(value, __u64);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, QUEUE_STACK_ENTRIES);
	__type(value, __u64);
} stack SEC(".maps");

struct queue_stack_order order;
__u64 found_value;

/* Inlined, so that each call of a helper is for one known map. */
static __always_inline int operate_on(void *map)
{
	__u64 value = order.value;

	switch (order.operation) {
	case QUEUE_STACK_PUSH:
		return bpf_map_push_elem(map, &value, order.flags);
	case QUEUE_STACK_POP:
		return bpf_map_pop_elem(map, &found_value);
	default:
		return bpf_map_peek_elem(map, &found_value);
	}
}

SEC("raw_tp")
int operate(void *ctx)
{
	return order.in_stack ? operate_on(&stack) : operate_on(&queue);
}

char _license[] SEC("license") = "GPL";
