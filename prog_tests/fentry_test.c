// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs at the entry of kernel functions: arguments, and that a detached one stays silent.
 *
 * A test_run of any of the programs, attached or not, calls every bpf_fentry_testN once, in the
 * calling task and before it returns (net/bpf/test_run.c).
 */
#include "test_progs.h"
#include "fentry_test.skel.h"

#define FUNCTIONS     6
#define MAX_ARGUMENTS 6

/* What the kernel calls bpf_fentry_test1 to bpf_fentry_test6 with, unused ones zero. */
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
	LIBBPF_OPTS(bpf_test_run_opts, opts, .retval = -1);

	return ASSERT_OK(bpf_prog_test_run_opts(bpf_program__fd(skel->progs.enter_1), &opts),
			 "call the functions") &&
	       ASSERT_EQ(opts.retval, 0, "return value of the run");
}

static void check_calls(struct fentry_test *skel, __u64 calls_1, __u64 calls_others)
{
	ASSERT_EQ(skel->bss->calls[0], calls_1, "calls of bpf_fentry_test1");
	for (int i = 1; i < FUNCTIONS; i++)
		ASSERT_EQ(skel->bss->calls[i], calls_others, "calls of the other functions");
}

static void arguments(void)
{
	struct fentry_test *skel = load_fentry_test();

	if (!skel)
		return;
	if (!call_functions(skel))
		goto out;
	check_calls(skel, 0, 0);

	if (!ASSERT_OK(fentry_test__attach(skel), "attach"))
		goto out;
	check_calls(skel, 0, 0);
	for (int run = 1; run <= 3; run++) {
		if (!call_functions(skel))
			goto out;
		check_calls(skel, run, run);
	}

	for (int i = 0; i < FUNCTIONS; i++)
		for (int j = 0; j < MAX_ARGUMENTS; j++)
			assert__report(ASSERT_HERE, "argument",
				       skel->bss->arguments[i][j] == expected_arguments[i][j],
				       "bpf_fentry_test%d, argument %d: actual %llu expected %llu",
				       i + 1, j + 1, skel->bss->arguments[i][j],
				       expected_arguments[i][j]);
out:
	fentry_test__destroy(skel);
}

/* The other programs stay attached: they show that the functions were called all the same. */
static void detach_and_attach_again(void)
{
	struct fentry_test *skel = load_fentry_test();
	struct bpf_link *second;

	if (!skel)
		return;
	if (!ASSERT_OK(fentry_test__attach(skel), "attach") || !call_functions(skel))
		goto out;
	check_calls(skel, 1, 1);

	second = bpf_program__attach(skel->progs.enter_1);
	if (ASSERT_ERR_PTR(second, "attach what is attached"))
		ASSERT_EQ(libbpf_get_error(second), -EBUSY, "attach what is attached");
	else
		bpf_link__destroy(second);

	ASSERT_OK(bpf_link__destroy(skel->links.enter_1), "detach");
	skel->links.enter_1 = NULL;
	for (int run = 2; run <= 4; run++) {
		if (!call_functions(skel))
			goto out;
		check_calls(skel, 1, run);
	}

	skel->links.enter_1 = bpf_program__attach(skel->progs.enter_1);
	if (!ASSERT_OK_PTR(skel->links.enter_1, "attach again") || !call_functions(skel))
		goto out;
	check_calls(skel, 2, 5);
out:
	fentry_test__destroy(skel);
}

/* A call by another process runs the programs as well; the filter must leave it out. */
static void calls_of_others(void)
{
	struct fentry_test *skel = load_fentry_test();
	int status = -1;
	pid_t child;

	if (!skel)
		return;
	if (!ASSERT_OK(fentry_test__attach(skel), "attach"))
		goto out;
	child = fork();
	if (!child) {
		LIBBPF_OPTS(bpf_test_run_opts, opts);

		_exit(!!bpf_prog_test_run_opts(bpf_program__fd(skel->progs.enter_1), &opts));
	}
	if (!ASSERT_GT(child, 0, "fork") ||
	    !ASSERT_EQ(waitpid(child, &status, 0), child, "wait for child") ||
	    !ASSERT_EQ(status, 0, "call in the child"))
		goto out;
	check_calls(skel, 0, 0);

	skel->bss->own_tgid = child;
	if (call_functions(skel))
		check_calls(skel, 0, 0);
	skel->bss->own_tgid = getpid();
	if (call_functions(skel))
		check_calls(skel, 1, 1);
out:
	fentry_test__destroy(skel);
}

TEST_NEEDS(fentry_test, NEED_JIT, NEED_PROG_TYPE(TRACING, "5.5", IF_CONFIG("BPF_EVENTS,BPF_JIT")),
	   NEED_KERNEL_FUNC("register_ftrace_direct", "5.5", STABLE,
			    IF_CONFIG("DYNAMIC_FTRACE_WITH_DIRECT_CALLS")),
	   NEED_KERNEL_FUNC("bpf_fentry_test1", "5.5", STABLE),
	   NEED_KERNEL_FUNC("bpf_fentry_test6", "5.5", STABLE));

void test_fentry_test(void)
{
	if (test__start_subtest("fentry"))
		arguments();
	if (test__start_subtest("fentry_detach"))
		detach_and_attach_again();
	if (test__start_subtest("fentry_other_process"))
		calls_of_others();
}
