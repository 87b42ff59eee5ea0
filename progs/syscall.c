// SPDX-License-Identifier: GPL-2.0-only
/* A program that makes bpf(2) system calls itself, finds BTF types and kernel symbols. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

__s32 map_fd;
__u32 key;
__u64 value;
__u32 key_bytes; /* of the map that is created */
__u32 command;   /* BPF_MAP_CREATE, or one that programs may not call */

/* Returns the descriptor of a new map, in the table of the process that runs the program. */
SEC("syscall")
int create_map(void *ctx)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_HASH,
		.key_size = key_bytes,
		.value_size = 8,
		.max_entries = 3,
	};

	return bpf_sys_bpf(command, &attr, sizeof(attr));
}

SEC("syscall")
int update_map(void *ctx)
{
	union bpf_attr attr = {
		.map_fd = map_fd,
		.key = (__u64)&key,
		.value = (__u64)&value,
		.flags = BPF_NOEXIST,
	};

	return bpf_sys_bpf(BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr));
}

SEC("syscall")
int close_descriptor(void *ctx)
{
	return bpf_sys_close(map_fd);
}

char name[16];
__u32 kind;
__u64 flags;
__s64 found; /* id of the type, and above it the descriptor of a module's BTF */

SEC("syscall")
int find_type(void *ctx)
{
	found = bpf_btf_find_by_name_kind(name, sizeof(name), kind, flags);
	return 0;
}

struct {
	char name[32];
	char behind;
} symbol;
__u64 address;

SEC("syscall")
int find_symbol(void *ctx)
{
	return bpf_kallsyms_lookup_name(symbol.name, sizeof(symbol.name), flags, &address);
}

struct order {
	__u32 number;
	__u32 result;
};

/* What the program writes to its context comes back. */
SEC("syscall")
int square(struct order *order)
{
	order->result = order->number * order->number;
	return order->number + 1;
}

char _license[] SEC("license") = "GPL";
