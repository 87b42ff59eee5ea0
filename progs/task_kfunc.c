// SPDX-License-Identifier: GPL-2.0-only
/* Finds tasks by their ids, keeps one in a map, and asks for its cgroups. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

__s32 pid;
__u64 cgroup_id;

/* What was found. */
bool was_found;
__s32 found_pid, found_tgid;
long is_below;

static void note(struct task_struct *task)
{
	was_found = true;
	found_pid = task->pid;
	found_tgid = task->tgid;
}

SEC("syscall")
int by_pid(void *ctx)
{
	struct task_struct *task = bpf_task_from_pid(pid);

	was_found = false;
	if (!task)
		return 0;
	note(task);
	bpf_task_release(task);
	return 0;
}

/* The id in the pid namespace of the task that runs this. */
SEC("syscall")
int by_vpid(void *ctx)
{
	struct task_struct *task = bpf_task_from_vpid(pid);

	was_found = false;
	if (!task)
		return 0;
	note(task);
	bpf_task_release(task);
	return 0;
}

struct kept {
	struct task_struct __kptr *task;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kept);
} tasks SEC(".maps");

/* Returns 1 if the map had a task before. */
SEC("syscall")
int keep(void *ctx)
{
	struct task_struct *task = bpf_task_from_pid(pid), *old;
	struct kept *kept, nothing = {};
	__u32 key = 0;

	if (!task)
		return 2;
	bpf_map_update_elem(&tasks, &key, &nothing, BPF_NOEXIST);
	kept = bpf_map_lookup_elem(&tasks, &key);
	if (!kept) {
		bpf_task_release(task);
		return 3;
	}
	old = bpf_kptr_xchg(&kept->task, task);
	if (!old)
		return 0;
	note(old);
	bpf_task_release(old);
	return 1;
}

/* The task in the map may have ended: then no reference to it can be had any more. */
SEC("syscall")
int look(void *ctx)
{
	struct task_struct *task, *own = NULL;
	struct kept *kept;
	__u32 key = 0;

	was_found = false;
	kept = bpf_map_lookup_elem(&tasks, &key);
	if (!kept)
		return 3;
	bpf_rcu_read_lock();
	task = kept->task;
	if (task)
		own = bpf_task_acquire(task);
	bpf_rcu_read_unlock();
	if (!own)
		return 0;
	note(own);
	bpf_task_release(own);
	return 0;
}

SEC("syscall")
int under_cgroup(void *ctx)
{
	struct cgroup *cgroup = bpf_cgroup_from_id(cgroup_id);
	struct task_struct *task;

	if (!cgroup)
		return 1;
	task = bpf_task_from_pid(pid);
	if (task) {
		is_below = bpf_task_under_cgroup(task, cgroup);
		bpf_task_release(task);
	}
	bpf_cgroup_release(cgroup);
	return task ? 0 : 2;
}

char _license[] SEC("license") = "GPL";
