// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bloom filters: what was added is found, what was not is absent, and nothing can be taken out.
 *
 * A bloom filter may find a value that was never added. Here it has 8192 bits, five hashes and at
 * most eight values, so that this happens once in 10^9 looks.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "bloom_filter_map.skel.h"

#define HASHES       5
#define UNKNOWN_FLAG (1ULL << 20)
/* The kernel's errno for a missing operation of a map. User space has no name for it. */
#define ENOTSUPP     524

static struct bloom_filter_map *load_filter(void)
{
	struct bloom_filter_map *skel = bloom_filter_map__open();

	if (!ASSERT_OK_PTR(skel, "open"))
		return NULL;
	if (ASSERT_OK(bpf_map__set_map_extra(skel->maps.filter, HASHES), "number of hashes") &&
	    ASSERT_OK(bloom_filter_map__load(skel), "load"))
		return skel;
	bloom_filter_map__destroy(skel);
	return NULL;
}

static int push_by_syscall(struct bloom_filter_map *skel, __u64 value, __u64 flags)
{
	return bpf_map_update_elem(bpf_map__fd(skel->maps.filter), NULL, &value, flags);
}

static int peek_by_syscall(struct bloom_filter_map *skel, __u64 value)
{
	return bpf_map_lookup_elem(bpf_map__fd(skel->maps.filter), NULL, &value);
}

static int push_by_helper(struct bloom_filter_map *skel, __u64 value, __u64 flags)
{
	skel->bss->value = value;
	skel->bss->flags = flags;
	return test_run(skel->progs.push);
}

static int peek_by_helper(struct bloom_filter_map *skel, __u64 value)
{
	skel->bss->value = value;
	return test_run(skel->progs.peek);
}

static void values(struct bloom_filter_map *skel)
{
	for (__u64 value = 0; value < 8; value++)
		ASSERT_EQ(peek_by_syscall(skel, value), -ENOENT, "value of empty filter");
	for (__u64 value = 0; value < 8; value += 2)
		ASSERT_EQ(push_by_syscall(skel, value, BPF_ANY), 0, "add");
	for (__u64 value = 1; value < 4; value += 2)
		ASSERT_EQ(push_by_helper(skel, value, BPF_ANY), 0, "add by helper");
	/* 0 to 4 and 6 were added; each way to look sees what both have added. */
	for (__u64 value = 0; value < 8; value++) {
		int expected = value < 5 || value == 6 ? 0 : -ENOENT;

		ASSERT_EQ(peek_by_syscall(skel, value), expected, "look");
		ASSERT_EQ(peek_by_helper(skel, value), expected, "look by helper");
	}
	ASSERT_EQ(peek_by_helper(skel, 1ULL << 32), -ENOENT, "other high half");
	ASSERT_EQ(push_by_helper(skel, 4, BPF_ANY), 0, "add again");
	ASSERT_EQ(peek_by_helper(skel, 4), 0, "look after adding again");
}

static void refused(struct bloom_filter_map *skel)
{
	int fd = bpf_map__fd(skel->maps.filter);
	__u64 value = 9;
	__u32 key = 0;

	ASSERT_EQ(push_by_syscall(skel, 9, BPF_NOEXIST), -EINVAL, "NOEXIST");
	ASSERT_EQ(push_by_syscall(skel, 9, BPF_EXIST), -EINVAL, "EXIST");
	ASSERT_EQ(push_by_helper(skel, 9, BPF_EXIST), -EINVAL, "EXIST by helper");
	ASSERT_EQ(push_by_helper(skel, 9, UNKNOWN_FLAG), -EINVAL, "unknown flag by helper");
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_ANY), -EINVAL, "update with a key");
	ASSERT_EQ(bpf_map_lookup_elem(fd, &key, &value), -EINVAL, "look up a key");
	ASSERT_EQ(peek_by_syscall(skel, 9), -ENOENT, "value that was refused");

	ASSERT_OK(push_by_syscall(skel, 9, BPF_ANY), "add");
	ASSERT_EQ(bpf_map_delete_elem(fd, NULL), -EOPNOTSUPP, "delete");
	ASSERT_EQ(bpf_map_lookup_and_delete_elem(fd, NULL, &value), -ENOTSUPP,
		  "look up and delete");
	ASSERT_EQ(bpf_map_get_next_key(fd, NULL, &key), -EOPNOTSUPP, "next key");
	ASSERT_EQ(peek_by_syscall(skel, 9), 0, "value that stays");
}

static int create(__u32 key_bytes, __u32 value_bytes, __u32 entries, __u32 flags, __u64 extra)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags, .map_extra = extra);

	return bpf_map_create(BPF_MAP_TYPE_BLOOM_FILTER, "filter", key_bytes, value_bytes, entries,
			      &opts);
}

static void refuses(__u32 key_bytes, __u32 value_bytes, __u32 entries, __u32 flags, __u64 extra,
		    const char *name)
{
	auto_fd int fd = create(key_bytes, value_bytes, entries, flags, extra);

	ASSERT_EQ(fd, -EINVAL, name);
}

static void creation(struct bloom_filter_map *skel)
{
	struct bpf_map_info info = {};
	__u32 info_bytes = sizeof(info);

	refuses(4, 8, 10, 0, 0, "with keys");
	refuses(0, 0, 10, 0, 0, "no value");
	refuses(0, 8, 0, 0, 0, "no entries");
	refuses(0, 8, 10, BPF_F_NO_PREALLOC, 0, "NO_PREALLOC");
	refuses(0, 8, 10, 0, 16, "sixteen hashes");
	ASSERT_OK(bpf_map_get_info_by_fd(bpf_map__fd(skel->maps.filter), &info, &info_bytes),
		  "info");
	ASSERT_EQ(info.type, BPF_MAP_TYPE_BLOOM_FILTER, "type in the info");
	ASSERT_EQ(info.map_extra, HASHES, "hashes in the info");
	ASSERT_EQ(info.key_size, 0, "size of key in the info");
}

/* Without a seed, two filters agree on every value, also on those that they find wrongly. */
static void zero_seed(struct bloom_filter_map *skel)
{
	auto_fd int first = create(0, 4, 40, BPF_F_ZERO_SEED, 2);
	auto_fd int second = create(0, 4, 40, BPF_F_ZERO_SEED, 2);
	int found = 0;

	if (!ASSERT_OK_FD(first, "first filter") || !ASSERT_OK_FD(second, "second filter"))
		return;
	for (__u32 value = 0; value < 40; value++) {
		ASSERT_OK(bpf_map_update_elem(first, NULL, &value, BPF_ANY), "add to first");
		ASSERT_OK(bpf_map_update_elem(second, NULL, &value, BPF_ANY), "add to second");
	}
	for (__u32 value = 40; value < 2000; value++) {
		int err = bpf_map_lookup_elem(first, NULL, &value);

		ASSERT_EQ(bpf_map_lookup_elem(second, NULL, &value), err, "same answer");
		found += !err;
	}
	/* The filter has 128 bits for 40 values: some of 1960 other values must be found. */
	ASSERT_GT(found, 0, "values found wrongly");
}

TEST_NEEDS(bloom_filter_map, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_MAP_TYPE(BLOOM_FILTER, "5.16"));

void test_bloom_filter_map(void)
{
	static const struct {
		const char *name;
		void (*run)(struct bloom_filter_map *skel);
	} subtests[] = {
		{ "values", values },
		{ "refused", refused },
		{ "creation", creation },
		{ "zero_seed", zero_seed },
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct bloom_filter_map *skel = load_filter();

		if (skel)
			subtest->run(skel);
	}
}
