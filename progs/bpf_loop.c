// SPDX-License-Identifier: GPL-2.0-only
/* Calls a function a number of times, alone and within another loop, and records its calls. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

__u32 iterations;
__u32 stop_at;
__u64 flags;
__u32 calls;
__u64 index_sum;
__u64 context_sum;

static long add(__u64 index, __u64 *sum)
{
	calls++;
	index_sum += index;
	*sum += 3;
	return index == stop_at;
}

SEC("raw_tp")
int loop(void *ctx)
{
	__u64 sum = 0;
	long ret = bpf_loop(iterations, add, &sum, flags);

	context_sum = sum;
	return ret;
}

static long count(__u64 index, void *context)
{
	calls++;
	return 0;
}

SEC("raw_tp")
int loop_without_context(void *ctx)
{
	return bpf_loop(iterations, count, NULL, 0);
}

/* Runs as many inner loops as the index says, so that the calls grow with its square. */
static long inner_loop(__u64 index, __u64 *sum)
{
	*sum += bpf_loop(index, count, NULL, 0);
	return 0;
}

SEC("raw_tp")
int nested_loops(void *ctx)
{
	__u64 sum = 0;
	long ret = bpf_loop(iterations, inner_loop, &sum, 0);

	context_sum = sum;
	return ret;
}

/* The callback is chosen when the program runs. */
__u32 choose_other;

static long add_twice(__u64 index, __u64 *sum)
{
	calls++;
	*sum += 6;
	return 0;
}

SEC("raw_tp")
int loop_over_chosen(void *ctx)
{
	long (*callback)(__u64 index, __u64 *sum) = add;
	__u64 sum = 0;
	long ret;

	if (choose_other)
		callback = add_twice;
	ret = bpf_loop(iterations, callback, &sum, 0);
	context_sum = sum;
	return ret;
}

char _license[] SEC("license") = "GPL";
