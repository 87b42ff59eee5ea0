// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tries of prefixes: the longest prefix that matches, update flags, capacity, deletion, walks.
 *
 * A key is a number of bits and an address. A lookup finds the longest prefix in the trie that is
 * not longer than the key and equal to its first bits. An update or a deletion is about the prefix
 * itself. The same steps are tested by system calls and by helpers.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/lpm_trie.h"
#include "lpm_trie.skel.h"

#define ENTRIES      LPM_TRIE_ENTRIES
#define UNKNOWN_FLAG (1ULL << 20)

#define KEY(bits, a, b, c, d) ((struct lpm_key){ bits, { a, b, c, d } })

/* One way to access elements; each function returns 0 or a negative errno. */
struct access {
	int (*update)(struct lpm_trie *skel, struct lpm_key key, __u32 value, __u64 flags);
	int (*delete)(struct lpm_trie *skel, struct lpm_key key);
	int (*lookup)(struct lpm_trie *skel, struct lpm_key key, __u32 *value);
};

static int update_by_syscall(struct lpm_trie *skel, struct lpm_key key, __u32 value, __u64 flags)
{
	return bpf_map_update_elem(bpf_map__fd(skel->maps.trie), &key, &value, flags);
}

static int delete_by_syscall(struct lpm_trie *skel, struct lpm_key key)
{
	return bpf_map_delete_elem(bpf_map__fd(skel->maps.trie), &key);
}

static int lookup_by_syscall(struct lpm_trie *skel, struct lpm_key key, __u32 *value)
{
	return bpf_map_lookup_elem(bpf_map__fd(skel->maps.trie), &key, value);
}

static int operate(struct lpm_trie *skel, struct lpm_order order)
{
	skel->bss->order = order;
	return test_run(skel->progs.operate);
}

static int update_by_helper(struct lpm_trie *skel, struct lpm_key key, __u32 value, __u64 flags)
{
	return operate(skel, (struct lpm_order){ key, LPM_UPDATE, value, flags });
}

static int delete_by_helper(struct lpm_trie *skel, struct lpm_key key)
{
	return operate(skel, (struct lpm_order){ .key = key, .operation = LPM_DELETE });
}

static int lookup_by_helper(struct lpm_trie *skel, struct lpm_key key, __u32 *value)
{
	int err = operate(skel, (struct lpm_order){ .key = key, .operation = LPM_LOOKUP });

	if (!err)
		*value = skel->bss->found_value;
	return err;
}

static const struct access by_syscall = {
	update_by_syscall,
	delete_by_syscall,
	lookup_by_syscall,
};
static const struct access by_helper = {
	update_by_helper,
	delete_by_helper,
	lookup_by_helper,
};

static void finds(struct lpm_trie *skel, const struct access *by, struct lpm_key key,
		  __u32 expected)
{
	__u32 value = ~expected;

	ASSERT_EQ(by->lookup(skel, key, &value), 0, "look up");
	ASSERT_EQ(value, expected, "value");
}

static void finds_none(struct lpm_trie *skel, const struct access *by, struct lpm_key key)
{
	__u32 value;

	ASSERT_EQ(by->lookup(skel, key, &value), -ENOENT, "look up what does not match");
}

static void longest_match(struct lpm_trie *skel, const struct access *by)
{
	finds_none(skel, by, KEY(32, 10, 1, 2, 3));
	ASSERT_EQ(by->update(skel, KEY(8, 10, 0, 0, 0), 8, BPF_ANY), 0, "/8");
	ASSERT_EQ(by->update(skel, KEY(32, 10, 1, 2, 3), 32, BPF_ANY), 0, "/32");
	ASSERT_EQ(by->update(skel, KEY(16, 10, 1, 0, 0), 16, BPF_ANY), 0, "/16");
	ASSERT_EQ(by->update(skel, KEY(25, 10, 1, 2, 128), 25, BPF_ANY), 0, "/25");

	finds(skel, by, KEY(32, 10, 1, 2, 3), 32);
	finds(skel, by, KEY(32, 10, 1, 2, 4), 16);
	finds(skel, by, KEY(32, 10, 1, 2, 127), 16);
	finds(skel, by, KEY(32, 10, 1, 2, 128), 25);
	finds(skel, by, KEY(32, 10, 2, 2, 3), 8);
	finds_none(skel, by, KEY(32, 11, 1, 2, 3));
	/* A shorter key matches only prefixes that are not longer. */
	finds(skel, by, KEY(31, 10, 1, 2, 3), 16);
	finds(skel, by, KEY(25, 10, 1, 2, 128), 25);
	finds(skel, by, KEY(24, 10, 1, 2, 128), 16);
	finds(skel, by, KEY(15, 10, 1, 2, 3), 8);
	finds_none(skel, by, KEY(7, 10, 1, 2, 3));

	/* The prefix of no bits matches everything. */
	ASSERT_EQ(by->update(skel, KEY(0, 0, 0, 0, 0), 100, BPF_ANY), 0, "/0");
	finds(skel, by, KEY(32, 11, 1, 2, 3), 100);
	finds(skel, by, KEY(7, 10, 1, 2, 3), 100);
	finds(skel, by, KEY(32, 10, 2, 2, 3), 8);
}

static void deletion(struct lpm_trie *skel, const struct access *by)
{
	ASSERT_EQ(by->delete(skel, KEY(8, 10, 0, 0, 0)), -ENOENT, "delete from empty trie");
	ASSERT_EQ(by->update(skel, KEY(8, 10, 0, 0, 0), 8, BPF_ANY), 0, "/8");
	ASSERT_EQ(by->update(skel, KEY(24, 10, 1, 2, 0), 24, BPF_ANY), 0, "/24");
	ASSERT_EQ(by->update(skel, KEY(24, 10, 1, 3, 0), 25, BPF_ANY), 0, "neighbour");

	/* It matches the /8, but is not in the trie; the branch of both /24 is no element either. */
	ASSERT_EQ(by->delete(skel, KEY(16, 10, 1, 0, 0)), -ENOENT, "delete what only matches");
	ASSERT_EQ(by->delete(skel, KEY(23, 10, 1, 2, 0)), -ENOENT, "delete a branch");
	ASSERT_EQ(by->delete(skel, KEY(24, 10, 1, 2, 0)), 0, "delete");
	ASSERT_EQ(by->delete(skel, KEY(24, 10, 1, 2, 0)), -ENOENT, "delete again");
	finds(skel, by, KEY(32, 10, 1, 2, 3), 8);
	finds(skel, by, KEY(32, 10, 1, 3, 3), 25);
	ASSERT_EQ(by->delete(skel, KEY(8, 10, 0, 0, 0)), 0, "delete the shortest");
	finds_none(skel, by, KEY(32, 10, 1, 2, 3));
	finds(skel, by, KEY(32, 10, 1, 3, 3), 25);
	ASSERT_EQ(by->delete(skel, KEY(24, 10, 1, 3, 0)), 0, "delete the last");
	finds_none(skel, by, KEY(32, 10, 1, 3, 3));
}

static void flags(struct lpm_trie *skel, const struct access *by)
{
	const struct lpm_key key = KEY(17, 192, 168, 128, 0);

	ASSERT_EQ(by->update(skel, key, 1, BPF_EXIST), -ENOENT, "EXIST, new key");
	finds_none(skel, by, key);
	ASSERT_EQ(by->update(skel, key, 2, BPF_NOEXIST), 0, "NOEXIST, new key");
	ASSERT_EQ(by->update(skel, key, 3, BPF_NOEXIST), -EEXIST, "NOEXIST, old key");
	finds(skel, by, key, 2);
	ASSERT_EQ(by->update(skel, key, 4, BPF_EXIST), 0, "EXIST, old key");
	finds(skel, by, key, 4);
	/* The bits behind the prefix are no part of the key. */
	ASSERT_EQ(by->update(skel, KEY(17, 192, 168, 255, 9), 5, BPF_EXIST), 0, "same prefix");
	finds(skel, by, key, 5);
	ASSERT_EQ(by->update(skel, KEY(18, 192, 168, 128, 0), 6, BPF_EXIST), -ENOENT,
		  "EXIST, a bit more");
	ASSERT_EQ(by->update(skel, key, 7, BPF_NOEXIST | BPF_EXIST), -EINVAL, "both flags");
	ASSERT_EQ(by->update(skel, key, 7, UNKNOWN_FLAG), -EINVAL, "unknown flag");
	ASSERT_EQ(by->update(skel, KEY(33, 192, 168, 128, 0), 7, BPF_ANY), -EINVAL, "33 bits");
	ASSERT_EQ(by->delete(skel, KEY(33, 192, 168, 128, 0)), -EINVAL, "delete 33 bits");
	finds(skel, by, key, 5);
}

static void full(struct lpm_trie *skel, const struct access *by)
{
	for (__u32 i = 0; i < ENTRIES; i++)
		ASSERT_EQ(by->update(skel, KEY(24, 10, i, 0, 0), i, BPF_NOEXIST), 0, "fill");
	ASSERT_EQ(by->update(skel, KEY(24, 10, ENTRIES, 0, 0), 0, BPF_ANY), -ENOSPC,
		  "one too many");
	finds_none(skel, by, KEY(24, 10, ENTRIES, 0, 0));
	ASSERT_EQ(by->update(skel, KEY(24, 10, 3, 0, 0), 33, BPF_ANY), 0, "replace in full trie");
	finds(skel, by, KEY(24, 10, 3, 0, 0), 33);
	ASSERT_EQ(by->delete(skel, KEY(24, 10, 5, 0, 0)), 0, "make room");
	ASSERT_EQ(by->update(skel, KEY(24, 10, ENTRIES, 0, 0), 88, BPF_ANY), 0, "into the room");
	ASSERT_EQ(by->update(skel, KEY(24, 10, 5, 0, 0), 0, BPF_ANY), -ENOSPC, "full again");
	finds(skel, by, KEY(24, 10, ENTRIES, 0, 0), 88);
	finds_none(skel, by, KEY(24, 10, 5, 0, 0));
}

/* A walk visits a prefix after all longer prefixes that it matches. */
static void walk(struct lpm_trie *skel, const struct access *by)
{
	const struct lpm_key expected[] = {
		KEY(24, 10, 1, 1, 0), KEY(24, 10, 1, 2, 0), KEY(16, 10, 1, 0, 0),
		KEY(16, 10, 2, 0, 0), KEY(8, 10, 0, 0, 0),
	};
	struct lpm_key key, *previous = NULL;
	int fd = bpf_map__fd(skel->maps.trie);
	unsigned int i;

	ASSERT_EQ(bpf_map_get_next_key(fd, NULL, &key), -ENOENT, "first of none");
	for (i = ARRAY_SIZE(expected); i > 0; i--)
		ASSERT_EQ(by->update(skel, expected[i - 1], i, BPF_ANY), 0, "update");
	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		if (!ASSERT_OK(bpf_map_get_next_key(fd, previous, &key), "next"))
			return;
		ASSERT_MEMEQ(&key, &expected[i], sizeof(key), "key");
		previous = &key;
	}
	ASSERT_EQ(bpf_map_get_next_key(fd, &key, &key), -ENOENT, "next of last");
}

static void batch(struct lpm_trie *skel, const struct access *by)
{
	struct lpm_key keys[ENTRIES + 1], found[ENTRIES];
	__u32 values[ENTRIES + 1], found_values[ENTRIES], count = ENTRIES + 1;
	int fd = bpf_map__fd(skel->maps.trie);
	struct lpm_key position;

	for (__u32 i = 0; i <= ENTRIES; i++) {
		keys[i] = KEY(16, 10, i, 0, 0);
		values[i] = 50 + i;
	}
	ASSERT_EQ(bpf_map_update_batch(fd, keys, values, &count, NULL), -ENOSPC, "one too many");
	ASSERT_EQ(count, ENTRIES, "elements up to the one too many");

	count = 3;
	ASSERT_OK(bpf_map_lookup_batch(fd, NULL, &position, found, found_values, &count, NULL),
		  "look up some");
	ASSERT_EQ(count, 3, "elements");
	ASSERT_MEMEQ(&position, &keys[2], sizeof(position), "position");
	count = ENTRIES - 3;
	ASSERT_EQ(bpf_map_lookup_batch(fd, &position, &position, &found[3], &found_values[3],
				       &count, NULL),
		  0, "look up the rest");
	ASSERT_EQ(count, ENTRIES - 3, "elements of the rest");
	ASSERT_MEMEQ(found, keys, sizeof(found), "keys");
	ASSERT_MEMEQ(found_values, values, sizeof(found_values), "values");
	ASSERT_EQ(bpf_map_lookup_batch(fd, &position, &position, found, found_values, &count, NULL),
		  -ENOENT, "look up behind the end");
	ASSERT_EQ(count, 0, "elements behind the end");

	count = 2;
	ASSERT_OK(bpf_map_delete_batch(fd, &keys[6], &count, NULL), "delete two");
	count = 2;
	ASSERT_EQ(bpf_map_delete_batch(fd, &keys[5], &count, NULL), -ENOENT,
		  "delete one and what is not there");
	ASSERT_EQ(count, 1, "elements up to the missing one");
	for (__u32 i = 0; i < 5; i++)
		finds(skel, by, keys[i], 50 + i);
	for (__u32 i = 5; i < ENTRIES; i++)
		finds_none(skel, by, keys[i]);
}

static int create(__u32 key_bytes, __u32 value_bytes, __u32 entries, __u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);
	auto_fd int fd = bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "trie", key_bytes, value_bytes,
					entries, &opts);

	return fd < 0 ? fd : 0;
}

static void creation(struct lpm_trie *skel, const struct access *by)
{
	const __u32 number_bytes = sizeof(__u32);

	ASSERT_EQ(create(number_bytes + 1, 1, 1, BPF_F_NO_PREALLOC), 0, "shortest key");
	ASSERT_EQ(create(number_bytes + 256, 1, 1, BPF_F_NO_PREALLOC), 0, "longest key");
	ASSERT_EQ(create(number_bytes, 1, 1, BPF_F_NO_PREALLOC), -EINVAL, "no address");
	ASSERT_EQ(create(number_bytes + 257, 1, 1, BPF_F_NO_PREALLOC), -EINVAL, "too long a key");
	ASSERT_EQ(create(number_bytes + 4, 0, 1, BPF_F_NO_PREALLOC), -EINVAL, "no value");
	ASSERT_EQ(create(number_bytes + 4, 1, 0, BPF_F_NO_PREALLOC), -EINVAL, "no entries");
	ASSERT_EQ(create(number_bytes + 4, 1, 1, 0), -EINVAL, "elements allocated before");
	ASSERT_EQ(create(number_bytes + 4, 1, 1, BPF_F_NO_PREALLOC | BPF_F_ZERO_SEED), -EINVAL,
		  "flag of hashes");
}

TEST_NEEDS(lpm_trie, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"), NEED_MAP_TYPE(LPM_TRIE, "4.11"));

void test_lpm_trie(void)
{
	static const struct {
		const char *name;
		void (*run)(struct lpm_trie *skel, const struct access *by);
		const struct access *by;
	} subtests[] = {
		/* clang-format off */
		{ "longest_match",		longest_match,	&by_syscall },
		{ "longest_match_helper",	longest_match,	&by_helper },
		{ "deletion",			deletion,	&by_syscall },
		{ "deletion_helper",		deletion,	&by_helper },
		{ "flags",			flags,		&by_syscall },
		{ "flags_helper",		flags,		&by_helper },
		{ "full",			full,		&by_syscall },
		{ "full_helper",		full,		&by_helper },
		{ "walk",			walk,		&by_syscall },
		{ "batch",			batch,		&by_syscall },
		{ "creation",			creation,	&by_syscall },
		/* clang-format on */
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct lpm_trie *skel = lpm_trie__open_and_load();

		if (ASSERT_OK_PTR(skel, "open and load"))
			subtest->run(skel, subtest->by);
	}
}
