// SPDX-License-Identifier: GPL-2.0-only
/* Goes over numbers, bits, threads, mappings and cgroups, and keeps what each iterator has met. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "iters.h"

/* How the iterator was made, how many things it has met, and the first of them. */
__s32 made;
__u32 met;
__u64 kept[ITERS_KEPT], kept_ends[ITERS_KEPT];

static void keep(__u64 thing)
{
	if (met < ITERS_KEPT)
		kept[met] = thing;
	met++;
}

__s32 start, end;

SEC("syscall")
int numbers(void *ctx)
{
	struct bpf_iter_num it;
	int *number;

	made = bpf_iter_num_new(&it, start, end);
	while ((number = bpf_iter_num_next(&it)))
		keep(*number);
	bpf_iter_num_destroy(&it);
	return 0;
}

/* Leaves the loop early, and begins a second one. */
SEC("syscall")
int stop_early(void *ctx)
{
	struct bpf_iter_num outer, inner;
	int *i, *k;

	made = bpf_iter_num_new(&outer, start, end);
	while ((i = bpf_iter_num_next(&outer))) {
		if (*i == 4)
			break;
		bpf_iter_num_new(&inner, 0, *i);
		while ((k = bpf_iter_num_next(&inner)))
			keep(*i * 10 + *k);
		bpf_iter_num_destroy(&inner);
	}
	bpf_iter_num_destroy(&outer);
	return 0;
}

__u64 words[2];
__u32 words_cnt;

SEC("syscall")
int bits(void *ctx)
{
	struct bpf_iter_bits it;
	int *bit;

	made = bpf_iter_bits_new(&it, words, words_cnt);
	while ((bit = bpf_iter_bits_next(&it)))
		keep(*bit);
	bpf_iter_bits_destroy(&it);
	return 0;
}

__u32 task_flags;
__s32 own_tgid; /* only threads of this process are kept */
__u32 met_others;

SEC("syscall")
int tasks(void *ctx)
{
	struct task_struct *task, *current = bpf_get_current_task_btf();
	struct bpf_iter_task it;

	bpf_rcu_read_lock();
	made = bpf_iter_task_new(&it, current, task_flags);
	while ((task = bpf_iter_task_next(&it))) {
		if (task->tgid == own_tgid)
			keep(task->pid);
		else
			met_others++;
	}
	bpf_iter_task_destroy(&it);
	bpf_rcu_read_unlock();
	return 0;
}

__u64 address;

SEC("raw_tp")
int mappings(void *ctx)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct bpf_iter_task_vma it;
	struct vm_area_struct *vma;

	made = bpf_iter_task_vma_new(&it, current, address);
	while ((vma = bpf_iter_task_vma_next(&it))) {
		if (met < ITERS_KEPT)
			kept_ends[met] = vma->vm_end;
		keep(vma->vm_start);
	}
	bpf_iter_task_vma_destroy(&it);
	return 0;
}

__u64 cgroup_id;
__u32 cgroup_flags;

SEC("syscall")
int cgroups(void *ctx)
{
	struct cgroup *cgroup = bpf_cgroup_from_id(cgroup_id);
	struct cgroup_subsys_state *css;
	struct bpf_iter_css it;

	if (!cgroup)
		return 1;
	bpf_rcu_read_lock();
	made = bpf_iter_css_new(&it, &cgroup->self, cgroup_flags);
	while ((css = bpf_iter_css_next(&it)))
		keep(css->cgroup->kn->id);
	bpf_iter_css_destroy(&it);
	bpf_rcu_read_unlock();
	bpf_cgroup_release(cgroup);
	return 0;
}

char _license[] SEC("license") = "GPL";
