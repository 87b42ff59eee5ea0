// SPDX-License-Identifier: GPL-2.0-only
/* Programs that write down in which order they see a packet, and say what becomes of it. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* A digit for each program that has seen the packet, the last one at the end. */
__u32 order;
__s32 verdicts[4];

static int see(int number)
{
	order = order * 10 + number;
	return verdicts[number];
}

SEC("tcx/ingress")
int first(struct __sk_buff *skb)
{
	return see(1);
}

SEC("tcx/ingress")
int second(struct __sk_buff *skb)
{
	return see(2);
}

SEC("tcx/ingress")
int third(struct __sk_buff *skb)
{
	return see(3);
}

SEC("tcx/egress")
int leave(struct __sk_buff *skb)
{
	order = order * 10 + 9;
	return verdicts[0];
}

char _license[] SEC("license") = "GPL";
