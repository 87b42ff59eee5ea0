// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that the verifier must refuse because they use a dynptr after its file was put, or a
 * slice after its dynptr was discarded. Kernels before 7.2 load them, see SUBTEST_NEEDS() in
 * prog_tests/file_reader.c.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf_misc.h"

char content[64];

SEC("lsm/file_open")
__failure
__msg("Leaking reference id=")
int BPF_PROG(use_file_dynptr_after_put_file, struct file *file)
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
__msg("Leaking reference id=")
int BPF_PROG(use_file_dynptr_slice_after_put_file, struct file *file)
{
	struct file *executable = bpf_get_task_exe_file(bpf_get_current_task_btf());
	struct bpf_dynptr dynptr;
	char *slice;

	if (!executable)
		return 0;
	bpf_dynptr_from_file(executable, 0, &dynptr);
	slice = bpf_dynptr_slice(&dynptr, 0, content, sizeof(content));
	bpf_put_file(executable);
	if (slice)
		content[0] = slice[1];
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
