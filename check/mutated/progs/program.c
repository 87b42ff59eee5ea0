// SPDX-License-Identifier: GPL-2.0-only
/* A program for tests of --mutate. The tests of tests.c see more or less of what it does. */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

/* Set by the test before a run. */
__u64 input;

/* The results of a run. */
__u64 sum;
bool is_big;
__u32 runs;

SEC("tc")
int describe(struct __sk_buff *skb)
{
	sum = input + 7;
	is_big = input > 1000;
	runs++;
	return input & 3;
}

/* No test runs it. */
SEC("tc")
int idle(struct __sk_buff *skb)
{
	sum = input * 3;
	return 0;
}

char _license[] SEC("license") = "GPL";
