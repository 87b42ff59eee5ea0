// SPDX-License-Identifier: GPL-2.0-only
/* Which argument of a helper has its flags: from the comments in the kernel's uapi/linux/bpf.h (7.3). */
#include <linux/bpf.h>
#include <stddef.h>

#include "runner/mutation/flag_arguments.h"

static const struct {
	short helper;
	short argument;
} flag_arguments[] = {
	/* clang-format off */
	{ BPF_FUNC_map_update_elem, 4 },     { BPF_FUNC_map_push_elem, 3 },
	{ BPF_FUNC_perf_event_output, 3 },   { BPF_FUNC_perf_event_read, 2 },
	{ BPF_FUNC_perf_event_read_value, 2 }, { BPF_FUNC_skb_output, 3 },
	{ BPF_FUNC_xdp_output, 3 },          { BPF_FUNC_skb_store_bytes, 5 },
	{ BPF_FUNC_l3_csum_replace, 5 },     { BPF_FUNC_l4_csum_replace, 5 },
	{ BPF_FUNC_clone_redirect, 3 },      { BPF_FUNC_redirect, 2 },
	{ BPF_FUNC_redirect_map, 3 },        { BPF_FUNC_redirect_neigh, 4 },
	{ BPF_FUNC_redirect_peer, 2 },       { BPF_FUNC_get_stackid, 3 },
	{ BPF_FUNC_get_stack, 4 },           { BPF_FUNC_get_task_stack, 4 },
	{ BPF_FUNC_skb_get_tunnel_key, 4 },  { BPF_FUNC_skb_set_tunnel_key, 4 },
	{ BPF_FUNC_skb_change_proto, 3 },    { BPF_FUNC_skb_change_tail, 3 },
	{ BPF_FUNC_skb_change_head, 3 },     { BPF_FUNC_skb_adjust_room, 4 },
	{ BPF_FUNC_sk_redirect_map, 4 },     { BPF_FUNC_msg_redirect_map, 4 },
	{ BPF_FUNC_msg_redirect_hash, 4 },   { BPF_FUNC_sk_redirect_hash, 4 },
	{ BPF_FUNC_sock_hash_update, 4 },    { BPF_FUNC_sock_map_update, 4 },
	{ BPF_FUNC_msg_push_data, 4 },       { BPF_FUNC_msg_pop_data, 4 },
	{ BPF_FUNC_msg_pull_data, 4 },       { BPF_FUNC_fib_lookup, 4 },
	{ BPF_FUNC_sk_lookup_tcp, 5 },       { BPF_FUNC_sk_lookup_udp, 5 },
	{ BPF_FUNC_skc_lookup_tcp, 5 },      { BPF_FUNC_sk_select_reuseport, 4 },
	{ BPF_FUNC_sk_assign, 3 },           { BPF_FUNC_sk_storage_get, 4 },
	{ BPF_FUNC_inode_storage_get, 4 },   { BPF_FUNC_task_storage_get, 4 },
	{ BPF_FUNC_cgrp_storage_get, 4 },    { BPF_FUNC_ringbuf_output, 4 },
	{ BPF_FUNC_ringbuf_submit, 2 },      { BPF_FUNC_ringbuf_discard, 2 },
	{ BPF_FUNC_ringbuf_query, 2 },       { BPF_FUNC_ringbuf_submit_dynptr, 2 },
	{ BPF_FUNC_ringbuf_discard_dynptr, 2 }, { BPF_FUNC_user_ringbuf_drain, 4 },
	{ BPF_FUNC_strtol, 3 },              { BPF_FUNC_strtoul, 3 },
	{ BPF_FUNC_sysctl_get_name, 4 },     { BPF_FUNC_load_hdr_opt, 4 },
	{ BPF_FUNC_snprintf_btf, 5 },        { BPF_FUNC_seq_printf_btf, 4 },
	{ BPF_FUNC_check_mtu, 5 },           { BPF_FUNC_for_each_map_elem, 4 },
	{ BPF_FUNC_loop, 4 },                { BPF_FUNC_timer_init, 3 },
	{ BPF_FUNC_timer_start, 3 },         { BPF_FUNC_bprm_opts_set, 2 },
	{ BPF_FUNC_copy_from_user_task, 5 }, { BPF_FUNC_dynptr_write, 5 },
	/* clang-format on */
};

int flag_arguments__register(int helper)
{
	size_t i;

	for (i = 0; i < sizeof(flag_arguments) / sizeof(flag_arguments[0]); i++) {
		if (flag_arguments[i].helper == helper)
			return flag_arguments[i].argument;
	}
	return 0;
}
