// SPDX-License-Identifier: GPL-2.0-only
/* Each program calls one helper for packets with what the test gives, and returns its result. */

/* The layout of __sk_buff is fixed, see progs/prog_run_opts.c. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

__u32 offset;
__u32 header; /* where offsets begin: BPF_HDR_START_* */
__s32 change; /* of a length */
__u32 mode;   /* of a change of room */
__u64 flags;
__u32 old_value;
__u32 new_value;
__u32 protocol;
__u32 buffer;

SEC("tc")
int load_bytes(struct __sk_buff *skb)
{
	return bpf_skb_load_bytes(skb, offset, &buffer, sizeof(buffer));
}

SEC("tc")
int load_bytes_relative(struct __sk_buff *skb)
{
	return bpf_skb_load_bytes_relative(skb, offset, &buffer, sizeof(buffer), header);
}

SEC("tc")
int store_bytes(struct __sk_buff *skb)
{
	return bpf_skb_store_bytes(skb, offset, &buffer, sizeof(buffer), flags);
}

SEC("tc")
int l3_csum_replace(struct __sk_buff *skb)
{
	return bpf_l3_csum_replace(skb, offset, old_value, new_value, flags);
}

SEC("tc")
int l4_csum_replace(struct __sk_buff *skb)
{
	return bpf_l4_csum_replace(skb, offset, old_value, new_value, flags);
}

__u32 from[2], to[2];
bool removes, adds; /* that there is something in from, in to */
__u32 seed;
__s64 difference;

SEC("tc")
int csum_diff(struct __sk_buff *skb)
{
	difference =
		bpf_csum_diff(from, removes ? sizeof(from) : 0, to, adds ? sizeof(to) : 0, seed);
	return 0;
}

struct {
	__be16 protocol;
	__u16 control;
} outer_tag, inner_tag;
__u32 vlan_present;
__u32 vlan_tci;
__u32 vlan_proto;
__u32 length;

static void record_vlan(struct __sk_buff *skb)
{
	vlan_present = skb->vlan_present;
	vlan_tci = skb->vlan_tci;
	vlan_proto = skb->vlan_proto;
	length = skb->len;
}

SEC("tc")
int vlan_push(struct __sk_buff *skb)
{
	int err = bpf_skb_vlan_push(skb, outer_tag.protocol, outer_tag.control);

	record_vlan(skb);
	return err;
}

/* Pushes two tags, of which the first moves into the packet. */
SEC("tc")
int vlan_push_twice(struct __sk_buff *skb)
{
	int err = bpf_skb_vlan_push(skb, inner_tag.protocol, inner_tag.control) ?:
			  bpf_skb_vlan_push(skb, outer_tag.protocol, outer_tag.control);

	record_vlan(skb);
	return err;
}

SEC("tc")
int vlan_pop(struct __sk_buff *skb)
{
	int err = bpf_skb_vlan_pop(skb);

	record_vlan(skb);
	return err;
}

SEC("tc")
int change_head(struct __sk_buff *skb)
{
	return bpf_skb_change_head(skb, change, flags);
}

SEC("tc")
int change_tail(struct __sk_buff *skb)
{
	return bpf_skb_change_tail(skb, change, flags);
}

SEC("tc")
int change_proto(struct __sk_buff *skb)
{
	int err = bpf_skb_change_proto(skb, protocol, flags);

	protocol = skb->protocol;
	return err;
}

__u32 type_before;
__u32 type_after;

SEC("tc")
int change_type(struct __sk_buff *skb)
{
	int err;

	type_before = skb->pkt_type;
	err = bpf_skb_change_type(skb, new_value);
	type_after = skb->pkt_type;
	return err;
}

SEC("tc")
int adjust_room(struct __sk_buff *skb)
{
	return bpf_skb_adjust_room(skb, change, mode, flags);
}

__u32 first_hash;
__u32 set_hash;
__u32 last_hash;

SEC("tc")
int hash(struct __sk_buff *skb)
{
	first_hash = bpf_get_hash_recalc(skb);
	bpf_set_hash(skb, new_value);
	set_hash = bpf_get_hash_recalc(skb);
	bpf_set_hash_invalid(skb);
	last_hash = bpf_get_hash_recalc(skb);
	return 0;
}

SEC("tc")
int ecn_set_ce(struct __sk_buff *skb)
{
	return bpf_skb_ecn_set_ce(skb);
}

SEC("tc")
int pull_data(struct __sk_buff *skb)
{
	return bpf_skb_pull_data(skb, change);
}

struct bpf_tunnel_key tunnel_key;
struct bpf_tunnel_key found_key;
__u8 tunnel_option[8];
struct {
	__u8 bytes[8];
	__u8 behind;
} found_option;
__s32 missing_key_result;
__s32 set_key_result;
__s32 set_option_result;
__s32 get_option_result;

static __noinline int get_key(struct __sk_buff *skb)
{
	return bpf_skb_get_tunnel_key(skb, &found_key, sizeof(found_key), 0);
}

SEC("tc")
int tunnel(struct __sk_buff *skb)
{
	missing_key_result = get_key(skb);
	set_key_result = bpf_skb_set_tunnel_key(skb, &tunnel_key, sizeof(tunnel_key), flags);
	set_option_result = bpf_skb_set_tunnel_opt(skb, tunnel_option, sizeof(tunnel_option));
	get_option_result =
		bpf_skb_get_tunnel_opt(skb, found_option.bytes, sizeof(found_option.bytes));
	return get_key(skb);
}

char _license[] SEC("license") = "GPL";
