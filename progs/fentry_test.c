// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs at the entry of the kernel's test functions (net/bpf/test_run.c): they record the
 * arguments and the number of calls by one process.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define FUNCTIONS     6
#define MAX_ARGUMENTS 6

__u32 own_tgid;
__u64 calls[FUNCTIONS];
__u64 arguments[FUNCTIONS][MAX_ARGUMENTS];

static bool is_own(void)
{
	return bpf_get_current_pid_tgid() >> 32 == own_tgid;
}

SEC("fentry/bpf_fentry_test1")
int BPF_PROG(enter_1, int a)
{
	if (!is_own())
		return 0;
	calls[0]++;
	arguments[0][0] = a;
	return 0;
}

SEC("fentry/bpf_fentry_test2")
int BPF_PROG(enter_2, int a, __u64 b)
{
	if (!is_own())
		return 0;
	calls[1]++;
	arguments[1][0] = a;
	arguments[1][1] = b;
	return 0;
}

SEC("fentry/bpf_fentry_test3")
int BPF_PROG(enter_3, char a, int b, __u64 c)
{
	if (!is_own())
		return 0;
	calls[2]++;
	arguments[2][0] = (unsigned char)a;
	arguments[2][1] = b;
	arguments[2][2] = c;
	return 0;
}

SEC("fentry/bpf_fentry_test4")
int BPF_PROG(enter_4, void *a, char b, int c, __u64 d)
{
	if (!is_own())
		return 0;
	calls[3]++;
	arguments[3][0] = (__u64)a;
	arguments[3][1] = (unsigned char)b;
	arguments[3][2] = c;
	arguments[3][3] = d;
	return 0;
}

SEC("fentry/bpf_fentry_test5")
int BPF_PROG(enter_5, __u64 a, void *b, short c, int d, __u64 e)
{
	if (!is_own())
		return 0;
	calls[4]++;
	arguments[4][0] = a;
	arguments[4][1] = (__u64)b;
	arguments[4][2] = c;
	arguments[4][3] = d;
	arguments[4][4] = e;
	return 0;
}

SEC("fentry/bpf_fentry_test6")
int BPF_PROG(enter_6, __u64 a, void *b, short c, int d, void *e, __u64 f)
{
	if (!is_own())
		return 0;
	calls[5]++;
	arguments[5][0] = a;
	arguments[5][1] = (__u64)b;
	arguments[5][2] = c;
	arguments[5][3] = d;
	arguments[5][4] = (__u64)e;
	arguments[5][5] = f;
	return 0;
}

char _license[] SEC("license") = "GPL";
