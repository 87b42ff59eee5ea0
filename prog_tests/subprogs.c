// SPDX-License-Identifier: GPL-2.0-only
/* Static and global subprograms: arguments, return values, memory, and nested calls. */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/subprogs.h"
#include "subprogs.skel.h"

static void check(struct subprogs *skel, struct subprogs_input in, int cell)
{
	const int sum = in.a + 10 * in.b + 100 * in.c + 1000 * in.d + 10000 * in.e;
	const struct subprogs_output *output = &skel->bss->output;

	memset(&skel->bss->output, 0x5a, sizeof(skel->bss->output));
	skel->bss->input = in;
	if (!ASSERT_EQ(test_run(skel->progs.call_all), 0, "return value"))
		return;
	ASSERT_EQ(output->static_sum, sum, "five arguments, static");
	ASSERT_EQ(output->global_sum, sum, "five arguments, global");
	/* Values that the subprograms read from their own stack: local[(b + 1) & 3], and b * 7. */
	ASSERT_EQ(output->nested, in.b + ((in.b + 1) & 3) + 7 * in.b, "nested");
	ASSERT_EQ(output->nested_sum, in.a + in.b + (in.b & 3), "changed on the caller's stack");
	ASSERT_EQ(output->shifted, 2 * in.c, "return value of global");
	ASSERT_EQ(output->pair.first, in.a + in.c, "caller's memory");
	ASSERT_EQ(output->pair.second, in.b - in.c, "caller's memory");
	ASSERT_EQ(output->shifted_null, -in.c, "NULL");
	ASSERT_EQ(output->global_of_global, 2 * in.d + 10 + 200 + 3000 + 40000, "global of global");
	ASSERT_EQ(output->cell, cell, "element looked up in a subprogram");
}

TEST_NEEDS(subprogs, NEED_PROG_TYPE(SYSCALL, "5.14"));

void test_subprogs(void)
{
	auto_skel struct subprogs *skel = subprogs__open_and_load();

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return;
	check(skel, (struct subprogs_input){ 1, 2, 3, 4, 5 }, 5);
	check(skel, (struct subprogs_input){ 90, 8, 70, 6, 50 }, 55);
	check(skel, (struct subprogs_input){ 0, 0, 0, 0, 0 }, 55);
}
