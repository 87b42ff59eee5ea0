// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs at tracepoints of system calls, one for each way of attaching. They count the calls of
 * getpgid() by one thread with one argument.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "tracepoint.h"

__u32 own_tid;
__u64 marker;
__s64 number; /* of the system call */

__u64 calls[TRACEPOINT_PROGRAMS];
__s64 returned;
__u64 cookie;
__u64 run_arguments[2];
__u32 run_cpu;

static bool is_own(void)
{
	return (__u32)bpf_get_current_pid_tgid() == own_tid;
}

static bool is_marked(struct pt_regs *regs)
{
	return PT_REGS_PARM1_CORE_SYSCALL(regs) == marker;
}

SEC("raw_tp/sys_enter")
int enter_raw(struct bpf_raw_tracepoint_args *ctx)
{
	if (is_own() && ctx->args[1] == number && is_marked((struct pt_regs *)ctx->args[0]))
		calls[ENTER_RAW]++;
	return 0;
}

SEC("raw_tp/sys_exit")
int exit_raw(struct bpf_raw_tracepoint_args *ctx)
{
	/* The registers still have the argument. The place of the number depends on the arch. */
	if (!is_own() || !is_marked((struct pt_regs *)ctx->args[0]))
		return 0;
	calls[EXIT_RAW]++;
	returned = ctx->args[1];
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(enter_btf, struct pt_regs *regs, long id)
{
	if (is_own() && id == number && is_marked(regs))
		calls[ENTER_BTF]++;
	return 0;
}

/* The event's format has the common fields, the system call number and the arguments. */
SEC("tp/syscalls/sys_enter_getpgid")
int enter_event(struct syscall_trace_enter *ctx)
{
	if (!is_own() || ctx->args[0] != marker)
		return 0;
	calls[ENTER_EVENT]++;
	cookie = bpf_get_attach_cookie(ctx);
	return 0;
}

/* A second program at the same event. */
SEC("tp/syscalls/sys_enter_getpgid")
int enter_event_again(struct syscall_trace_enter *ctx)
{
	if (is_own() && ctx->args[0] == marker)
		calls[ENTER_EVENT_AGAIN]++;
	return 0;
}

/* Only for test_run: records its arguments and the CPU. */
SEC("raw_tp/sys_enter")
int run_raw(struct bpf_raw_tracepoint_args *ctx)
{
	calls[RUN_RAW]++;
	run_arguments[0] = ctx->args[0];
	run_arguments[1] = ctx->args[1];
	run_cpu = bpf_get_smp_processor_id();
	return RUN_RAW_RETURNS;
}

char _license[] SEC("license") = "GPL";
