// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kfuncs for dynptrs: a narrowed one and its clone, copies, filled memory, and slices of packets, each
 * within its bounds.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/dynptr_kfuncs.h"
#include "dynptr_kfuncs.skel.h"

#define PACKET_BYTES 64

static void number(char *memory, int first)
{
	for (int i = 0; i < MEMORY_BYTES; i++)
		memory[i] = first + i;
}

static void try_adjust(struct dynptr_kfuncs *skel, __u64 start, __u64 end)
{
	skel->bss->start = start;
	skel->bss->end = end;
	skel->bss->err = 1;
	skel->bss->facts.size = UINT64_MAX;
	skel->bss->facts_of_clone.size = UINT64_MAX;
	memset(skel->bss->seen, 0, sizeof(skel->bss->seen));
	ASSERT_EQ(test_run(skel->progs.adjust), 0, "run");
}

/* Positions count from the begin of the dynptr, and the end does not belong to it. */
static void adjust(struct dynptr_kfuncs *skel)
{
	number(skel->bss->memory, 1);
	try_adjust(skel, 3, 17);
	ASSERT_EQ(skel->bss->made, 0, "made");
	ASSERT_EQ(skel->bss->err, 0, "adjust");
	ASSERT_EQ(skel->bss->facts.size, 14, "size");
	ASSERT_EQ(skel->bss->facts_of_clone.size, MEMORY_BYTES, "size of the clone");
	ASSERT_MEMEQ(skel->bss->seen, "\4\5\6\7", 4, "first bytes");
	ASSERT_EQ(skel->bss->facts.is_null, false, "null");
	try_adjust(skel, 5, 5);
	ASSERT_EQ(skel->bss->err, 0, "adjust to nothing");
	ASSERT_EQ(skel->bss->facts.size, 0, "size of nothing");
	ASSERT_MEMEQ(skel->bss->seen, "\0\0\0\0", 4, "nothing was read");
	try_adjust(skel, MEMORY_BYTES, MEMORY_BYTES);
	ASSERT_EQ(skel->bss->err, 0, "adjust to the end");
	try_adjust(skel, 0, MEMORY_BYTES + 1);
	ASSERT_EQ(skel->bss->err, -ERANGE, "end behind the end");
	ASSERT_EQ(skel->bss->facts.size, MEMORY_BYTES, "size after the refusal");
	try_adjust(skel, MEMORY_BYTES + 1, MEMORY_BYTES + 1);
	ASSERT_EQ(skel->bss->err, -ERANGE, "begin behind the end");
	try_adjust(skel, 6, 5);
	ASSERT_EQ(skel->bss->err, -EINVAL, "begin behind the end of the new one");
}

/* A dynptr that could not be made is null; kfuncs refuse it. */
static void null(struct dynptr_kfuncs *skel)
{
	skel->bss->make_flags = 1;
	try_adjust(skel, 0, 1);
	ASSERT_EQ(skel->bss->made, -EINVAL, "made");
	ASSERT_EQ(skel->bss->err, -EINVAL, "adjust");
	ASSERT_EQ(skel->bss->facts.is_null, true, "null");
	ASSERT_EQ(skel->bss->facts_of_clone.is_null, true, "null: the clone");
	/* Before 7.0, the kfunc returned 32 bits. */
	ASSERT_EQ((int)skel->bss->facts.size, -EINVAL, "size");
}

static void try_copy(struct dynptr_kfuncs *skel, const struct bpf_program *program, __u64 offset,
		     __u64 from_offset, __u64 size, int err)
{
	skel->bss->offset = offset;
	skel->bss->from_offset = from_offset;
	skel->bss->size = size;
	skel->bss->err = 1;
	number(skel->bss->memory, 1);
	number(skel->bss->other_memory, 101);
	ASSERT_EQ(test_run(program), 0, "run");
	ASSERT_EQ(skel->bss->err, err, "copy");
}

static void copy(struct dynptr_kfuncs *skel)
{
	const struct bpf_program *program = skel->progs.copy;
	const char *memory = skel->bss->memory;

	try_copy(skel, program, 2, 5, 3, 0);
	ASSERT_MEMEQ(memory, "\1\2\152\153\154\6", 6, "memory");
	try_copy(skel, program, MEMORY_BYTES - 1, MEMORY_BYTES - 1, 1, 0);
	ASSERT_EQ((unsigned char)memory[MEMORY_BYTES - 1], 101 + MEMORY_BYTES - 1, "last byte");
	ASSERT_EQ(memory[MEMORY_BYTES - 2], MEMORY_BYTES - 1, "the byte before it");
	try_copy(skel, program, MEMORY_BYTES - 2, 0, 3, -E2BIG);
	try_copy(skel, program, 0, MEMORY_BYTES - 2, 3, -E2BIG);
	ASSERT_EQ(memory[0], 1, "memory after the refusals");
	/* Source and destination overlap. */
	try_copy(skel, skel->progs.copy_within, 2, 0, 4, 0);
	ASSERT_MEMEQ(memory, "\1\2\1\2\3\4\7", 7, "moved up");
	try_copy(skel, skel->progs.copy_within, MEMORY_BYTES - 2, 0, 3, -E2BIG);
	try_copy(skel, skel->progs.copy_within, 0, 2, 4, 0);
	ASSERT_MEMEQ(memory, "\3\4\5\6\5\6\7", 7, "moved down");
}

static void try_fill(struct dynptr_kfuncs *skel, __u64 offset, __u64 size, int err)
{
	skel->bss->offset = offset;
	skel->bss->size = size;
	skel->bss->err = 1;
	skel->bss->value = 0xaa;
	number(skel->bss->memory, 1);
	ASSERT_EQ(test_run(skel->progs.fill), 0, "run");
	ASSERT_EQ(skel->bss->err, err, "fill");
}

static void fill(struct dynptr_kfuncs *skel)
{
	const char *memory = skel->bss->memory;

	try_fill(skel, 1, 3, 0);
	ASSERT_MEMEQ(memory, "\1\xaa\xaa\xaa\5", 5, "memory");
	try_fill(skel, 0, MEMORY_BYTES, 0);
	ASSERT_EQ((unsigned char)memory[MEMORY_BYTES - 1], 0xaa, "last byte");
	try_fill(skel, MEMORY_BYTES - 1, 2, -E2BIG);
	ASSERT_EQ(memory[MEMORY_BYTES - 1], MEMORY_BYTES, "last byte after the refusal");
}

static int run_packet(struct dynptr_kfuncs *skel, const struct bpf_program *program, __u64 offset,
		      char *after)
{
	char packet[PACKET_BYTES];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .data_out = after, .data_size_out = PACKET_BYTES);

	for (int i = 0; i < PACKET_BYTES; i++)
		packet[i] = i + 1;
	skel->bss->offset = offset;
	skel->bss->value = 0x77;
	memset(skel->bss->seen, 0, sizeof(skel->bss->seen));
	skel->bss->facts.size = UINT64_MAX;
	skel->bss->is_buffer = true;
	return test_run_opts(program, &opts);
}

/* Of both kinds of packets the dynptr has all bytes, and a slice of its end has as many as there are. */
static void check_packet(struct dynptr_kfuncs *skel, const struct bpf_program *program,
			 int returned, int written)
{
	char after[PACKET_BYTES];

	skel->bss->make_flags = 0;
	ASSERT_EQ(run_packet(skel, program, 20, after), returned, "value returned");
	ASSERT_EQ(skel->bss->made, 0, "made");
	ASSERT_EQ(skel->bss->facts.size, PACKET_BYTES, "size");
	ASSERT_EQ(skel->bss->facts.is_null, false, "null");
	ASSERT_EQ(skel->bss->has_slice, true, "slice");
	ASSERT_EQ(skel->bss->is_buffer, false, "the slice is the packet itself");
	ASSERT_MEMEQ(skel->bss->seen, "\25\26\27\30", 4, "bytes of the slice");
	ASSERT_EQ(after[written], 0x77, "byte that was written");
	ASSERT_EQ(after[written + 1], written + 2, "byte behind it");
	run_packet(skel, program, PACKET_BYTES - 4, after);
	ASSERT_MEMEQ(skel->bss->seen, "\75\76\77\100", 4, "last bytes");
	run_packet(skel, program, PACKET_BYTES - 3, after);
	ASSERT_EQ(skel->bss->has_slice, false, "slice behind the end");
	skel->bss->make_flags = 1;
	run_packet(skel, program, 20, after);
	ASSERT_EQ(skel->bss->made, -EINVAL, "flag");
	ASSERT_EQ(skel->bss->facts.is_null, true, "null with a flag");
	ASSERT_EQ(skel->bss->has_slice, false, "slice of null");
}

static void skb(struct dynptr_kfuncs *skel)
{
	char after[PACKET_BYTES];

	skel->bss->is_rdonly = true;
	check_packet(skel, skel->progs.slice_of_skb, 0, 20);
	ASSERT_EQ(skel->bss->is_rdonly, false, "read-only");
	ASSERT_EQ(skel->bss->err, -EINVAL, "write to null");
	skel->bss->make_flags = 0;
	run_packet(skel, skel->progs.slice_of_skb, PACKET_BYTES - 1, after);
	ASSERT_EQ(skel->bss->err, 0, "write the last byte");
	ASSERT_EQ(after[PACKET_BYTES - 1], 0x77, "last byte");
	run_packet(skel, skel->progs.slice_of_skb, PACKET_BYTES, after);
	ASSERT_EQ(skel->bss->err, -E2BIG, "write behind the end");
}

static void read_only(struct dynptr_kfuncs *skel)
{
	char after[PACKET_BYTES];

	skel->bss->made = 1;
	ASSERT_EQ(run_packet(skel, skel->progs.read_only, 3, after), 0, "value returned");
	ASSERT_EQ(skel->bss->made, 0, "made");
	ASSERT_EQ(skel->bss->is_rdonly, true, "read-only");
	ASSERT_EQ(skel->bss->err, -EINVAL, "write");
}

static void xdp(struct dynptr_kfuncs *skel)
{
	check_packet(skel, skel->progs.slice_of_xdp, XDP_PASS, 21);
}

TEST_NEEDS(dynptr_kfuncs, NEED_BTF, NEED_KFUNC("bpf_dynptr_copy", "6.15"),
	   NEED_KFUNC("bpf_dynptr_memset", "6.17"));

void test_dynptr_kfuncs(void)
{
	static const struct {
		const char *name;
		void (*run)(struct dynptr_kfuncs *skel);
	} subtests[] = {
		{ "adjust", adjust },       { "null", null }, { "copy", copy }, { "fill", fill },
		{ "read_only", read_only }, { "skb", skb },   { "xdp", xdp },
	};

	RUN_SKEL_SUBTESTS(dynptr_kfuncs, subtests);
}
