// SPDX-License-Identifier: GPL-2.0-only
/* Finds, makes and deletes the storage of the running task. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define ENOENT 2

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} storage SEC(".maps");

__u64 flags;
__u64 initial_value;
__u64 found_value;

/* Returns -ENOENT without a storage; else records its value, and increments it. */
SEC("raw_tp")
int count(void *ctx)
{
	__u64 initial = initial_value, *value;

	value = bpf_task_storage_get(&storage, bpf_get_current_task_btf(), &initial, flags);
	if (!value)
		return -ENOENT;
	found_value = *value;
	*value += 1;
	return 0;
}

SEC("raw_tp")
int forget(void *ctx)
{
	return bpf_task_storage_delete(&storage, bpf_get_current_task_btf());
}

char _license[] SEC("license") = "GPL";
