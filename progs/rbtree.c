// SPDX-License-Identifier: GPL-2.0-only
/* Carries out a script on a tree of objects of its own, which is in the order of their numbers. */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "collection.h"

struct item {
	int number;
	struct bpf_rb_node link;
};

PRIVATE_SECTION(tree) struct bpf_spin_lock lock;
PRIVATE_SECTION(tree) struct bpf_rb_root tree CONTAINS(item, link);

struct script_step script[SCRIPT_STEPS_MAX];
int answers[SCRIPT_STEPS_MAX];
__u32 steps;

static bool is_less(struct bpf_rb_node *a, const struct bpf_rb_node *b)
{
	return OBJECT_OF(a, struct item, link)->number < OBJECT_OF(b, struct item, link)->number;
}

static int add(int number)
{
	struct item *item = NEW_OBJECT(struct item);

	if (!item)
		return NO_MEMORY;
	item->number = number;
	bpf_spin_lock(&lock);
	bpf_rbtree_add_impl(&tree, &item->link, is_less, NULL, 0);
	bpf_spin_unlock(&lock);
	return NOTHING;
}

static int remove_first(void)
{
	struct bpf_rb_node *node;
	struct item *item;
	int number;

	bpf_spin_lock(&lock);
	node = bpf_rbtree_first(&tree);
	if (!node) {
		bpf_spin_unlock(&lock);
		return NOTHING;
	}
	node = bpf_rbtree_remove(&tree, node);
	bpf_spin_unlock(&lock);
	if (!node)
		return UNKNOWN_STEP;
	item = OBJECT_OF(node, struct item, link);
	number = item->number;
	DROP_OBJECT(item);
	return number;
}

/* Return: whether the number is in the tree, searched from the root downwards. */
static int search(int number)
{
	struct bpf_rb_node *node;
	int depth, found = NOTHING;

	bpf_spin_lock(&lock);
	node = bpf_rbtree_root(&tree);
	for (depth = 0; depth < 4 && node; depth++) {
		int here = OBJECT_OF(node, struct item, link)->number;

		if (here == number) {
			found = number;
			break;
		}
		node = number < here ? bpf_rbtree_left(&tree, node) : bpf_rbtree_right(&tree, node);
	}
	bpf_spin_unlock(&lock);
	return found;
}

static int answer(const struct script_step *step)
{
	switch (step->what) {
	case '+':
		return add(step->number);
	case '-':
		return remove_first();
	case '?':
		return search(step->number);
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
