// SPDX-License-Identifier: GPL-2.0-only
/* Records what helpers say about the running task, its CPU and its cgroups. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define COMM_BYTES 16

__u64 pid_tgid;
__u64 uid_gid;
struct {
	char name[COMM_BYTES];
	char behind; /* the helper fills the name with zeros up to its end */
} comm;
__s32 comm_result;
char short_comm[4];
__u32 cpu;
__s32 numa_node;
__u64 cgroup_id;
__s32 ancestor_level;
__u64 ancestor_id;
__u32 tgid_of_task;     /* through bpf_get_current_task() */
__u32 tgid_of_task_btf; /* through bpf_get_current_task_btf() */

SEC("raw_tp")
int identity(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	pid_tgid = bpf_get_current_pid_tgid();
	uid_gid = bpf_get_current_uid_gid();
	comm_result = bpf_get_current_comm(comm.name, sizeof(comm.name));
	bpf_get_current_comm(short_comm, sizeof(short_comm));
	tgid_of_task = BPF_CORE_READ(task, tgid);
	tgid_of_task_btf = bpf_get_current_task_btf()->tgid;
	return 0;
}

SEC("raw_tp")
int place(void *ctx)
{
	cpu = bpf_get_smp_processor_id();
	numa_node = bpf_get_numa_node_id();
	return 0;
}

SEC("raw_tp")
int cgroups(void *ctx)
{
	cgroup_id = bpf_get_current_cgroup_id();
	ancestor_id = bpf_get_current_ancestor_cgroup_id(ancestor_level);
	return 0;
}

__u64 namespace_device;
__u64 namespace_inode;
struct bpf_pidns_info in_namespace;

SEC("raw_tp")
int pid_in_namespace(void *ctx)
{
	return bpf_get_ns_current_pid_tgid(namespace_device, namespace_inode, &in_namespace,
					   sizeof(in_namespace));
}

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} cgroup_array SEC(".maps");

__u32 cgroup_index;

SEC("raw_tp")
int is_under_cgroup(void *ctx)
{
	return bpf_current_task_under_cgroup(&cgroup_array, cgroup_index);
}

char _license[] SEC("license") = "GPL";
