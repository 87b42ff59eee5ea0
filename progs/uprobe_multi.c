// SPDX-License-Identifier: GPL-2.0-only
/* Counts the hits of every probed function, by process and kind of probe. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "uprobe_multi.h"

/* Up to 6.19, these two kfuncs had no argument. */
extern bool bpf_session_is_return___without_context(void) __weak __ksym;
extern __u64 *bpf_session_cookie___without_context(void) __weak __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, struct hit_key);
	__type(value, struct hit_sum);
} hits SEC(".maps");

__u32 tgids[UPROBE_MULTI_PROCESSES];

static bool is_own(__u32 tgid)
{
	for (int i = 0; i < UPROBE_MULTI_PROCESSES; i++)
		if (tgids[i] == tgid)
			return true;
	return false;
}

/* @session_cookie: only for PROBE_SESSION_RETURN */
static void count(struct pt_regs *ctx, __u32 kind, __u64 session_cookie)
{
	struct hit_key key = {
		.address = bpf_get_func_ip(ctx),
		.tgid = bpf_get_current_pid_tgid() >> 32,
		.kind = kind,
	};
	struct hit_sum none = {}, *sum;

	if (!is_own(key.tgid))
		return;
	bpf_map_update_elem(&hits, &key, &none, BPF_NOEXIST);
	sum = bpf_map_lookup_elem(&hits, &key);
	if (!sum)
		return;
	__sync_fetch_and_add(&sum->hits, 1);
	__sync_fetch_and_add(&sum->cookies, bpf_get_attach_cookie(ctx));
	if (kind == PROBE_RETURN || kind == PROBE_SESSION_RETURN)
		__sync_fetch_and_add(&sum->results, (__s32)PT_REGS_RC(ctx));
	if (kind == PROBE_SESSION_RETURN)
		__sync_fetch_and_add(&sum->session_cookies, session_cookie);
}

SEC("uprobe.multi")
int count_entry(struct pt_regs *ctx)
{
	count(ctx, PROBE_ENTRY, 0);
	return 0;
}

SEC("uretprobe.multi")
int count_return(struct pt_regs *ctx)
{
	count(ctx, PROBE_RETURN, 0);
	return 0;
}

SEC("uprobe.multi.s")
int count_entry_sleepable(struct pt_regs *ctx)
{
	count(ctx, PROBE_SLEEPABLE, 0);
	return 0;
}

SEC("uprobe.session")
int count_session(struct pt_regs *ctx)
{
	__u64 *cookie;
	bool is_return;

	if (bpf_ksym_exists(bpf_session_is_return___without_context)) {
		is_return = bpf_session_is_return___without_context();
		cookie = bpf_session_cookie___without_context();
	} else {
		is_return = bpf_session_is_return(ctx);
		cookie = bpf_session_cookie(ctx);
	}
	if (is_return) {
		count(ctx, PROBE_SESSION_RETURN, *cookie);
		return 0;
	}
	count(ctx, PROBE_SESSION_ENTRY, 0);
	*cookie = SESSION_COOKIE(bpf_get_attach_cookie(ctx));
	return bpf_get_attach_cookie(ctx) & SESSION_WITHOUT_RETURN;
}

/* A program for a single uprobe, which a uprobe_multi link must refuse. */
SEC("uprobe")
int single(struct pt_regs *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
