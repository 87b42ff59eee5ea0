// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tail calls: a chain, entries that are missing or replaced, and the limit on their number.
 */
#include <sys/syscall.h>

#include "test_progs.h"
#include "progs/tailcalls.h"
#include "testing_helpers.h"
#include "tailcalls.skel.h"

/* The kernel's MAX_TAIL_CALL_CNT; it applies to the interpreter and all JITs. */
#define LIMIT  33
/* A pid that no process can have: the limit is 4 Mi. */
#define MARKER 0x7b6c5d4e
/* The counts do not start at 0, to show that a program adds to them and does not set them. */
#define BEFORE 1000

static bool put(struct bpf_map *map, __u32 index, struct bpf_program *program)
{
	int fd = bpf_program__fd(program);

	return ASSERT_OK(bpf_map_update_elem(bpf_map__fd(map), &index, &fd, BPF_ANY), "put");
}

static bool put_chain(struct tailcalls *skel)
{
	return put(skel->maps.chain, TAILCALL_FIRST, skel->progs.first) &&
	       put(skel->maps.chain, TAILCALL_SECOND, skel->progs.second) &&
	       put(skel->maps.chain, TAILCALL_THIRD, skel->progs.third) &&
	       put(skel->maps.chain, TAILCALL_SELF, skel->progs.self);
}

static void reset_counts(struct tailcalls *skel)
{
	for (int i = 0; i < TAILCALL_PROGRAMS; i++)
		skel->bss->runs[i] = BEFORE;
	skel->bss->fell_through = BEFORE;
}

/* Resets all counts and runs @program; the program `entry` tail-calls the one at @index. */
static int run(struct tailcalls *skel, struct bpf_program *program, __u32 index)
{
	char packet[64] = {};

	reset_counts(skel);
	skel->bss->start_index = index;
	return test_run_packet(program, packet, sizeof(packet));
}

static void check_runs(struct tailcalls *skel, const __u64 expected[TAILCALL_PROGRAMS],
		       __u64 fell_through)
{
	for (int i = 0; i < TAILCALL_PROGRAMS; i++)
		ASSERT(skel->bss->runs[i] == BEFORE + expected[i], "runs",
		       "program %d ran %lld times, expected %llu", i,
		       (long long)skel->bss->runs[i] - BEFORE, expected[i]);
	ASSERT_EQ(skel->bss->fell_through - BEFORE, fell_through, "tail calls that did not happen");
}

/* A chain returns the value of its last program. Code after a successful tail call does not run. */
static void chain(struct tailcalls *skel)
{
	if (!put_chain(skel))
		return;
	ASSERT_EQ(run(skel, skel->progs.entry, TAILCALL_FIRST), TAILCALL_THIRD, "whole chain");
	check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ 1, 1, 1, 1 }, 0);
	ASSERT_EQ(run(skel, skel->progs.entry, TAILCALL_SECOND), TAILCALL_THIRD, "half of it");
	check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ 1, 0, 1, 1 }, 0);
}

static void missing(struct tailcalls *skel)
{
	__u32 index = TAILCALL_THIRD;
	int fd = bpf_map__fd(skel->maps.chain);

	ASSERT_EQ(run(skel, skel->progs.entry, TAILCALL_FIRST), TAILCALL_ENTRY_RETURNS, "empty");
	check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ 1 }, 1);
	ASSERT_EQ(bpf_map_delete_elem(fd, &index), -ENOENT, "delete what is not there");
	if (!put_chain(skel))
		return;
	ASSERT_EQ(run(skel, skel->progs.entry, TAILCALL_ENTRIES), TAILCALL_ENTRY_RETURNS,
		  "behind the last entry");
	check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ 1 }, 1);
	ASSERT_EQ(run(skel, skel->progs.entry, UINT32_MAX), TAILCALL_ENTRY_RETURNS, "highest");
	check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ 1 }, 1);

	ASSERT_OK(bpf_map_delete_elem(fd, &index), "delete");
	ASSERT_EQ(run(skel, skel->progs.entry, TAILCALL_FIRST), TAILCALL_SECOND, "end is missing");
	check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ 1, 1, 1 }, 1);
	if (put(skel->maps.chain, TAILCALL_THIRD, skel->progs.third)) {
		ASSERT_EQ(run(skel, skel->progs.entry, TAILCALL_FIRST), TAILCALL_THIRD, "put back");
		check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ 1, 1, 1, 1 }, 0);
	}
	index = TAILCALL_SECOND;
	ASSERT_OK(bpf_map_delete_elem(fd, &index), "delete");
	ASSERT_EQ(run(skel, skel->progs.entry, TAILCALL_FIRST), TAILCALL_FIRST,
		  "middle is missing");
	check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ 1, 1 }, 1);
}

/* The first call beyond the limit falls through. The first run is not a tail call. */
static void count(struct tailcalls *skel)
{
	if (!put_chain(skel))
		return;
	ASSERT_EQ(run(skel, skel->progs.self, 0), TAILCALL_SELF, "return value");
	check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ [TAILCALL_SELF] = LIMIT + 1 }, 1);
	/* The tail call from the program `entry` also counts. */
	ASSERT_EQ(run(skel, skel->progs.entry, TAILCALL_SELF), TAILCALL_SELF, "return value");
	check_runs(skel,
		   (__u64[TAILCALL_PROGRAMS]){
			   [TAILCALL_ENTRY] = 1,
			   [TAILCALL_SELF] = LIMIT,
		   },
		   1);
}

/* The map accepts only programs of its own type, at indexes below its size. */
static void refused(struct tailcalls *skel)
{
	int tracepoint = bpf_program__fd(skel->progs.called_first);
	int map = bpf_map__fd(skel->maps.chain);
	__u32 index = TAILCALL_FIRST, value;
	int program = bpf_program__fd(skel->progs.first);

	ASSERT_EQ(bpf_map_update_elem(map, &index, &tracepoint, BPF_ANY), -EINVAL, "another type");
	ASSERT_EQ(bpf_map_update_elem(map, &index, &map, BPF_ANY), -EINVAL, "a map");
	ASSERT_EQ(bpf_map_update_elem(map, &index, &program, BPF_NOEXIST), -EINVAL, "a flag");
	ASSERT_EQ(bpf_map_lookup_elem(map, &index, &value), -ENOENT, "nothing was put");
	index = TAILCALL_ENTRIES;
	ASSERT_EQ(bpf_map_update_elem(map, &index, &program, BPF_ANY), -E2BIG, "behind the last");
}

/* A program that a subprogram tail-calls returns to the caller of the subprogram. */
static void subprogram(struct tailcalls *skel)
{
	ASSERT_EQ(run(skel, skel->progs.entry_with_subprogram, 0),
		  TAILCALL_SUBPROGRAM_RETURNS + TAILCALL_FELL_THROUGH, "return value, empty");
	check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ 1 }, 0);
	if (!put_chain(skel))
		return;
	ASSERT_EQ(run(skel, skel->progs.entry_with_subprogram, 0),
		  TAILCALL_SUBPROGRAM_RETURNS + TAILCALL_THIRD, "return value");
	check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ 1, 1, 1, 1 }, 0);
}

struct call {
	struct tailcalls *skel;
	__u64 runs_before;
};

/* Returns whether the program ran. If it did, the test checks this call in spite of any skip. */
static bool make_call(void *context)
{
	const struct call *call = context;

	ASSERT_EQ(syscall(SYS_getpgid, MARKER), -1, "process group of no process");
	return call->skel->bss->runs[TAILCALL_ENTRY] != call->runs_before;
}

static void call(struct tailcalls *skel, const __u64 expected[TAILCALL_PROGRAMS],
		 __u64 fell_through)
{
	struct call call = { .skel = skel, .runs_before = skel->bss->runs[TAILCALL_ENTRY] };

	ASSERT_OK(call_until_counted(skel->obj, make_call, NULL, &call), "call without a miss");
	check_runs(skel, expected, fell_through);
}

/* The program must not act on the call of another process. */
static int call_as_child(void *context)
{
	return syscall(SYS_getpgid, MARKER) != -1;
}

static void update_while_attached(struct tailcalls *skel)
{
	struct bpf_map *map = skel->maps.at_tracepoint;
	__u32 index = 0;

	reset_counts(skel);
	skel->bss->own_tid = gettid();
	skel->bss->marker = MARKER;
	skel->bss->number = SYS_getpgid;
	if (!attach(skel->progs.at_sys_enter, &skel->links.at_sys_enter))
		return;
	call(skel, (__u64[TAILCALL_PROGRAMS]){ 1 }, 1);
	if (!put(map, 0, skel->progs.called_first))
		return;
	call(skel, (__u64[TAILCALL_PROGRAMS]){ 2, 1 }, 1);
	if (!put(map, 0, skel->progs.called_second))
		return;
	call(skel, (__u64[TAILCALL_PROGRAMS]){ 3, 1, 1 }, 1);
	ASSERT_OK(bpf_map_delete_elem(bpf_map__fd(map), &index), "delete");
	call(skel, (__u64[TAILCALL_PROGRAMS]){ 4, 1, 1 }, 2);
	if (!put(map, 0, skel->progs.called_first))
		return;
	call(skel, (__u64[TAILCALL_PROGRAMS]){ 5, 2, 1 }, 2);

	ASSERT_EQ(in_child(call_as_child, NULL), 0, "call in a child");
	ASSERT_EQ(syscall(SYS_getpgid, MARKER + 1), -1, "process group of no process");
	ASSERT_EQ(syscall(SYS_getsid, MARKER), -1, "session of no process");
	check_runs(skel, (__u64[TAILCALL_PROGRAMS]){ 5, 2, 1 }, 2);
}

TEST_NEEDS(tailcalls, NEED_PROG_TYPE(SCHED_CLS, "4.1", IF_CONFIG("NET")),
	   NEED_MAP_TYPE(PROG_ARRAY, "4.2"),
	   NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17", IF_CONFIG("BPF_EVENTS")), NEED_BTF);
/* The interpreter does not support tail calls in subprograms. */
SUBTEST_NEEDS(tailcalls, "subprogram", NEED_JIT);
SUBTEST_NEEDS(tailcalls, "update_while_attached",
	      NEED_HELPER(probe_read_kernel, RAW_TRACEPOINT, "5.5"),
	      NEED_TRACEPOINT("raw_syscalls", "sys_enter", NULL, IF_CONFIG("FTRACE_SYSCALLS")));

void test_tailcalls(void)
{
	static const struct {
		const char *name;
		void (*run)(struct tailcalls *skel);
	} subtests[] = {
		{ "chain", chain },           { "missing", missing },
		{ "count", count },           { "refused", refused },
		{ "subprogram", subprogram }, { "update_while_attached", update_while_attached },
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct tailcalls *skel = tailcalls__open();

		if (!ASSERT_OK_PTR(skel, "open"))
			continue;
		bpf_program__set_autoload(skel->progs.entry_with_subprogram,
					  subtest->run == subprogram);
		bpf_program__set_autoload(skel->progs.at_sys_enter,
					  subtest->run == update_while_attached);
		if (ASSERT_OK(tailcalls__load(skel), "load"))
			subtest->run(skel);
	}
}
