// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs at the entry of kernel functions: their arguments, and no run after detaching.
 *
 * A test_run of any of the programs, attached or not, calls each bpf_fentry_testN once before it
 * returns, in the calling task (net/bpf/test_run.c).
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "fentry_test.skel.h"

#define FUNCTIONS     6
#define MAX_ARGUMENTS 6

/* The arguments that the kernel passes to bpf_fentry_test1 to bpf_fentry_test6; 0: unused. */
static const __u64 expected_arguments[FUNCTIONS][MAX_ARGUMENTS] = {
	{ 1 },
	{ 2, 3 },
	{ 4, 5, 6 },
	{ 7, 8, 9, 10 },
	{ 11, 12, 13, 14, 15 },
	{ 16, 17, 18, 19, 20, 21 },
};

static struct fentry_test *load_fentry_test(void)
{
	struct fentry_test *skel = fentry_test__open_and_load();

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return NULL;
	skel->bss->own_tgid = getpid();
	return skel;
}

static bool call_functions(struct fentry_test *skel)
{
	return ASSERT_EQ(test_run(skel->progs.enter_1), 0, "return value of the run");
}

static void check_calls(struct fentry_test *skel, __u64 calls_1, __u64 calls_others)
{
	ASSERT_EQ(skel->bss->calls[0], calls_1, "calls of bpf_fentry_test1");
	for (int i = 1; i < FUNCTIONS; i++)
		ASSERT_EQ(skel->bss->calls[i], calls_others, "calls of the other functions");
}

static void arguments(struct fentry_test *skel)
{
	if (!call_functions(skel))
		return;
	check_calls(skel, 0, 0);

	if (!ASSERT_OK(fentry_test__attach(skel), "attach"))
		return;
	check_calls(skel, 0, 0);
	for (int run = 1; run <= 3; run++) {
		if (!call_functions(skel))
			return;
		check_calls(skel, run, run);
	}

	for (int i = 0; i < FUNCTIONS; i++)
		for (int j = 0; j < MAX_ARGUMENTS; j++)
			ASSERT(skel->bss->arguments[i][j] == expected_arguments[i][j], "argument",
			       "bpf_fentry_test%d, argument %d: actual %llu expected %llu", i + 1,
			       j + 1, skel->bss->arguments[i][j], expected_arguments[i][j]);
}

/* The other programs stay attached, and show that the functions were still called. */
static void detach_and_attach_again(struct fentry_test *skel)
{
	if (!ASSERT_OK(fentry_test__attach(skel), "attach") || !call_functions(skel))
		return;
	check_calls(skel, 1, 1);
	ASSERT_ERR_LINK(bpf_program__attach(skel->progs.enter_1), -EBUSY,
			"attach what is attached");

	detach(&skel->links.enter_1);
	for (int run = 2; run <= 4; run++) {
		if (!call_functions(skel))
			return;
		check_calls(skel, 1, run);
	}

	if (attach(skel->progs.enter_1, &skel->links.enter_1) && call_functions(skel))
		check_calls(skel, 2, 5);
}

/* Makes one call, and then sets the counted process to this child. */
static int call_as_child(void *context)
{
	struct fentry_test *skel = context;
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err = bpf_prog_test_run_opts(bpf_program__fd(skel->progs.enter_1), &opts);

	skel->bss->own_tgid = getpid();
	return !!err;
}

/* A call by another process also runs the programs; their filter must not count it. */
static void calls_of_others(struct fentry_test *skel)
{
	if (!ASSERT_OK(fentry_test__attach(skel), "attach") ||
	    !ASSERT_EQ(in_child(call_as_child, skel), 0, "call in the child"))
		return;
	check_calls(skel, 0, 0);

	if (call_functions(skel))
		check_calls(skel, 0, 0);
	skel->bss->own_tgid = getpid();
	if (call_functions(skel))
		check_calls(skel, 1, 1);
}

TEST_NEEDS(fentry_test, NEED_BTF, NEED_JIT,
	   NEED_PROG_TYPE(TRACING, "5.5", IF_CONFIG("BPF_EVENTS,BPF_JIT")),
	   NEED_KERNEL_FUNC("register_ftrace_direct", "5.5", STABLE,
			    IF_CONFIG("DYNAMIC_FTRACE_WITH_DIRECT_CALLS")),
	   NEED_KERNEL_FUNC("bpf_fentry_test1", "5.5", STABLE),
	   NEED_KERNEL_FUNC("bpf_fentry_test6", "5.5", STABLE));

void test_fentry_test(void)
{
	static const struct {
		const char *name;
		void (*run)(struct fentry_test *skel);
	} subtests[] = {
		{ "fentry", arguments },
		{ "fentry_detach", detach_and_attach_again },
		{ "fentry_other_process", calls_of_others },
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct fentry_test *skel = load_fentry_test();

		if (skel)
			subtest->run(skel);
	}
}
