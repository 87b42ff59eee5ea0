// SPDX-License-Identifier: GPL-2.0-only
/*
 * LRU maps: a new key can always be inserted, and used elements stay longer than unused ones.
 *
 * The kernel chooses how many elements it evicts at once, and from which list. The test asserts
 * only what users may rely on. It asserts exact numbers only if the map has one list per CPU
 * (BPF_F_NO_COMMON_LRU) and the test stays on one CPU: each possible CPU then has an equal share of
 * the elements.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "lru_map.skel.h"

#define OWN_ENTRIES 64 /* elements of the CPU that the test is on */

static struct lru_map *load_lru_map(__u32 map_flags, __u32 max_entries)
{
	struct lru_map *skel = lru_map__open();

	if (!ASSERT_OK_PTR(skel, "open"))
		return NULL;
	if (ASSERT_OK(bpf_map__set_map_flags(skel->maps.elements, map_flags), "flags") &&
	    ASSERT_OK(bpf_map__set_max_entries(skel->maps.elements, max_entries), "entries") &&
	    ASSERT_OK(lru_map__load(skel), "load"))
		return skel;
	lru_map__destroy(skel);
	return NULL;
}

static int update(struct lru_map *skel, __u32 key, __u64 value, __u64 flags)
{
	return bpf_map_update_elem(bpf_map__fd(skel->maps.elements), &key, &value, flags);
}

/* Returns whether the key is present; its value must equal the key. This is not a use. */
static bool is_there(struct lru_map *skel, __u32 key)
{
	__u64 value = 0;
	int err = bpf_map_lookup_elem(bpf_map__fd(skel->maps.elements), &key, &value);

	if (err)
		return !ASSERT_EQ(err, -ENOENT, "look up");
	ASSERT_EQ(value, key, "value");
	return true;
}

static __u32 count_between(struct lru_map *skel, __u32 first, __u32 end)
{
	__u32 count = 0;

	for (__u32 key = first; key < end; key++)
		count += is_there(skel, key);
	return count;
}

static __u32 count_all(struct lru_map *skel)
{
	int fd = bpf_map__fd(skel->maps.elements);
	__u32 key, *previous = NULL, count = 0;

	for (; !bpf_map_get_next_key(fd, previous, &key); previous = &key)
		count++;
	return count;
}

static bool insert(struct lru_map *skel, __u32 first, __u32 end)
{
	for (__u32 key = first; key < end; key++)
		if (!ASSERT_OK(update(skel, key, key, BPF_NOEXIST), "insert"))
			return false;
	return true;
}

/*
 * A program looks the elements up, which sets their reference bits. Returns how many it found, or a
 * negative errno.
 */
static int use_present(struct lru_map *skel, __u32 first, __u32 end)
{
	skel->bss->first_key = first;
	skel->bss->key_count = end - first;
	return test_run(skel->progs.use_elements);
}

static bool use(struct lru_map *skel, __u32 first, __u32 end)
{
	return ASSERT_EQ(use_present(skel, first, end), (int)(end - first), "elements used");
}

static void flags(struct lru_map *skel)
{
	ASSERT_EQ(update(skel, 1, 1, BPF_EXIST), -ENOENT, "EXIST, new key");
	ASSERT_EQ(update(skel, 1, 0, BPF_NOEXIST), 0, "NOEXIST, new key");
	ASSERT_EQ(update(skel, 1, 1, BPF_EXIST), 0, "EXIST, old key");
	ASSERT_EQ(update(skel, 1, 2, BPF_NOEXIST), -EEXIST, "NOEXIST, old key");
	ASSERT_EQ(update(skel, 1, 2, BPF_NOEXIST | BPF_EXIST), -EINVAL, "both flags");
	ASSERT_TRUE(is_there(skel, 1), "key");
	ASSERT_EQ(count_all(skel), 1, "elements");
	ASSERT_EQ(use_present(skel, 0, 3), 1, "elements that a program finds");
}

/*
 * Used elements stay as long as there are unused ones, which leave oldest first. The kernel looks
 * at only a few of the oldest. Every other element is used, so that it always finds an unused
 * one.
 */
static void used_elements_stay(struct lru_map *skel)
{
	const __u32 end = OWN_ENTRIES, unused = end / 2;
	__u32 evicted, oldest_left;

	if (!insert(skel, 0, end) || !ASSERT_EQ(count_all(skel), end, "elements of full list"))
		return;
	for (__u32 key = 0; key < end; key += 2)
		if (!use(skel, key, key + 1))
			return;

	for (__u32 inserted = 1; inserted <= unused / 2; inserted++) {
		if (!insert(skel, end + inserted - 1, end + inserted))
			return;
		ASSERT_EQ(count_between(skel, end, end + inserted), inserted, "new elements");
		for (__u32 key = 0; key < end; key += 2)
			if (!ASSERT_TRUE(is_there(skel, key), "used element"))
				return;
		evicted = end - count_between(skel, 0, end);
		ASSERT_GE(evicted, inserted, "elements that made room");
		oldest_left = 2 * evicted;
		ASSERT_EQ(count_between(skel, oldest_left, end), end - oldest_left,
			  "youngest of the unused elements");
		ASSERT_EQ(count_all(skel), end + inserted - evicted, "elements");
	}
}

/* Unused elements are evicted in the order of insertion. A lookup by a system call is not a use. */
static void oldest_leaves_first(struct lru_map *skel)
{
	__u32 end = OWN_ENTRIES, left;

	if (!insert(skel, 0, end))
		return;
	ASSERT_EQ(count_between(skel, 0, end), end, "elements of full list");
	for (__u32 key = end; key < 3 * end; key++) {
		if (!insert(skel, key, key + 1))
			return;
		left = count_all(skel);
		if (!ASSERT_LE(left, end, "elements") ||
		    !ASSERT_EQ(count_between(skel, key + 1 - left, key + 1), left, "youngest"))
			return;
	}
	ASSERT_EQ(count_between(skel, 0, end), 0, "first elements");
}

/* If all elements are used, one is evicted nevertheless, but never the newest. */
static void all_used(struct lru_map *skel)
{
	const __u32 end = OWN_ENTRIES;

	if (!insert(skel, 0, end) || !use(skel, 0, end))
		return;
	for (__u32 key = end; key < 2 * end; key++) {
		if (!insert(skel, key, key + 1) || !use(skel, key, key + 1))
			return;
		ASSERT_LE(count_all(skel), end, "elements");
	}
}

/* After deletions, as many new keys can be inserted without an eviction. */
static void deletion_makes_room(struct lru_map *skel)
{
	const __u32 end = OWN_ENTRIES, removed = 10;

	if (!insert(skel, 0, end))
		return;
	for (__u32 key = 0; key < removed; key++)
		ASSERT_OK(bpf_map_delete_elem(bpf_map__fd(skel->maps.elements), &key), "delete");
	ASSERT_EQ(count_all(skel), end - removed, "elements left");
	if (!insert(skel, end, end + removed))
		return;
	ASSERT_EQ(count_between(skel, removed, end + removed), end, "old and new elements");
	ASSERT_EQ(count_all(skel), end, "elements");
}

/* With one list for all CPUs, a new key can be inserted on any CPU, and is then present. */
static void common_list(struct lru_map *skel)
{
	const __u32 max_entries = bpf_map__max_entries(skel->maps.elements);

	for (__u32 key = 0; key < 4 * max_entries; key++) {
		if (!insert(skel, key, key + 1) || !ASSERT_TRUE(is_there(skel, key), "new element"))
			return;
		if (key % 64 == 63)
			ASSERT_LE(count_all(skel), max_entries, "elements");
	}
}

static void on_one_cpu(void (*run)(struct lru_map *skel))
{
	__u32 max_entries = OWN_ENTRIES * libbpf_num_possible_cpus();
	auto_skel struct lru_map *skel = load_lru_map(BPF_F_NO_COMMON_LRU, max_entries);
	cpu_set_t affinity;

	if (!skel || !stay_on_cpu(&affinity))
		return;
	run(skel);
	leave_cpu(&affinity);
}

static void on_any_cpu(void (*run)(struct lru_map *skel))
{
	auto_skel struct lru_map *skel = load_lru_map(0, 512);

	if (skel)
		run(skel);
}

/* The program looks up elements in a callback, which the interpreter cannot call. */
TEST_NEEDS(lru_map, NEED_JIT, NEED_PROG_TYPE(SYSCALL, "5.14"), NEED_MAP_TYPE(LRU_HASH, "4.10"));

void test_lru_map(void)
{
	static const struct {
		const char *name;
		void (*on_cpu)(void (*run)(struct lru_map *skel));
		void (*run)(struct lru_map *skel);
	} subtests[] = {
		{ "flags", on_one_cpu, flags },
		{ "used_elements_stay", on_one_cpu, used_elements_stay },
		{ "oldest_leaves_first", on_one_cpu, oldest_leaves_first },
		{ "all_used", on_one_cpu, all_used },
		{ "deletion_makes_room", on_one_cpu, deletion_makes_room },
		{ "common_list", on_any_cpu, common_list },
	};

	for_each_subtest (subtest, subtests)
		subtest->on_cpu(subtest->run);
}
