// SPDX-License-Identifier: GPL-2.0-only
/* Egress programs that record the order in which they run; one can refuse packets. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "cgroup_link.h"

__u64 runs[CGROUP_PROGRAMS];
__u64 bytes[CGROUP_PROGRAMS];
/* The programs that ran, in order. Only one thread sends packets. */
struct {
	__u32 programs[CGROUP_ORDER_MAX];
	__u32 behind; /* nothing writes here */
} order;
__u32 order_count;
/* A bool would not do: the verifier would not know that !refuse is 0 or 1. */
__u32 refuse;

static void note(struct __sk_buff *skb, enum cgroup_program program)
{
	__u32 at = order_count;

	runs[program]++;
	bytes[program] += skb->len;
	if (at < CGROUP_ORDER_MAX)
		order.programs[at] = program;
	order_count = at + 1;
}

SEC("cgroup_skb/egress")
int parent_first(struct __sk_buff *skb)
{
	note(skb, PARENT_FIRST);
	return 1;
}

SEC("cgroup_skb/egress")
int parent_second(struct __sk_buff *skb)
{
	note(skb, PARENT_SECOND);
	return 1;
}

SEC("cgroup_skb/egress")
int child_first(struct __sk_buff *skb)
{
	note(skb, CHILD_FIRST);
	return refuse ? 0 : 1;
}

SEC("cgroup_skb/egress")
int child_second(struct __sk_buff *skb)
{
	note(skb, CHILD_SECOND);
	return 1;
}

char _license[] SEC("license") = "GPL";
