// SPDX-License-Identifier: GPL-2.0-only
/*
 * A list of a program's own objects: each end is pushed to, popped from and looked at, by scripts of
 * steps whose answers must be those of an array. Objects that are left are freed with the map.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/collection.h"
#include "linked_list.skel.h"

/* The right answers, from an array with the same steps. */
struct model {
	int numbers[SCRIPT_STEPS_MAX];
	int cnt;
};

static void insert(struct model *model, int at, int number)
{
	memmove(&model->numbers[at + 1], &model->numbers[at],
		(model->cnt - at) * sizeof(model->numbers[0]));
	model->numbers[at] = number;
	model->cnt++;
}

static int take(struct model *model, int at)
{
	int number = model->numbers[at];

	model->cnt--;
	memmove(&model->numbers[at], &model->numbers[at + 1],
		(model->cnt - at) * sizeof(model->numbers[0]));
	return number;
}

static int answer(struct model *model, const struct script_step *step)
{
	switch (step->what) {
	case 'F':
		insert(model, 0, step->number);
		return NOTHING;
	case 'B':
		insert(model, model->cnt, step->number);
		return NOTHING;
	}
	if (!strchr("fb<>", step->what))
		return UNKNOWN_STEP;
	if (!model->cnt)
		return NOTHING;
	switch (step->what) {
	case 'f':
		return take(model, 0);
	case 'b':
		return take(model, model->cnt - 1);
	case '<':
		return model->numbers[0];
	}
	return model->numbers[model->cnt - 1];
}

/* The numbers of the steps are all different, and more than a byte. */
static void carry_out(struct linked_list *skel, struct model *model, const char *script)
{
	static int number = 1000;
	__u32 steps = strlen(script);

	skel->bss->steps = steps;
	for (__u32 i = 0; i < steps; i++)
		skel->bss->script[i] = (struct script_step){ script[i], number++ };
	memset(skel->bss->answers, 0x55, sizeof(skel->bss->answers));
	if (!ASSERT_EQ(test_run(skel->progs.carry_out_script), steps, "steps"))
		return;
	for (__u32 i = 0; i < steps; i++)
		ASSERT_EQ(skel->bss->answers[i], answer(model, &skel->bss->script[i]), script + i);
}

static void ends(struct linked_list *skel)
{
	struct model model = {};

	carry_out(skel, &model, "f");
	carry_out(skel, &model, "b<>?a");
	carry_out(skel, &model, "F<>f<f");
	carry_out(skel, &model, "B<>b>b");
	carry_out(skel, &model, "FFF<>fbf");
	carry_out(skel, &model, "BBB<>fbf");
	carry_out(skel, &model, "FBFB<>fb<>bff");
	carry_out(skel, &model, "BBBBBBffFFFFbbbb<>ffbb<>");
	ASSERT_EQ(model.cnt, 0, "left in the array");
}

/* The list stays from one run to the next. */
static void between_runs(struct linked_list *skel)
{
	struct model model = {};

	carry_out(skel, &model, "BF");
	carry_out(skel, &model, "<>");
	carry_out(skel, &model, "bb>");
}

/* The kernel's log and the audit of the run would show an object that is left or freed twice. */
static void left_in_map(struct linked_list *skel)
{
	struct model model = {};

	carry_out(skel, &model, "BBBBFFFF<>");
}

TEST_NEEDS(linked_list, NEED_BTF, NEED_KFUNC("bpf_list_push_front_impl", "6.4"),
	   NEED_KFUNC("bpf_list_front", "6.16"));

void test_linked_list(void)
{
	static const struct {
		const char *name;
		void (*run)(struct linked_list *skel);
	} subtests[] = {
		{ "ends", ends },
		{ "between_runs", between_runs },
		{ "left_in_map", left_in_map },
	};

	RUN_SKEL_SUBTESTS(linked_list, subtests);
}
