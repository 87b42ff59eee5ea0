// SPDX-License-Identifier: GPL-2.0-only
/* Global functions that return nothing: their only effect is a change of memory. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "bpf_misc.h"

__u64 cell;

__noinline void store(int value)
{
	cell = value;
}

SEC("tc")
__description("void: stores")
__success
__retval(42)
int void_stores(struct __sk_buff *skb)
{
	store(42);
	return cell;
}

char _license[] SEC("license") = "GPL";
