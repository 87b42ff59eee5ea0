// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that the verifier must refuse because they use files or their dynptrs wrongly.
 *
 * Three of them have the names of the same cases in the kernel's suite and no description, so that
 * test lists for that suite select them.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf_misc.h"

char content[64];

SEC("lsm/file_open")
__failure
__msg("Unreleased reference id=")
int BPF_PROG(on_nanosleep_unreleased_ref, struct file *file)
{
	struct bpf_dynptr dynptr;

	bpf_dynptr_from_file(file, 0, &dynptr);
	return 0;
}

SEC("lsm/file_open")
__failure
__description("negative: dynptr not discarded where it could not be made")
__msg("Unreleased reference id=")
int BPF_PROG(dynptr_not_discarded_on_error, struct file *file)
{
	struct bpf_dynptr dynptr;

	if (bpf_dynptr_from_file(file, 0, &dynptr))
		return 0;
	bpf_dynptr_file_discard(&dynptr);
	return 0;
}

SEC("lsm/file_open")
__failure
__description("negative: dynptr used after it was discarded")
__msg("Expected an initialized dynptr")
int BPF_PROG(dynptr_used_after_discard, struct file *file)
{
	struct bpf_dynptr dynptr;

	bpf_dynptr_from_file(file, 0, &dynptr);
	bpf_dynptr_file_discard(&dynptr);
	bpf_dynptr_read(content, sizeof(content), &dynptr, 0, 0);
	return 0;
}

SEC("lsm/file_open")
__failure
__description("negative: dynptr discarded twice")
__msg("Expected an initialized dynptr")
int BPF_PROG(dynptr_discarded_twice, struct file *file)
{
	struct bpf_dynptr dynptr;

	bpf_dynptr_from_file(file, 0, &dynptr);
	bpf_dynptr_file_discard(&dynptr);
	bpf_dynptr_file_discard(&dynptr);
	return 0;
}

SEC("lsm/file_open")
__failure
__description("negative: dynptr released as if it were of a ring buffer")
__msg("Expected a dynptr of type ringbuf as")
int BPF_PROG(dynptr_released_as_ringbuf, struct file *file)
{
	struct bpf_dynptr dynptr;

	bpf_dynptr_from_file(file, 0, &dynptr);
	bpf_ringbuf_discard_dynptr(&dynptr, 0);
	return 0;
}

SEC("xdp")
__failure
__msg("Expected a dynptr of type file as")
int xdp_wrong_dynptr_type(struct xdp_md *ctx)
{
	struct bpf_dynptr packet;

	bpf_dynptr_from_xdp(ctx, 0, &packet);
	bpf_dynptr_file_discard(&packet);
	return XDP_PASS;
}

SEC("xdp")
__failure
__msg("Expected an initialized dynptr as")
int xdp_no_dynptr_type(struct xdp_md *ctx)
{
	struct bpf_dynptr nothing;

	bpf_dynptr_file_discard(&nothing);
	return XDP_PASS;
}

SEC("lsm/file_open")
__failure
__description("negative: dynptr written over")
__msg("cannot overwrite referenced dynptr")
int BPF_PROG(dynptr_written_over, struct file *file)
{
	struct bpf_dynptr dynptr;

	bpf_dynptr_from_file(file, 0, &dynptr);
	*(volatile __u64 *)&dynptr = 0;
	bpf_dynptr_file_discard(&dynptr);
	return 0;
}

SEC("lsm/file_open")
__failure
__description("negative: dynptr made where there is one already")
__msg("cannot overwrite referenced dynptr")
int BPF_PROG(dynptr_made_twice, struct file *file)
{
	struct bpf_dynptr dynptr;

	bpf_dynptr_from_file(file, 0, &dynptr);
	bpf_dynptr_from_file(file, 0, &dynptr);
	bpf_dynptr_file_discard(&dynptr);
	return 0;
}

SEC("lsm/file_open")
__failure
__description("negative: file not put")
__msg("Unreleased reference id=")
int BPF_PROG(file_not_put, struct file *file)
{
	struct file *executable = bpf_get_task_exe_file(bpf_get_current_task_btf());
	struct bpf_dynptr dynptr;

	if (!executable)
		return 0;
	bpf_dynptr_from_file(executable, 0, &dynptr);
	bpf_dynptr_file_discard(&dynptr);
	return 0;
}

SEC("lsm/file_open")
__failure
__description("negative: file may be NULL")
__msg("Possibly NULL pointer passed to trusted")
int BPF_PROG(file_may_be_null, struct file *file)
{
	struct file *executable = bpf_get_task_exe_file(bpf_get_current_task_btf());
	struct bpf_dynptr dynptr;

	bpf_dynptr_from_file(executable, 0, &dynptr);
	bpf_dynptr_file_discard(&dynptr);
	if (executable)
		bpf_put_file(executable);
	return 0;
}

SEC("lsm/file_open")
__failure
__description("negative: slice written to")
__msg("cannot write into rdonly_mem")
int BPF_PROG(slice_written_to, struct file *file)
{
	struct bpf_dynptr dynptr;
	char *slice;

	bpf_dynptr_from_file(file, 0, &dynptr);
	slice = bpf_dynptr_slice(&dynptr, 0, content, sizeof(content));
	if (slice)
		slice[0] = 1;
	bpf_dynptr_file_discard(&dynptr);
	return 0;
}

SEC("lsm/file_open")
__failure
__description("negative: slice may be NULL")
__msg("invalid mem access 'rdonly_mem_or_null'")
int BPF_PROG(slice_may_be_null, struct file *file)
{
	struct bpf_dynptr dynptr;
	char *slice;

	bpf_dynptr_from_file(file, 0, &dynptr);
	slice = bpf_dynptr_slice(&dynptr, 0, content, sizeof(content));
	content[0] = slice[1];
	bpf_dynptr_file_discard(&dynptr);
	return 0;
}

SEC("lsm/file_open")
__failure
__description("negative: slice read behind its end")
__msg("invalid access to memory, mem_size=64 off=64 size=1")
int BPF_PROG(slice_read_behind_end, struct file *file)
{
	struct bpf_dynptr dynptr;
	char *slice;

	bpf_dynptr_from_file(file, 0, &dynptr);
	slice = bpf_dynptr_slice(&dynptr, 0, content, sizeof(content));
	if (slice)
		content[0] = slice[sizeof(content)];
	bpf_dynptr_file_discard(&dynptr);
	return 0;
}

char _license[] SEC("license") = "GPL";
