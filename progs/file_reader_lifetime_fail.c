// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the verifier must not let a program do with a dynptr whose file is gone, or with a slice
 * whose dynptr is gone. See negative_lifetimes() in prog_tests/file_reader.c for since when.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf_misc.h"

char content[64];

SEC("lsm/file_open")
__failure
__description("negative: dynptr outlives its file")
__msg("Leaking reference id=")
int BPF_PROG(dynptr_outlives_file, struct file *file)
{
	struct file *executable = bpf_get_task_exe_file(bpf_get_current_task_btf());
	struct bpf_dynptr dynptr;

	if (!executable)
		return 0;
	bpf_dynptr_from_file(executable, 0, &dynptr);
	bpf_put_file(executable);
	bpf_dynptr_read(content, sizeof(content), &dynptr, 0, 0);
	bpf_dynptr_file_discard(&dynptr);
	return 0;
}

SEC("lsm/file_open")
__failure
__description("negative: slice used after its dynptr was discarded")
__msg("invalid mem access 'scalar'")
int BPF_PROG(slice_used_after_discard, struct file *file)
{
	struct bpf_dynptr dynptr;
	char *slice;

	bpf_dynptr_from_file(file, 0, &dynptr);
	slice = bpf_dynptr_slice(&dynptr, 0, content, sizeof(content));
	bpf_dynptr_file_discard(&dynptr);
	if (slice)
		content[0] = slice[1];
	return 0;
}

char _license[] SEC("license") = "GPL";
