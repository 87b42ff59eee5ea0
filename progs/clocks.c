// SPDX-License-Identifier: GPL-2.0-only
/* Reads all clocks, and a random number. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

__u64 monotonic_ns;
__u64 boot_ns;
__u64 coarse_ns;
__u64 tai_ns;
__u64 jiffies;
__u32 random;

SEC("raw_tp")
int read_clocks(void *ctx)
{
	monotonic_ns = bpf_ktime_get_ns();
	boot_ns = bpf_ktime_get_boot_ns();
	tai_ns = bpf_ktime_get_tai_ns();
	jiffies = bpf_jiffies64();
	random = bpf_get_prandom_u32();
	return 0;
}

SEC("cgroup_skb/egress")
int read_coarse_clock(struct __sk_buff *skb)
{
	coarse_ns = bpf_ktime_get_coarse_ns();
	return 1;
}

char _license[] SEC("license") = "GPL";
