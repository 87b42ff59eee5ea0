// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads files through file dynptrs when the test opens a file.
 *
 * An LSM program may not sleep, so it can only read the page cache. The task work that it schedules
 * may sleep, and also reads from the disk. The caller of bpf_dynptr_from_file() decides which of
 * these a dynptr does. So both callers inline the same code.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "file_reader.h"

#define ENODATA 61

struct file_read_request request;
struct file_read_outcome outcome;
char content[FILE_READ_MAX_BYTES];
char slice_content[FILE_SLICE_BYTES];

/*
 * 6.18 and 6.19 have this kfunc only with the suffix _impl, and the caller passes the program's
 * aux. The name without the suffix came in 7.0, where the verifier adds this argument.
 */
extern int bpf_task_work_schedule_signal_impl(struct task_struct *task, struct bpf_task_work *work,
					      void *map__map, bpf_task_work_callback_t callback,
					      void *aux__prog) __weak __ksym;

struct pending_read {
	struct bpf_task_work work;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pending_read);
} pending_reads SEC(".maps");

static __always_inline void read_range(struct bpf_dynptr *dynptr)
{
	/* Read it only once, so that the value that is checked is the value that is used. */
	__u32 len_bytes = *(volatile unsigned int *)&request.len_bytes;
	__u64 offset = request.offset;
	void *slice;
	char byte = 0;

	if (len_bytes > sizeof(content))
		return;
	outcome.read = bpf_dynptr_read(content, len_bytes, dynptr, offset, 0);

	/* The kernel copies a slice of a file into the buffer (measured on 7.3). */
	slice = bpf_dynptr_slice(dynptr, offset, slice_content, sizeof(slice_content));
	outcome.sliced = slice ? 0 : -ENODATA;

	outcome.written = bpf_dynptr_write(dynptr, offset, &byte, sizeof(byte), 0);
}

static __always_inline void read_file(struct file *file)
{
	struct bpf_dynptr dynptr;

	outcome.from_file = bpf_dynptr_from_file(file, 0, &dynptr);
	if (!outcome.from_file) {
		if (request.adjust)
			outcome.adjusted = bpf_dynptr_adjust(&dynptr, request.start, request.end);
		outcome.size_bytes = bpf_dynptr_size(&dynptr);
		read_range(&dynptr);
	}
	/* Required even if no dynptr was made: the verifier does not consider the result. */
	bpf_dynptr_file_discard(&dynptr);
	__sync_fetch_and_add(&outcome.done, 1);
}

static __always_inline void read_executable(void)
{
	struct file *file = bpf_get_task_exe_file(bpf_get_current_task_btf());

	if (!file)
		return;
	read_file(file);
	bpf_put_file(file);
}

static __always_inline bool is_requested(struct file *file)
{
	if (bpf_get_current_pid_tgid() >> 32 != request.tgid ||
	    file->f_inode->i_ino != request.inode)
		return false;
	outcome.opened++;
	return true;
}

SEC("lsm/file_open")
int BPF_PROG(read_opened_file, struct file *file)
{
	if (is_requested(file))
		read_file(file);
	return 0;
}

SEC("lsm/file_open")
int BPF_PROG(read_executable_in_hook, struct file *file)
{
	if (is_requested(file))
		read_executable();
	return 0;
}

static int read_executable_in_task_work(struct bpf_map *map, void *key, void *value)
{
	read_executable();
	return 0;
}

SEC("lsm/file_open")
int BPF_PROG(schedule_read_of_executable, struct file *file)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pending_read *pending;
	__u32 key = 0;

	if (!is_requested(file))
		return 0;
	pending = bpf_map_lookup_elem(&pending_reads, &key);
	if (!pending)
		return 0;

	if (bpf_ksym_exists(bpf_task_work_schedule_signal))
		outcome.scheduled = bpf_task_work_schedule_signal(task, &pending->work,
								  &pending_reads,
								  read_executable_in_task_work);
	else
		outcome.scheduled =
			bpf_task_work_schedule_signal_impl(task, &pending->work, &pending_reads,
							   read_executable_in_task_work, NULL);
	return 0;
}

char _license[] SEC("license") = "GPL";
