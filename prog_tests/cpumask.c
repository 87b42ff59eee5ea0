// SPDX-License-Identifier: GPL-2.0-only
/*
 * Masks of CPUs: each kfunc with all pairs of small masks, CPUs that the machine does not have, and
 * a mask that stays in a map.
 *
 * The kernel's masks have a bit for each CPU number up to nr_cpu_ids, the number of possible CPUs.
 * A search that finds nothing returns a number that is no CPU's.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/cpumask.h"
#include "cpumask.skel.h"

#define NO_CPU UINT32_MAX

static __u32 cpus; /* the bits that the masks of this machine have */

static __u32 all_bits(void)
{
	return (1U << (cpus < CPUMASK_BITS ? cpus : CPUMASK_BITS)) - 1;
}

static __u32 first_of(__u32 bits)
{
	return bits ? (__u32)__builtin_ctz(bits) : NO_CPU;
}

/* A number behind the last CPU means that none was found, whatever the kernel's choice is. */
static __u32 found(__u32 cpu)
{
	return cpu >= cpus ? NO_CPU : cpu;
}

static bool has_bit(__u32 bits, __u32 cpu)
{
	return bits ? cpu < CPUMASK_BITS && bits & 1U << cpu : cpu >= cpus;
}

static void check_pair(struct cpumask *skel, __u32 left, __u32 right)
{
	const struct cpumask_results *results = &skel->bss->results;
	__u32 both = left & right;

	skel->bss->left_bits = left;
	skel->bss->right_bits = right;
	ASSERT_EQ(test_run(skel->progs.compare), 0, "run");
	ASSERT_EQ(results->left, left, "bits that were set");
	ASSERT_EQ(results->and, both, "and");
	ASSERT_EQ(results->and_is_not_empty, both != 0, "and: result");
	ASSERT_EQ(results->or, left | right, "or");
	ASSERT_EQ(results->xor, left ^ right, "xor");
	ASSERT_EQ(results->copy, left, "copy");
	ASSERT_EQ(results->equal, left == right, "equal");
	ASSERT_EQ(results->intersects, both != 0, "intersects");
	ASSERT_EQ(results->subset, both == left, "subset");
	ASSERT_EQ(results->empty, !left, "empty");
	ASSERT_EQ(results->full, cpus <= CPUMASK_BITS && left == all_bits(), "full");
	ASSERT_EQ(found(results->first), first_of(left), "first");
	ASSERT_EQ(found(results->first_zero),
		  cpus > CPUMASK_BITS && left == all_bits() ? CPUMASK_BITS :
							      first_of(all_bits() & ~left),
		  "first zero");
	ASSERT_EQ(found(results->first_and), first_of(both), "first of both");
	ASSERT_EQ(results->weight, __builtin_popcount(left), "weight");
	ASSERT_EQ(has_bit(left, results->any), true, "any");
	ASSERT_EQ(has_bit(both, results->any_and), true, "any of both");
}

static void compare(struct cpumask *skel)
{
	for (__u32 left = 0; left <= all_bits(); left++) {
		for (__u32 right = 0; right <= all_bits(); right++)
			check_pair(skel, left, right);
	}
}

static void change(struct cpumask *skel)
{
	skel->bss->was_cleared_again = true;
	skel->bss->of_none = 1;
	skel->bss->left_bits = 1;
	skel->bss->cpu = 1;
	ASSERT_EQ(test_run(skel->progs.change), 0, "run");
	ASSERT_EQ(skel->bss->was_set, false, "set before");
	ASSERT_EQ(skel->bss->was_set_again, true, "set before, the second time");
	ASSERT_EQ(skel->bss->after_set, 3, "bits after setting");
	ASSERT_EQ(skel->bss->was_cleared, true, "set before clearing");
	ASSERT_EQ(skel->bss->was_cleared_again, false, "set before clearing, the second time");
	ASSERT_EQ(skel->bss->after_clear, 1, "bits after clearing");
	ASSERT_EQ(skel->bss->of_all, cpus, "weight of all CPUs");
	ASSERT_EQ(skel->bss->after_clear_cpu, cpus - 1, "weight without one CPU");
	ASSERT_EQ(skel->bss->of_none, 0, "weight after clearing all");
	/* A CPU that is set already. */
	skel->bss->cpu = 0;
	ASSERT_EQ(test_run(skel->progs.change), 0, "run with the other CPU");
	ASSERT_EQ(skel->bss->was_set, true, "set before, the other CPU");
	ASSERT_EQ(skel->bss->after_set, 1, "bits after setting the other CPU");
	ASSERT_EQ(skel->bss->after_clear, 0, "bits after clearing the other CPU");
}

/* The kfuncs ignore a CPU that the machine does not have. */
static void absent_cpu(struct cpumask *skel)
{
	const __u32 absent[] = { cpus, cpus + 64, 1 << 20, UINT32_MAX };

	for (unsigned int i = 0; i < ARRAY_SIZE(absent); i++) {
		skel->bss->left_bits = 2;
		skel->bss->cpu = absent[i];
		ASSERT_EQ(test_run(skel->progs.change), 0, "run");
		ASSERT_EQ(skel->bss->was_set, false, "set before");
		ASSERT_EQ(skel->bss->was_set_again, false, "set before, the second time");
		ASSERT_EQ(skel->bss->after_set, 2, "bits after setting");
		ASSERT_EQ(skel->bss->was_cleared, false, "set before clearing");
		ASSERT_EQ(skel->bss->after_clear, 2, "bits after clearing");
		ASSERT_EQ(skel->bss->after_clear_cpu, cpus, "weight without this CPU");
	}
}

static void populate(struct cpumask *skel)
{
	skel->bss->memory[0] = 2;
	skel->bss->populated = 1;
	ASSERT_EQ(test_run(skel->progs.populate), 0, "run");
	ASSERT_EQ(skel->bss->of_all, cpus, "weight before");
	ASSERT_EQ(skel->bss->populated, 0, "populate");
	ASSERT_EQ(skel->bss->results.copy, 2, "bits");
	ASSERT_EQ(skel->bss->results.weight, 1, "weight");
	ASSERT_EQ(skel->bss->populated_too_small, -EACCES, "memory that is too small");
	skel->bss->memory[0] = 1;
	ASSERT_EQ(test_run(skel->progs.populate), 0, "run with the other bit");
	ASSERT_EQ(skel->bss->results.copy, 1, "the other bit");
	/* Bits behind the last CPU are not in the mask. */
	memset(skel->bss->memory, 0xff, sizeof(skel->bss->memory));
	ASSERT_EQ(test_run(skel->progs.populate), 0, "run with all bits");
	ASSERT_EQ(skel->bss->results.copy, all_bits(), "all bits");
}

static void kept_in_map(struct cpumask *skel)
{
	ASSERT_EQ(test_run(skel->progs.look), 0, "look into the empty map");
	ASSERT_EQ(skel->bss->had_mask, false, "mask in the empty map");
	skel->bss->left_bits = 1;
	ASSERT_EQ(test_run(skel->progs.keep), 0, "keep the first");
	ASSERT_EQ(skel->bss->results.left, 1, "bits by the other reference");
	ASSERT_EQ(skel->bss->had_mask, false, "mask before the first");
	skel->bss->left_bits = 2;
	ASSERT_EQ(test_run(skel->progs.look), 0, "look at the first");
	ASSERT_EQ(skel->bss->had_mask, true, "the first is there");
	ASSERT_EQ(skel->bss->results.or, 1, "bits of the first");
	ASSERT_EQ(test_run(skel->progs.keep), 0, "keep the second");
	ASSERT_EQ(skel->bss->had_mask, true, "the first comes back");
	ASSERT_EQ(skel->bss->results.copy, 1, "bits of the first, as it comes back");
	ASSERT_EQ(skel->bss->results.left, 2, "bits of the second by the other reference");
	ASSERT_EQ(test_run(skel->progs.look), 0, "look at the second");
	ASSERT_EQ(skel->bss->results.or, 2, "bits of the second");
	skel->bss->left_bits = 3;
	ASSERT_EQ(test_run(skel->progs.keep), 0, "keep the third");
	ASSERT_EQ(skel->bss->results.copy, 2, "bits of the second, as it comes back");
	ASSERT_EQ(skel->bss->results.left, 3, "bits of the third by the other reference");
	ASSERT_EQ(test_run(skel->progs.look), 0, "look at the third");
	ASSERT_EQ(skel->bss->results.or, 3, "bits of the third");
}

TEST_NEEDS(cpumask, NEED_BTF, NEED_CPUS(2), NEED_KFUNC("bpf_cpumask_weight", "6.8"),
	   NEED_KFUNC("bpf_cpumask_populate", "6.15"));

void test_cpumask(void)
{
	static const struct {
		const char *name;
		void (*run)(struct cpumask *skel);
	} subtests[] = {
		{ "compare", compare },         { "change", change },
		{ "absent_cpu", absent_cpu },   { "populate", populate },
		{ "kept_in_map", kept_in_map },
	};

	cpus = libbpf_num_possible_cpus();
	RUN_SKEL_SUBTESTS(cpumask, subtests);
}
