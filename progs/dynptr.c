// SPDX-License-Identifier: GPL-2.0-only
/* Reads and writes memory through dynptrs: of a variable, and of a record in a ring buffer. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "dynptr.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

/* The memory of the first kind. */
char memory[DYNPTR_BYTES];
__u32 offset;
__u64 flags;
__u64 make_flags;
char buffer[8];

SEC("raw_tp")
int read_memory(void *ctx)
{
	struct bpf_dynptr ptr;
	int err = bpf_dynptr_from_mem(memory, sizeof(memory), 0, &ptr);

	return err ?: bpf_dynptr_read(buffer, sizeof(buffer), &ptr, offset, flags);
}

SEC("raw_tp")
int write_memory(void *ctx)
{
	struct bpf_dynptr ptr;
	int err = bpf_dynptr_from_mem(memory, sizeof(memory), 0, &ptr);

	return err ?: bpf_dynptr_write(&ptr, offset, buffer, sizeof(buffer), flags);
}

/*
 * Returns 1 if the slice is there: then its first byte is incremented in place. If no dynptr was
 * made, returns the error.
 */
SEC("raw_tp")
int slice_of_memory(void *ctx)
{
	struct bpf_dynptr ptr;
	char *slice;
	int err = bpf_dynptr_from_mem(memory, sizeof(memory), make_flags, &ptr);

	slice = bpf_dynptr_data(&ptr, offset, 8);
	if (!slice)
		return err;
	slice[0]++;
	return 1;
}

__u32 record_bytes;
__u32 discard;
__s32 write_result;

/*
 * Makes a record of any size, with the buffer at the offset. A dynptr without memory must be given
 * back as well.
 */
SEC("raw_tp")
int make_record(void *ctx)
{
	struct bpf_dynptr ptr;
	int err = bpf_ringbuf_reserve_dynptr(&ring, record_bytes, 0, &ptr);

	write_result = bpf_dynptr_write(&ptr, offset, buffer, sizeof(buffer), 0);
	if (discard)
		bpf_ringbuf_discard_dynptr(&ptr, 0);
	else
		bpf_ringbuf_submit_dynptr(&ptr, 0);
	return err;
}

char _license[] SEC("license") = "GPL";
