// SPDX-License-Identifier: GPL-2.0-only
/* Carries out a script on a list of objects of its own. */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "collection.h"

struct item {
	struct bpf_list_node link;
	int number;
};

PRIVATE_SECTION(list) struct bpf_spin_lock lock;
PRIVATE_SECTION(list) struct bpf_list_head list CONTAINS(item, link);

struct script_step script[SCRIPT_STEPS_MAX];
int answers[SCRIPT_STEPS_MAX];
__u32 steps;

static int push(int number, bool to_front)
{
	struct item *item = NEW_OBJECT(struct item);

	if (!item)
		return NO_MEMORY;
	item->number = number;
	bpf_spin_lock(&lock);
	if (to_front)
		bpf_list_push_front_impl(&list, &item->link, NULL, 0);
	else
		bpf_list_push_back_impl(&list, &item->link, NULL, 0);
	bpf_spin_unlock(&lock);
	return NOTHING;
}

static int pop(bool from_front)
{
	struct bpf_list_node *node;
	struct item *item;
	int number;

	bpf_spin_lock(&lock);
	node = from_front ? bpf_list_pop_front(&list) : bpf_list_pop_back(&list);
	bpf_spin_unlock(&lock);
	if (!node)
		return NOTHING;
	item = OBJECT_OF(node, struct item, link);
	number = item->number;
	DROP_OBJECT(item);
	return number;
}

/* The list keeps the object: it may be looked at only as long as the lock is held. */
static int peek(bool at_front)
{
	struct bpf_list_node *node;
	int number = NOTHING;

	bpf_spin_lock(&lock);
	node = at_front ? bpf_list_front(&list) : bpf_list_back(&list);
	if (node)
		number = OBJECT_OF(node, struct item, link)->number;
	bpf_spin_unlock(&lock);
	return number;
}

static int answer(const struct script_step *step)
{
	switch (step->what) {
	case 'F':
		return push(step->number, true);
	case 'B':
		return push(step->number, false);
	case 'f':
		return pop(true);
	case 'b':
		return pop(false);
	case '<':
		return peek(true);
	case '>':
		return peek(false);
	}
	return UNKNOWN_STEP;
}

static long carry_out(__u64 i, void *context)
{
	if (i >= SCRIPT_STEPS_MAX)
		return 1;
	answers[i] = answer(&script[i]);
	return 0;
}

SEC("syscall")
int carry_out_script(void *ctx)
{
	return bpf_loop(steps, carry_out, NULL, 0);
}

char _license[] SEC("license") = "GPL";
