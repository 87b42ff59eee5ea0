// SPDX-License-Identifier: GPL-2.0-only
/* Does not let one process open one file, or its child execute the file. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define EPERM  1
#define EACCES 13

__u32 own_tgid;
__u64 inode_number;
__u64 device; /* in the kernel's internal form: s_dev */

__u64 opens;
__u64 execs;

static bool is_the_file(struct file *file)
{
	return file->f_inode->i_ino == inode_number && file->f_inode->i_sb->s_dev == device;
}

SEC("lsm/file_open")
int BPF_PROG(refuse_open, struct file *file)
{
	if (bpf_get_current_pid_tgid() >> 32 != own_tgid || !is_the_file(file))
		return 0;
	opens++;
	return -EPERM;
}

/* The test executes the file in a child, which is known by its parent. */
SEC("lsm/bprm_check_security")
int BPF_PROG(refuse_exec, struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (task->real_parent->tgid != own_tgid || !is_the_file(bprm->file))
		return 0;
	execs++;
	return -EACCES;
}

char _license[] SEC("license") = "GPL";
