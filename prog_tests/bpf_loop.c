// SPDX-License-Identifier: GPL-2.0-only
/*
 * bpf_loop(): the number of calls, their indices and context, stopping, nesting, and the limit.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "bpf_loop.skel.h"

#define MAX_ITERATIONS (1U << 23) /* the kernel's limit */
#define NEVER          UINT32_MAX

static void count(struct bpf_loop *skel)
{
	const __u32 counts[] = { 0, 1, 2, 1000 };

	skel->bss->stop_at = NEVER;
	for (unsigned int i = 0; i < ARRAY_SIZE(counts); i++) {
		skel->bss->calls = 0;
		skel->bss->index_sum = 0;
		skel->bss->iterations = counts[i];
		ASSERT_EQ(test_run(skel->progs.loop), counts[i], "return value");
		ASSERT_EQ(skel->bss->calls, counts[i], "calls");
		ASSERT_EQ(skel->bss->context_sum, 3 * counts[i], "sum in the context");
		ASSERT_EQ(skel->bss->index_sum, counts[i] ? counts[i] * (counts[i] - 1) / 2 : 0,
			  "sum of indices");
	}
}

static void stop(struct bpf_loop *skel)
{
	skel->bss->iterations = 100;
	skel->bss->stop_at = 6;
	/* The call that stops the loop counts. */
	ASSERT_EQ(test_run(skel->progs.loop), 7, "return value");
	ASSERT_EQ(skel->bss->calls, 7, "calls");
	ASSERT_EQ(skel->bss->context_sum, 21, "sum in the context");
	skel->bss->calls = 0;
	skel->bss->stop_at = 0;
	ASSERT_EQ(test_run(skel->progs.loop), 1, "return value, stop at once");
	ASSERT_EQ(skel->bss->calls, 1, "calls, stop at once");
}

static void refused(struct bpf_loop *skel)
{
	skel->bss->stop_at = NEVER;
	skel->bss->iterations = MAX_ITERATIONS + 1;
	ASSERT_EQ(test_run(skel->progs.loop), -E2BIG, "one too many");
	skel->bss->iterations = 2;
	skel->bss->flags = 1;
	ASSERT_EQ(test_run(skel->progs.loop), -EINVAL, "flag");
	ASSERT_EQ(skel->bss->calls, 0, "calls");
	/* At the limit, the loop begins; it is stopped to save time. */
	skel->bss->flags = 0;
	skel->bss->iterations = MAX_ITERATIONS;
	skel->bss->stop_at = 2;
	ASSERT_EQ(test_run(skel->progs.loop), 3, "as many as possible");
}

static void no_context(struct bpf_loop *skel)
{
	skel->bss->iterations = 12;
	ASSERT_EQ(test_run(skel->progs.loop_without_context), 12, "return value");
	ASSERT_EQ(skel->bss->calls, 12, "calls");
}

static void nested(struct bpf_loop *skel)
{
	skel->bss->iterations = 10;
	ASSERT_EQ(test_run(skel->progs.nested_loops), 10, "return value");
	ASSERT_EQ(skel->bss->calls, 45, "calls of inner loops");
	ASSERT_EQ(skel->bss->context_sum, 45, "return values of inner loops");
}

static void chosen_callback(struct bpf_loop *skel)
{
	skel->bss->iterations = 300;
	skel->bss->stop_at = 298;
	ASSERT_EQ(test_run(skel->progs.loop_over_chosen), 299, "return value of the first");
	ASSERT_EQ(skel->bss->calls, 299, "calls of the first");
	ASSERT_EQ(skel->bss->index_sum, 298 * 299 / 2, "sum of indices of the first");
	ASSERT_EQ(skel->bss->context_sum, 3 * 299, "sum of the first");
	skel->bss->choose_other = 1;
	ASSERT_EQ(test_run(skel->progs.loop_over_chosen), 300, "return value of the other");
	ASSERT_EQ(skel->bss->context_sum, 6 * 300, "sum of the other");
	ASSERT_EQ(skel->bss->calls, 599, "calls of both");
	ASSERT_EQ(skel->bss->index_sum, 298 * 299 / 2, "sum of indices after the other");
}

TEST_NEEDS(bpf_loop, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_HELPER(loop, RAW_TRACEPOINT, "5.17"));

void test_bpf_loop(void)
{
	static const struct {
		const char *name;
		void (*run)(struct bpf_loop *skel);
	} subtests[] = {
		{ "count", count },     { "stop", stop },
		{ "refused", refused }, { "no_context", no_context },
		{ "nested", nested },   { "chosen_callback", chosen_callback },
	};

	RUN_SKEL_SUBTESTS(bpf_loop, subtests);
}
