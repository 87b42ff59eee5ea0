// SPDX-License-Identifier: GPL-2.0-only
/*
 * Static and global subprograms, called with values that the verifier does not know. It verifies a
 * static one at each call, with the caller's state, and a global one by itself, for all values.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "subprogs.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} cells SEC(".maps");

struct subprogs_input input;
struct subprogs_output output;

static __noinline __u64 static_sum(__u64 a, __u64 b, __u64 c, __u64 d, __u64 e)
{
	return a + 10 * b + 100 * c + 1000 * d + 10000 * e;
}

__noinline int global_sum(int a, int b, int c, int d, int e)
{
	return a + 10 * b + 100 * c + 1000 * d + 10000 * e;
}

/* Has a stack frame of its own, and writes to its caller's. */
static __noinline int static_inner(int depth, int *sum)
{
	volatile int local[4] = { depth, depth + 1, depth + 2, depth + 3 };

	*sum += local[depth & 3];
	return local[(depth + 1) & 3];
}

static __noinline int static_outer(int depth, int *sum)
{
	volatile int local = depth * 7;
	int inner = static_inner(depth, sum);

	return inner + local;
}

/* The memory at the pointer has the size of its type, or the pointer is NULL. */
__noinline int global_shift(struct subprogs_pair *pair, int value)
{
	if (!pair)
		return -value;
	pair->first += value;
	pair->second -= value;
	return value * 2;
}

/* A global function that calls another global function and a static one. */
__noinline int global_of_global(int value)
{
	return global_sum(value, 1, 2, 3, 4) + (int)static_sum(value, 0, 0, 0, 0);
}

/* The verifier knows what the returned pointer of a helper points to. */
static __noinline __u64 *static_lookup(__u32 key)
{
	return bpf_map_lookup_elem(&cells, &key);
}

__noinline int global_add(int value)
{
	__u64 *cell = static_lookup(0);

	if (!cell)
		return 0;
	*cell += value;
	return *cell;
}

SEC("syscall")
int call_all(void *ctx)
{
	struct subprogs_pair pair = { input.a, input.b };
	int sum = input.a;

	output.static_sum = static_sum(input.a, input.b, input.c, input.d, input.e);
	output.global_sum = global_sum(input.a, input.b, input.c, input.d, input.e);
	output.nested = static_outer(input.b, &sum);
	output.nested_sum = sum;
	output.shifted = global_shift(&pair, input.c);
	output.pair = pair;
	output.shifted_null = global_shift(NULL, input.c);
	output.global_of_global = global_of_global(input.d);
	output.cell = global_add(input.e);
	return 0;
}

char _license[] SEC("license") = "GPL";
