// SPDX-License-Identifier: GPL-2.0-only
/* Programs that call each other by tail calls. Each one counts its runs. */

/* __sk_buff has a fixed layout, and the verifier accepts only constant offsets into a context. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "tailcalls.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, TAILCALL_ENTRIES);
	__type(key, __u32);
	__type(value, __u32);
} chain SEC(".maps"), at_tracepoint SEC(".maps");

__u64 runs[TAILCALL_PROGRAMS];
__u64 fell_through;
__u32 start_index;

__u32 own_tid;
__u64 marker;
__s64 number; /* of the system call */

SEC("tc")
int entry(struct __sk_buff *skb)
{
	runs[TAILCALL_ENTRY]++;
	bpf_tail_call(skb, &chain, start_index);
	fell_through++;
	return TAILCALL_ENTRY_RETURNS;
}

SEC("tc")
int first(struct __sk_buff *skb)
{
	runs[TAILCALL_FIRST]++;
	bpf_tail_call_static(skb, &chain, TAILCALL_SECOND);
	fell_through++;
	return TAILCALL_FIRST;
}

SEC("tc")
int second(struct __sk_buff *skb)
{
	runs[TAILCALL_SECOND]++;
	bpf_tail_call_static(skb, &chain, TAILCALL_THIRD);
	fell_through++;
	return TAILCALL_SECOND;
}

SEC("tc")
int third(struct __sk_buff *skb)
{
	runs[TAILCALL_THIRD]++;
	return TAILCALL_THIRD;
}

/* Calls itself until the kernel's limit is reached. */
SEC("tc")
int self(struct __sk_buff *skb)
{
	runs[TAILCALL_SELF]++;
	bpf_tail_call_static(skb, &chain, TAILCALL_SELF);
	fell_through++;
	return TAILCALL_SELF;
}

static __noinline int call_chain(struct __sk_buff *skb)
{
	int result = TAILCALL_FELL_THROUGH;

	bpf_tail_call_static(skb, &chain, TAILCALL_FIRST);
	/* Hide the value: the chain's last program returns instead of this function. */
	barrier_var(result);
	return result;
}

/* The last program of the chain, called instead of the subprogram, returns to here. */
SEC("?tc")
int entry_with_subprogram(struct __sk_buff *skb)
{
	int result = call_chain(skb);

	runs[TAILCALL_ENTRY]++;
	return TAILCALL_SUBPROGRAM_RETURNS + result;
}

/* Acts only on getpgid() by one thread, with one argument. */
SEC("?raw_tp/sys_enter")
int at_sys_enter(struct bpf_raw_tracepoint_args *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx->args[0];

	if ((__u32)bpf_get_current_pid_tgid() != own_tid || ctx->args[1] != number ||
	    PT_REGS_PARM1_CORE_SYSCALL(regs) != marker)
		return 0;
	runs[TAILCALL_ENTRY]++;
	bpf_tail_call_static(ctx, &at_tracepoint, 0);
	fell_through++;
	return 0;
}

SEC("raw_tp/sys_enter")
int called_first(struct bpf_raw_tracepoint_args *ctx)
{
	runs[TAILCALL_FIRST]++;
	return 0;
}

SEC("raw_tp/sys_enter")
int called_second(struct bpf_raw_tracepoint_args *ctx)
{
	runs[TAILCALL_SECOND]++;
	return 0;
}

char _license[] SEC("license") = "GPL";
