// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tree of a program's own objects: whatever the order in which they are added, the first one is the
 * smallest, and a search from the root finds each. The answers must be those of a sorted array.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/collection.h"
#include "rbtree.skel.h"

struct model {
	int numbers[SCRIPT_STEPS_MAX];
	int cnt;
};

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int answer(struct model *model, const struct script_step *step)
{
	int number;

	switch (step->what) {
	case '+':
		model->numbers[model->cnt++] = step->number;
		qsort(model->numbers, model->cnt, sizeof(model->numbers[0]), by_number);
		return NOTHING;
	case '-':
		if (!model->cnt)
			return NOTHING;
		number = model->numbers[0];
		model->cnt--;
		memmove(model->numbers, model->numbers + 1, model->cnt * sizeof(number));
		return number;
	case '?':
		return bsearch(&step->number, model->numbers, model->cnt, sizeof(number),
			       by_number) ?
			       step->number :
			       NOTHING;
	}
	return UNKNOWN_STEP;
}

/* Steps for the numbers of a list that 0 ends: each is added or searched; one is removed for it. */
static void for_each_number(struct rbtree *skel, struct model *model, char what, const int *numbers)
{
	__u32 steps = 0;

	for (; numbers[steps]; steps++)
		skel->bss->script[steps] = (struct script_step){ what, numbers[steps] };
	skel->bss->steps = steps;
	memset(skel->bss->answers, 0x55, sizeof(skel->bss->answers));
	if (!ASSERT_EQ(test_run(skel->progs.carry_out_script), steps, "steps"))
		return;
	for (__u32 i = 0; i < steps; i++)
		ASSERT_EQ(skel->bss->answers[i], answer(model, &skel->bss->script[i]), "answer");
}

static const int ascending[] = { 1000, 2001, 3002, 4003, 5004, 6005, 7006, 0 };
static const int descending[] = { 7006, 6005, 5004, 4003, 3002, 2001, 1000, 0 };
static const int mixed[] = { 4003, 1000, 7006, 2001, 6005, 3002, 5004, 0 };
static const int absent[] = { 999, 1001, 4002, 4004, 7007, 0 };

static void in_order(struct rbtree *skel, const int *numbers)
{
	struct model model = {};

	for_each_number(skel, &model, '?', numbers);
	for_each_number(skel, &model, '+', numbers);
	for_each_number(skel, &model, '?', mixed);
	for_each_number(skel, &model, '?', absent);
	for_each_number(skel, &model, '-', numbers);
	ASSERT_EQ(model.cnt, 0, "left in the array");
	for_each_number(skel, &model, '-', (const int[]){ 1, 0 });
}

static void orders(struct rbtree *skel)
{
	in_order(skel, ascending);
	in_order(skel, descending);
	in_order(skel, mixed);
}

/* Two objects with the same number are two objects. */
static void equal_numbers(struct rbtree *skel)
{
	struct model model = {};

	for_each_number(skel, &model, '+', (const int[]){ 300, 200, 300, 200, 0 });
	for_each_number(skel, &model, '-', (const int[]){ 1, 1, 1, 1, 1, 0 });
	for_each_number(skel, &model, '*', (const int[]){ 1, 0 });
	for_each_number(skel, &model, ',', (const int[]){ 1, 0 });
}

/* The objects that are left are freed with the map. */
static void left_in_map(struct rbtree *skel)
{
	struct model model = {};

	for_each_number(skel, &model, '+', mixed);
	for_each_number(skel, &model, '-', (const int[]){ 1, 0 });
}

TEST_NEEDS(rbtree, NEED_BTF, NEED_KFUNC("bpf_rbtree_add_impl", "6.4"),
	   NEED_KFUNC("bpf_rbtree_root", "6.16"));

void test_rbtree(void)
{
	static const struct {
		const char *name;
		void (*run)(struct rbtree *skel);
	} subtests[] = {
		{ "orders", orders },
		{ "equal_numbers", equal_numbers },
		{ "left_in_map", left_in_map },
	};

	RUN_SKEL_SUBTESTS(rbtree, subtests);
}
