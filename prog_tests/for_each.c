// SPDX-License-Identifier: GPL-2.0-only
/*
 * bpf_for_each_map_elem(): each element is visited once, with its own key and value, until the
 * callback stops it; the helper returns the number of visits.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/for_each.h"
#include "for_each.skel.h"

#define ENTRIES      FOR_EACH_ENTRIES
#define MAX_CPUS     1024
#define UNKNOWN_FLAG 1

/* One map, and the program that visits its elements. */
struct kind {
	struct bpf_map *map;
	struct bpf_program *visit;
	bool is_array, is_percpu;
};

static __u64 value_of(__u32 key)
{
	return 100 + 3 * key;
}

/* Sets the first @count elements. In maps with a value for each CPU, all get the same value. */
static void fill(const struct kind *kind, __u32 count)
{
	__u64 values[MAX_CPUS];

	for (__u32 key = 0; key < count; key++) {
		for (int cpu = 0; cpu < MAX_CPUS; cpu++)
			values[cpu] = value_of(key);
		ASSERT_OK(bpf_map_update_elem(bpf_map__fd(kind->map), &key, values, BPF_ANY),
			  "fill");
	}
}

/* The value of an element: of a map with a value for each CPU, that of this CPU. */
static __u64 value_now(const struct kind *kind, __u32 key)
{
	__u64 values[MAX_CPUS] = {};

	ASSERT_OK(bpf_map_lookup_elem(bpf_map__fd(kind->map), &key, values), "look up");
	return values[kind->is_percpu ? sched_getcpu() : 0];
}

static void all(struct for_each *skel, const struct kind *kind)
{
	__u64 sum = 12345;

	fill(kind, ENTRIES);
	skel->bss->sum = sum;
	ASSERT_EQ(test_run(kind->visit), ENTRIES, "return value");
	ASSERT_EQ(skel->bss->calls, ENTRIES, "calls");
	ASSERT_EQ(skel->bss->seen_map_id, map_id(bpf_map__fd(kind->map)), "map in the callback");
	for (__u32 key = 0; key < ENTRIES; key++) {
		ASSERT_EQ(skel->bss->values[key], value_of(key) + 1, "value in the callback");
		ASSERT_EQ(value_now(kind, key), value_of(key) + 1, "value after the visit");
		sum += value_of(key) + 1;
	}
	ASSERT_EQ(skel->bss->sum, sum, "sum in the context");
}

/* An array has all its elements from the beginning; a hash those that were inserted. */
static void some(struct for_each *skel, const struct kind *kind)
{
	__u32 there = kind->is_array ? ENTRIES : 3;

	ASSERT_EQ(test_run(kind->visit), kind->is_array ? ENTRIES : 0, "visits of new map");
	skel->bss->calls = 0;
	fill(kind, 3);
	ASSERT_EQ(test_run(kind->visit), there, "return value");
	ASSERT_EQ(skel->bss->calls, there, "calls");
	for (__u32 key = 0; key < 3; key++)
		ASSERT_EQ(skel->bss->values[key], value_of(key) + 1, "value in the callback");
	ASSERT_EQ(skel->bss->values[3], kind->is_array ? 2 : 0, "value of the fourth");
}

static void stop(struct for_each *skel, const struct kind *kind)
{
	__u32 visited = 0;

	fill(kind, ENTRIES);
	skel->bss->stop_after = 5;
	ASSERT_EQ(test_run(kind->visit), 5, "return value");
	ASSERT_EQ(skel->bss->calls, 5, "calls");
	for (__u32 key = 0; key < ENTRIES; key++) {
		/* An array is visited in the order of its keys; a hash in any order. */
		if (kind->is_array)
			ASSERT_EQ(value_now(kind, key), value_of(key) + (key < 5), "value");
		visited += value_now(kind, key) == value_of(key) + 1;
	}
	ASSERT_EQ(visited, 5, "elements that were changed");
}

static void refused(struct for_each *skel, const struct kind *kind)
{
	fill(kind, ENTRIES);
	skel->bss->flags = UNKNOWN_FLAG;
	ASSERT_EQ(test_run(kind->visit), -EINVAL, "return value");
	ASSERT_EQ(skel->bss->calls, 0, "calls");
}

static void deletion(struct for_each *skel, const struct kind *kind)
{
	__u64 value;

	fill(kind, ENTRIES);
	ASSERT_EQ(test_run(skel->progs.delete_in_hash), ENTRIES, "visits");
	for (__u32 key = 0; key < ENTRIES; key++)
		ASSERT_EQ(bpf_map_lookup_elem(bpf_map__fd(kind->map), &key, &value),
			  key % 2 ? -ENOENT : 0, "look up");
	ASSERT_EQ(test_run(skel->progs.delete_in_hash), ENTRIES / 2, "visits of the rest");
}

TEST_NEEDS(for_each, NEED_BTF, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_HELPER(for_each_map_elem, RAW_TRACEPOINT, "5.13"));

void test_for_each(void)
{
	static const struct {
		const char *name;
		void (*run)(struct for_each *skel, const struct kind *kind);
		int kind;
	} subtests[] = {
		/* clang-format off */
		{ "hash_map",			all,		0 },
		{ "hash_map_some",		some,		0 },
		{ "hash_map_stop",		stop,		0 },
		{ "hash_map_refused",		refused,	0 },
		{ "hash_map_deletion",		deletion,	0 },
		{ "array_map",			all,		1 },
		{ "array_map_some",		some,		1 },
		{ "array_map_stop",		stop,		1 },
		{ "array_map_refused",		refused,	1 },
		{ "percpu_array_map",		all,		2 },
		{ "percpu_array_map_stop",	stop,		2 },
		{ "percpu_array_map_refused",	refused,	2 },
		{ "percpu_hash_map",		all,		3 },
		{ "percpu_hash_map_some",	some,		3 },
		{ "percpu_hash_map_stop",	stop,		3 },
		{ "percpu_hash_map_refused",	refused,	3 },
		/* clang-format on */
	};
	cpu_set_t saved;

	/* Programs see the values of the CPU that they run on. */
	if (!ASSERT_LE(libbpf_num_possible_cpus(), MAX_CPUS, "possible CPUs") ||
	    !stay_on_cpu(&saved))
		return;
	for_each_subtest (subtest, subtests) {
		auto_skel struct for_each *skel = for_each__open_and_load();

		if (!ASSERT_OK_PTR(skel, "open and load"))
			continue;
		const struct kind kinds[] = {
			{ skel->maps.hash, skel->progs.visit_hash, false, false },
			{ skel->maps.array, skel->progs.visit_array, true, false },
			{ skel->maps.percpu_array, skel->progs.visit_percpu_array, true, true },
			{ skel->maps.percpu_hash, skel->progs.visit_percpu_hash, false, true },
		};
		subtest->run(skel, &kinds[subtest->kind]);
	}
	leave_cpu(&saved);
}
