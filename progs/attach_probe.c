// SPDX-License-Identifier: GPL-2.0-only
/* Probes of a kernel function and of a function of the test; they count two processes' calls. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define CALLERS 2

/* The test itself, and its child. */
__u32 caller_tgid[CALLERS];

__u64 kprobe_calls[CALLERS];
__u64 kretprobe_calls[CALLERS];
__u64 uprobe_calls[CALLERS];
__u64 uretprobe_calls[CALLERS];

__u64 kprobe_argument;
__u64 kretprobe_value;
__u64 uprobe_arguments[2];
__u64 uretprobe_value;
__u64 cookie;

static bool count_call(__u64 *calls)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	for (int i = 0; i < CALLERS; i++) {
		if (tgid == caller_tgid[i]) {
			__sync_fetch_and_add(&calls[i], 1);
			return true;
		}
	}
	return false;
}

/* The section names no function, because the test attaches the programs itself. */
SEC("kprobe")
int BPF_KPROBE(enter_kernel, int argument)
{
	if (count_call(kprobe_calls)) {
		kprobe_argument = argument;
		cookie = bpf_get_attach_cookie(ctx);
	}
	return 0;
}

SEC("kretprobe")
int BPF_KRETPROBE(leave_kernel, int value)
{
	if (count_call(kretprobe_calls))
		kretprobe_value = value;
	return 0;
}

SEC("uprobe")
int BPF_UPROBE(enter_own, __u64 first, __u64 second)
{
	if (count_call(uprobe_calls)) {
		uprobe_arguments[0] = first;
		uprobe_arguments[1] = second;
		cookie = bpf_get_attach_cookie(ctx);
	}
	return 0;
}

SEC("uretprobe")
int BPF_URETPROBE(leave_own, __u64 value)
{
	if (count_call(uretprobe_calls))
		uretprobe_value = value;
	return 0;
}

/*
 * Never attached: a test_run of it calls bpf_fentry_test1 to 10 in the calling task. It is only
 * loaded if the kernel has kprobes: without kprobes, it may not have fentry either.
 */
SEC("?fentry/bpf_fentry_test2")
int BPF_PROG(trigger)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
