// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maps with a value for each CPU: user space sees all values of an element, a program changes the
 * one of its own CPU and can read the others.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "map_lookup_percpu_elem.skel.h"

#define MAX_CPUS 1024
#define KEY      2

/* The programs for one of the maps. */
struct kind {
	struct bpf_map *map;
	struct bpf_program *lookup, *double_own, *update;
	bool is_array;
};

static int cpus;

static __u64 value_of(int cpu)
{
	return 1000 + 7 * cpu;
}

static void set_all(const struct kind *kind)
{
	__u64 values[MAX_CPUS];
	__u32 key = KEY;

	for (int cpu = 0; cpu < cpus; cpu++)
		values[cpu] = value_of(cpu);
	ASSERT_OK(bpf_map_update_elem(bpf_map__fd(kind->map), &key, values, BPF_ANY), "set all");
}

/* Checks the values of all CPUs; that of @cpu may differ. */
static void check_all(const struct kind *kind, int cpu, __u64 expected)
{
	__u64 values[MAX_CPUS] = {};
	__u32 key = KEY;

	if (!ASSERT_OK(bpf_map_lookup_elem(bpf_map__fd(kind->map), &key, values), "look up all"))
		return;
	for (int i = 0; i < cpus; i++)
		ASSERT_EQ(values[i], i == cpu ? expected : value_of(i), "value of CPU");
}

static void lookup(struct map_lookup_percpu_elem *skel, const struct kind *kind)
{
	skel->bss->key = KEY;
	skel->bss->cpu = 0;
	if (!kind->is_array)
		ASSERT_EQ(test_run(kind->lookup), -ENOENT, "look up before update");
	set_all(kind);
	for (int cpu = 0; cpu < cpus; cpu++) {
		skel->bss->cpu = cpu;
		ASSERT_EQ(test_run(kind->lookup), 0, "look up");
		ASSERT_EQ(skel->bss->value, value_of(cpu), "value of CPU");
	}
	skel->bss->cpu = UINT32_MAX;
	ASSERT_EQ(test_run(kind->lookup), -ENOENT, "CPU that no machine has");
	skel->bss->cpu = 0;
	skel->bss->key = 3;
	ASSERT_EQ(test_run(kind->lookup), -ENOENT, "key that is not there");
}

static void own_value(struct map_lookup_percpu_elem *skel, const struct kind *kind)
{
	cpu_set_t saved;
	int cpu;

	if (!stay_on_cpu(&saved))
		return;
	cpu = sched_getcpu();
	set_all(kind);
	check_all(kind, -1, 0);
	skel->bss->key = KEY;
	ASSERT_EQ(test_run(kind->double_own), 0, "double");
	check_all(kind, cpu, 2 * value_of(cpu));
	skel->bss->value = 99;
	ASSERT_EQ(test_run(kind->update), 0, "update");
	check_all(kind, cpu, 99);
	skel->bss->key = 3;
	ASSERT_EQ(test_run(kind->double_own), -ENOENT, "key that is not there");
	leave_cpu(&saved);
}

/* A program that adds an element sets the value of its CPU; those of the others are zero. */
static void new_element(struct map_lookup_percpu_elem *skel, const struct kind *kind)
{
	int fd = bpf_map__fd(kind->map), cpu;
	__u64 values[MAX_CPUS];
	__u32 key = KEY;
	cpu_set_t saved;

	if (!stay_on_cpu(&saved))
		return;
	cpu = sched_getcpu();
	/* The memory of the element has been used before. */
	set_all(kind);
	if (kind->is_array)
		ASSERT_EQ(bpf_map_delete_elem(fd, &key), -EINVAL, "delete from array");
	else
		ASSERT_OK(bpf_map_delete_elem(fd, &key), "delete");
	skel->bss->key = key;
	skel->bss->value = 42;
	ASSERT_EQ(test_run(kind->update), 0, "update");
	if (kind->is_array) {
		check_all(kind, cpu, 42);
	} else if (ASSERT_OK(bpf_map_lookup_elem(fd, &key, values), "look up all")) {
		for (int i = 0; i < cpus; i++)
			ASSERT_EQ(values[i], i == cpu ? 42 : 0, "value of CPU");
	}
	leave_cpu(&saved);
}

/* Flags name a CPU in the upper half, or mean all of them; the buffer then has one value. */
static void one_cpu(struct map_lookup_percpu_elem *skel, const struct kind *kind)
{
	int fd = bpf_map__fd(kind->map), last = cpus - 1;
	__u64 value = 5, last_cpu = (__u64)last << 32;
	__u32 key = KEY;

	set_all(kind);
	ASSERT_OK(bpf_map_update_elem(fd, &key, &value, BPF_F_CPU | last_cpu), "update one CPU");
	check_all(kind, last, 5);
	value = 0;
	ASSERT_OK(bpf_map_lookup_elem_flags(fd, &key, &value, BPF_F_CPU | last_cpu), "look at it");
	ASSERT_EQ(value, 5, "its value");
	ASSERT_OK(bpf_map_lookup_elem_flags(fd, &key, &value, BPF_F_CPU), "look at the first");
	ASSERT_EQ(value, last ? value_of(0) : 5, "value of the first");

	value = 6;
	ASSERT_OK(bpf_map_update_elem(fd, &key, &value, BPF_F_ALL_CPUS), "update all");
	for (int cpu = 0; cpu < cpus; cpu++) {
		value = 0;
		ASSERT_OK(bpf_map_lookup_elem_flags(fd, &key, &value, BPF_F_CPU | (__u64)cpu << 32),
			  "look at each");
		ASSERT_EQ(value, 6, "value of each");
	}
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_F_CPU | (__u64)cpus << 32), -ERANGE,
		  "CPU behind the last");
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_F_CPU | BPF_F_ALL_CPUS), -EINVAL,
		  "one and all");
	ASSERT_EQ(bpf_map_lookup_elem_flags(fd, &key, &value, BPF_F_ALL_CPUS), -EINVAL,
		  "look at all");
	ASSERT_EQ(bpf_map_lookup_elem_flags(fd, &key, &value, last_cpu | 1ULL << 32), -EINVAL,
		  "CPU without the flag");
}

TEST_NEEDS(map_lookup_percpu_elem, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_HELPER(map_lookup_percpu_elem, RAW_TRACEPOINT, "5.19"));
SUBTEST_NEEDS(map_lookup_percpu_elem, "one_cpu_*", NEED_CONSTANT("BPF_F_ALL_CPUS", "7.0"));

void test_map_lookup_percpu_elem(void)
{
	static const struct {
		const char *name;
		void (*run)(struct map_lookup_percpu_elem *skel, const struct kind *kind);
		int kind;
	} subtests[] = {
		/* clang-format off */
		{ "lookup_array",		lookup,		0 },
		{ "lookup_hash",		lookup,		1 },
		{ "lookup_lru_hash",		lookup,		2 },
		{ "own_value_array",		own_value,	0 },
		{ "own_value_hash",		own_value,	1 },
		{ "own_value_lru_hash",		own_value,	2 },
		{ "new_element_array",		new_element,	0 },
		{ "new_element_hash",		new_element,	1 },
		{ "new_element_lru_hash",	new_element,	2 },
		{ "one_cpu_array",		one_cpu,	0 },
		{ "one_cpu_hash",		one_cpu,	1 },
		{ "one_cpu_lru_hash",		one_cpu,	2 },
		/* clang-format on */
	};

	cpus = libbpf_num_possible_cpus();
	if (!ASSERT_GT(cpus, 0, "possible CPUs") || !ASSERT_LE(cpus, MAX_CPUS, "possible CPUs"))
		return;
	for_each_subtest (subtest, subtests) {
		auto_skel struct map_lookup_percpu_elem *skel =
			map_lookup_percpu_elem__open_and_load();

		if (!ASSERT_OK_PTR(skel, "open and load"))
			continue;
		const struct kind kinds[] = {
			{ skel->maps.array, skel->progs.lookup_array, skel->progs.double_array,
			  skel->progs.update_array, true },
			{ skel->maps.hash, skel->progs.lookup_hash, skel->progs.double_hash,
			  skel->progs.update_hash, false },
			{ skel->maps.lru_hash, skel->progs.lookup_lru_hash,
			  skel->progs.double_lru_hash, skel->progs.update_lru_hash, false },
		};
		subtest->run(skel, &kinds[subtest->kind]);
	}
}
