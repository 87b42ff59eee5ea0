// SPDX-License-Identifier: GPL-2.0-only
/* Reads and writes the memory of the calling process, and reads that of the kernel. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "probe_user.h"

__u64 address;
__u32 size; /* bytes to read */
char buffer[PROBE_USER_BYTES];

/* The size that the verifier can follow: at most that of the buffer. */
static __always_inline __u32 size_of_read(void)
{
	__u32 bytes = size;

	return bytes > sizeof(buffer) ? sizeof(buffer) : bytes;
}

SEC("raw_tp")
int read_user(void *ctx)
{
	return bpf_probe_read_user(buffer, size_of_read(), (void *)address);
}

SEC("raw_tp")
int read_user_str(void *ctx)
{
	return bpf_probe_read_user_str(buffer, size_of_read(), (void *)address);
}

SEC("raw_tp")
int read_kernel(void *ctx)
{
	return bpf_probe_read_kernel(buffer, size_of_read(), (void *)address);
}

SEC("raw_tp")
int read_kernel_str(void *ctx)
{
	return bpf_probe_read_kernel_str(buffer, size_of_read(), (void *)address);
}

SEC("raw_tp")
int write_user(void *ctx)
{
	return bpf_probe_write_user((void *)address, buffer, PROBE_USER_WRITTEN);
}

/* The sleepable ones, which can bring in a page from the disk. */
SEC("syscall")
int copy_from_user(void *ctx)
{
	return bpf_copy_from_user(buffer, size_of_read(), (void *)address);
}

__u64 task_flags;

SEC("syscall")
int copy_from_user_task(void *ctx)
{
	return bpf_copy_from_user_task(buffer, size_of_read(), (void *)address,
				       bpf_get_current_task_btf(), task_flags);
}

/* The text that read_kernel() and read_kernel_str() read. */
char kernel_text[] = "in the kernel";

SEC("raw_tp")
int find_kernel_text(void *ctx)
{
	address = (__u64)kernel_text;
	return 0;
}

char _license[] SEC("license") = "GPL";
