// SPDX-License-Identifier: GPL-2.0-only
/* One program for each annotation, with an expectation that only this program meets. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "bpf_misc.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} values SEC(".maps");

SEC("socket")
__success
int accepted(struct __sk_buff *skb)
{
	return 0;
}

SEC("socket")
int accepted_without_annotation(struct __sk_buff *skb)
{
	return 0;
}

SEC("tc")
__description("return value: number")
__success
__retval(42)
int returns_number(struct __sk_buff *skb)
{
	return 42;
}

SEC("tc")
__description("return value: negative")
__retval(-7)
int returns_negative(struct __sk_buff *skb)
{
	return -7;
}

/* Returns the length of the loader's packet: this proves that the program ran on it. */
SEC("tc")
__description("return value: hexadecimal, the packet's length")
__retval(0x40)
int returns_length(struct __sk_buff *skb)
{
	return skb->len;
}

SEC("syscall")
__description("return value: without a packet")
__retval(3)
int returns_without_packet(void *ctx)
{
	return 3;
}

SEC("socket")
__description("rejected: the value may be NULL")
__failure
__msg("invalid mem access 'map_value_or_null'")
int value_may_be_null(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&values, &key);

	return *value;
}

SEC("socket")
__description("messages: in order, with a regular expression")
__failure
__msg("call bpf_map_lookup_elem{{(#1)?}}")
__msg("R{{[0-9]}} invalid mem access")
__msg("processed {{[0-9]+}} insns")
int messages_in_order(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&values, &key);

	return *value;
}

/* Level 4 has only the statistics, and no instructions. */
SEC("socket")
__description("log level: of a program that is accepted")
__success
__log_level(4)
__msg("processed {{[0-9]+}} insns")
int log_of_accepted(struct __sk_buff *skb)
{
	return 0;
}

SEC("tc")
__auxiliary
int loaded_along(struct __sk_buff *skb)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
