// SPDX-License-Identifier: GPL-2.0-only
/* Calls the kfuncs for dynptrs: of memory, of a packet in an skb, of a packet at XDP. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "dynptr_kfuncs.h"

char memory[MEMORY_BYTES], other_memory[MEMORY_BYTES];

/* The arguments of a run. */
__u64 make_flags;
__u64 start, end;
__u64 offset, from_offset, size;
__u8 value;

/* The results. */
__s32 made, err;
struct dynptr_facts facts, facts_of_clone;
char seen[4];
bool has_slice, is_buffer, is_rdonly;

static __always_inline void note(const struct bpf_dynptr *ptr, struct dynptr_facts *to)
{
	to->size = bpf_dynptr_size(ptr);
	to->is_null = bpf_dynptr_is_null(ptr);
}

/* Narrows one of two dynptrs of the same memory. */
SEC("syscall")
int adjust(void *ctx)
{
	struct bpf_dynptr ptr, clone;

	made = bpf_dynptr_from_mem(memory, sizeof(memory), make_flags, &ptr);
	bpf_dynptr_clone(&ptr, &clone);
	err = bpf_dynptr_adjust(&ptr, start, end);
	note(&ptr, &facts);
	note(&clone, &facts_of_clone);
	bpf_dynptr_read(seen, sizeof(seen), &ptr, 0, 0);
	return 0;
}

SEC("syscall")
int copy(void *ctx)
{
	struct bpf_dynptr to, from;

	bpf_dynptr_from_mem(memory, sizeof(memory), 0, &to);
	bpf_dynptr_from_mem(other_memory, sizeof(other_memory), 0, &from);
	err = bpf_dynptr_copy(&to, offset, &from, from_offset, size);
	return 0;
}

SEC("syscall")
int copy_within(void *ctx)
{
	struct bpf_dynptr to, from;

	bpf_dynptr_from_mem(memory, sizeof(memory), 0, &to);
	bpf_dynptr_clone(&to, &from);
	err = bpf_dynptr_copy(&to, offset, &from, from_offset, size);
	return 0;
}

SEC("syscall")
int fill(void *ctx)
{
	struct bpf_dynptr ptr;

	bpf_dynptr_from_mem(memory, sizeof(memory), 0, &ptr);
	err = bpf_dynptr_memset(&ptr, offset, size, value);
	return 0;
}

/* Reads through a slice, which is the packet itself, or the buffer if that was not possible. */
SEC("tc")
int slice_of_skb(struct __sk_buff *skb)
{
	struct bpf_dynptr ptr;
	char buffer[4] = {}, *slice;

	made = bpf_dynptr_from_skb(skb, make_flags, &ptr);
	note(&ptr, &facts);
	is_rdonly = bpf_dynptr_is_rdonly(&ptr);
	slice = bpf_dynptr_slice(&ptr, offset, buffer, sizeof(buffer));
	has_slice = slice;
	is_buffer = slice == buffer;
	if (slice)
		__builtin_memcpy(seen, slice, sizeof(seen));
	err = bpf_dynptr_write(&ptr, offset, &value, sizeof(value), 0);
	return 0;
}

/* A program of this type may not write to the packet. */
SEC("socket")
int read_only(struct __sk_buff *skb)
{
	struct bpf_dynptr ptr;

	made = bpf_dynptr_from_skb(skb, 0, &ptr);
	is_rdonly = bpf_dynptr_is_rdonly(&ptr);
	err = bpf_dynptr_write(&ptr, offset, &value, sizeof(value), 0);
	return 0;
}

SEC("xdp")
int slice_of_xdp(struct xdp_md *xdp)
{
	struct bpf_dynptr ptr;
	char buffer[4] = {}, *slice;

	made = bpf_dynptr_from_xdp(xdp, make_flags, &ptr);
	note(&ptr, &facts);
	slice = bpf_dynptr_slice_rdwr(&ptr, offset, buffer, sizeof(buffer));
	has_slice = slice;
	is_buffer = slice == buffer;
	if (slice) {
		__builtin_memcpy(seen, slice, sizeof(seen));
		slice[1] = value;
	}
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
