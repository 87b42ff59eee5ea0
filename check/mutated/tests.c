// SPDX-License-Identifier: GPL-2.0-only
/* Tests with programs that --mutate changes: some see each change, some see none. */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "check/mutated/program.skel.h"
#include "test_progs.h"

static char packet[64];

/* Return: what the program returns, or a negative errno. */
static int run_with(struct program *skel, __u64 input)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));
	int err;

	skel->bss->input = input;
	err = bpf_prog_test_run_opts(bpf_program__fd(skel->progs.describe), &opts);
	return err ?: (int)opts.retval;
}

static void see_nothing(struct program *skel)
{
	ASSERT_GE(run_with(skel, 5), 0, "run");
}

static void see_sum(struct program *skel)
{
	ASSERT_GE(run_with(skel, 50000), 0, "run");
	ASSERT_EQ(skel->bss->sum, 50007, "sum");
}

/* Values that differ from the defaults and from each other, on both sides of the bound. */
static void see_all(struct program *skel)
{
	ASSERT_EQ(run_with(skel, 1001), 1, "value returned above the bound");
	ASSERT_EQ(skel->bss->sum, 1008, "sum above the bound");
	ASSERT_EQ(skel->bss->is_big, true, "above the bound");
	ASSERT_EQ(skel->bss->runs, 1, "runs");
	ASSERT_EQ(run_with(skel, 0x12345678abcdef2), 2, "value returned");
	ASSERT_EQ(skel->bss->sum, 0x12345678abcdef9, "sum");
	ASSERT_EQ(run_with(skel, 1000), 0, "value returned at the bound");
	ASSERT_EQ(skel->bss->sum, 1007, "sum at the bound");
	ASSERT_EQ(skel->bss->is_big, false, "at the bound");
	ASSERT_EQ(skel->bss->runs, 3, "all runs");
}

static void with_program(void (*see)(struct program *skel))
{
	struct program *skel = program__open_and_load();

	if (ASSERT_OK_PTR(skel, "open and load"))
		see(skel);
	program__destroy(skel);
}

void test_sees_nothing(void)
{
	with_program(see_nothing);
}

void test_sees_sum(void)
{
	with_program(see_sum);
}

void test_sees_all(void)
{
	with_program(see_all);
}

/* The same program in two subtests: one of them is enough to kill a mutant. */
void test_sees_all_in_one_of_two(void)
{
	if (test__start_subtest("nothing"))
		with_program(see_nothing);
	if (test__start_subtest("all"))
		with_program(see_all);
}

/* The marks of a survey are in a map of their own. */
static void count_maps(struct program *skel)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	ASSERT_OK(bpf_prog_get_info_by_fd(bpf_program__fd(skel->progs.describe), &info, &len),
		  "info");
	ASSERT_EQ(info.nr_map_ids, 1, "maps of the program");
}

static void count_maps_and_see_all(struct program *skel)
{
	count_maps(skel);
	see_all(skel);
}

/* A test that notices the marks, and goes on. */
void test_counts_maps(void)
{
	with_program(count_maps_and_see_all);
}

/* The same without a run of the program. */
void test_counts_maps_only(void)
{
	with_program(count_maps);
}

/* A test that notices the marks, and stops. */
void test_counts_maps_first(void)
{
	struct program *skel = program__open_and_load();
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return;
	ASSERT_OK(bpf_prog_get_info_by_fd(bpf_program__fd(skel->progs.describe), &info, &len),
		  "info");
	if (ASSERT_EQ(info.nr_map_ids, 1, "maps of the program"))
		see_all(skel);
	program__destroy(skel);
}

/* Waits for ever if the sum is another one. */
void test_waits_for_sum(void)
{
	struct program *skel = program__open_and_load();

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return;
	ASSERT_EQ(run_with(skel, 42), 2, "value returned");
	while (*(volatile __u64 *)&skel->bss->sum != 49)
		usleep(1000);
	program__destroy(skel);
}

void test_fails(void)
{
	struct program *skel = program__open_and_load();

	ASSERT_FAIL("as it is");
	program__destroy(skel);
}

/* Nothing to change: no program, and one without source lines. */
void test_has_no_lines(void)
{
	const struct bpf_insn return_0[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "no_lines", "GPL", return_0, 2, NULL);

	ASSERT_OK_FD(fd, "load");
	close(fd);
}

/*
 * Gets stuck in the kernel if the sum is another one: it waits for a frozen file system, which SIGKILL
 * does not interrupt. Only in a guest of vmtest.
 */
void test_sticks_at_wrong_sum(void)
{
	struct program *skel = program__open_and_load();
	bool is_guest = !strcmp(getenv("VMTEST") ?: "", "1");
	int root;

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return;
	ASSERT_EQ(run_with(skel, 42), 2, "value returned");
	if (skel->bss->sum != 49 && is_guest) {
		root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ASSERT_OK(ioctl(root, FIFREEZE, 0), "freeze");
		open("/stuck", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	}
	program__destroy(skel);
}

/* Takes the kernel down if the sum is another one; only in a guest of vmtest. */
void test_panics_at_wrong_sum(void)
{
	struct program *skel = program__open_and_load();
	bool is_guest = !strcmp(getenv("VMTEST") ?: "", "1");

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return;
	ASSERT_EQ(run_with(skel, 42), 2, "value returned");
	if (skel->bss->sum != 49 && is_guest)
		test__system("echo c > /proc/sysrq-trigger");
	program__destroy(skel);
}
