// SPDX-License-Identifier: GPL-2.0-only
/* Writes a record for each task that the iterator visits: tgid and pid, 32 bits each. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

__u64 ends;

SEC("iter/task")
int dump_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u32 record[2];

	if (!task) {
		ends++;
		return 0;
	}
	record[0] = task->tgid;
	record[1] = task->pid;
	bpf_seq_write(ctx->meta->seq, record, sizeof(record));
	return 0;
}

char _license[] SEC("license") = "GPL";
