// SPDX-License-Identifier: GPL-2.0-only
/* Finds, makes and deletes the storage of the cgroup that the running task is in. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define ENOENT 2

struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
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
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 initial = initial_value, *value;

	value = bpf_cgrp_storage_get(&storage, task->cgroups->dfl_cgrp, &initial, flags);
	if (!value)
		return -ENOENT;
	found_value = *value;
	*value += 1;
	return 0;
}

SEC("raw_tp")
int forget(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return bpf_cgrp_storage_delete(&storage, task->cgroups->dfl_cgrp);
}

char _license[] SEC("license") = "GPL";
