// SPDX-License-Identifier: GPL-2.0-only
/*
 * Elements of hash and array maps: update flags, capacity, iteration, deletion, batches.
 *
 * If an operation exists as system call and as helper, the same steps are tested with both.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/map_ops.h"
#include "map_ops.skel.h"

#define ENTRIES      MAP_OPS_ENTRIES
#define UNKNOWN_FLAG (1ULL << 20)
/* The kernel's errno for a missing operation of a map. User space has no name for it. */
#define ENOTSUPP     524

/* One way to access elements; each function returns 0 or a negative errno. */
struct access {
	const char *name;
	int (*update)(struct map_ops *skel, struct bpf_map *map, __u32 key, __u64 value,
		      __u64 flags);
	int (*delete)(struct map_ops *skel, struct bpf_map *map, __u32 key);
	int (*lookup)(struct map_ops *skel, struct bpf_map *map, __u32 key, __u64 *value);
};

static int update_by_syscall(struct map_ops *skel, struct bpf_map *map, __u32 key, __u64 value,
			     __u64 flags)
{
	return bpf_map_update_elem(bpf_map__fd(map), &key, &value, flags);
}

static int delete_by_syscall(struct map_ops *skel, struct bpf_map *map, __u32 key)
{
	return bpf_map_delete_elem(bpf_map__fd(map), &key);
}

static int lookup_by_syscall(struct map_ops *skel, struct bpf_map *map, __u32 key, __u64 *value)
{
	return bpf_map_lookup_elem(bpf_map__fd(map), &key, value);
}

static int operate(struct map_ops *skel, struct map_order order)
{
	return test_run_ctx(skel->progs.operate, &order, sizeof(order));
}

static int update_by_helper(struct map_ops *skel, struct bpf_map *map, __u32 key, __u64 value,
			    __u64 flags)
{
	return operate(skel, (struct map_order){
				     .operation = MAP_UPDATE,
				     .in_array = map == skel->maps.array,
				     .key = key,
				     .value = value,
				     .flags = flags,
			     });
}

static int delete_by_helper(struct map_ops *skel, struct bpf_map *map, __u32 key)
{
	return operate(skel, (struct map_order){
				     .operation = MAP_DELETE,
				     .in_array = map == skel->maps.array,
				     .key = key,
			     });
}

static int lookup_by_helper(struct map_ops *skel, struct bpf_map *map, __u32 key, __u64 *value)
{
	int err = operate(skel, (struct map_order){
					.operation = MAP_LOOKUP,
					.in_array = map == skel->maps.array,
					.key = key,
				});

	if (!err)
		*value = skel->bss->found_value;
	return err;
}

static const struct access by_syscall = {
	"system call",
	update_by_syscall,
	delete_by_syscall,
	lookup_by_syscall,
};
static const struct access by_helper = {
	"helper",
	update_by_helper,
	delete_by_helper,
	lookup_by_helper,
};

static bool has_value(struct map_ops *skel, const struct access *by, struct bpf_map *map, __u32 key,
		      __u64 expected)
{
	__u64 value = ~expected;

	return ASSERT_OK(by->lookup(skel, map, key, &value), "look up") &&
	       ASSERT_EQ(value, expected, "value");
}

static bool is_absent(struct map_ops *skel, const struct access *by, struct bpf_map *map, __u32 key)
{
	__u64 value;

	return ASSERT_EQ(by->lookup(skel, map, key, &value), -ENOENT, "look up what is not there");
}

/* Returns the number of keys in the map; each must be below @limit and come only once. */
static int walk(struct bpf_map *map, __u32 limit)
{
	bool is_seen[2 * ENTRIES] = {};
	__u32 key, *previous = NULL;
	int count = 0, err;

	while (!(err = bpf_map_get_next_key(bpf_map__fd(map), previous, &key))) {
		if (!ASSERT_LT(key, limit, "key of walk") ||
		    !ASSERT_FALSE(is_seen[key], "key seen before"))
			return -1;
		is_seen[key] = true;
		previous = &key;
		count++;
	}
	ASSERT_EQ(err, -ENOENT, "end of walk");
	return count;
}

static void hash_flags(struct map_ops *skel, const struct access *by)
{
	struct bpf_map *hash = skel->maps.hash;

	printf("by %s\n", by->name);
	ASSERT_EQ(by->update(skel, hash, 1, 10, BPF_EXIST), -ENOENT, "EXIST, new key");
	is_absent(skel, by, hash, 1);
	ASSERT_EQ(by->update(skel, hash, 1, 11, BPF_NOEXIST), 0, "NOEXIST, new key");
	ASSERT_EQ(by->update(skel, hash, 1, 12, BPF_NOEXIST), -EEXIST, "NOEXIST, old key");
	has_value(skel, by, hash, 1, 11);
	ASSERT_EQ(by->update(skel, hash, 1, 13, BPF_EXIST), 0, "EXIST, old key");
	has_value(skel, by, hash, 1, 13);
	ASSERT_EQ(by->update(skel, hash, 1, 14, BPF_ANY), 0, "ANY, old key");
	has_value(skel, by, hash, 1, 14);
	ASSERT_EQ(by->update(skel, hash, 2, 20, BPF_ANY), 0, "ANY, new key");
	has_value(skel, by, hash, 2, 20);
	ASSERT_EQ(by->update(skel, hash, 1, 15, BPF_NOEXIST | BPF_EXIST), -EINVAL, "both flags");
	ASSERT_EQ(by->update(skel, hash, 1, 15, UNKNOWN_FLAG), -EINVAL, "unknown flag");
	ASSERT_EQ(by->update(skel, hash, 1, 15, BPF_F_LOCK), -EINVAL, "lock that is not there");
	has_value(skel, by, hash, 1, 14);

	ASSERT_EQ(by->delete(skel, hash, 3), -ENOENT, "delete what is not there");
	ASSERT_EQ(by->delete(skel, hash, 1), 0, "delete");
	ASSERT_EQ(by->delete(skel, hash, 1), -ENOENT, "delete again");
	is_absent(skel, by, hash, 1);
	has_value(skel, by, hash, 2, 20);
	ASSERT_EQ(by->delete(skel, hash, 2), 0, "delete the last");
	ASSERT_EQ(walk(hash, ENTRIES), 0, "keys left");
}

static void test_hash_flags(struct map_ops *skel)
{
	hash_flags(skel, &by_syscall);
	hash_flags(skel, &by_helper);
}

static void hash_full(struct map_ops *skel, const struct access *by)
{
	struct bpf_map *hash = skel->maps.hash;

	printf("by %s\n", by->name);
	for (__u32 key = 0; key < ENTRIES; key++)
		if (!ASSERT_EQ(by->update(skel, hash, key, key, BPF_NOEXIST), 0, "fill"))
			return;
	ASSERT_EQ(by->update(skel, hash, ENTRIES, 0, BPF_ANY), -E2BIG, "one too many");
	ASSERT_EQ(by->update(skel, hash, ENTRIES, 0, BPF_NOEXIST), -E2BIG, "one too many, NOEXIST");
	ASSERT_EQ(by->update(skel, hash, ENTRIES, 0, BPF_EXIST), -ENOENT, "one too many, EXIST");
	is_absent(skel, by, hash, ENTRIES);
	/* A full map can still replace a value. */
	for (__u32 key = 0; key < ENTRIES; key++)
		ASSERT_EQ(by->update(skel, hash, key, key + 100, BPF_ANY), 0, "replace");
	ASSERT_EQ(walk(hash, ENTRIES), ENTRIES, "keys of full map");

	ASSERT_EQ(by->delete(skel, hash, 5), 0, "make room");
	ASSERT_EQ(by->update(skel, hash, ENTRIES, 7, BPF_ANY), 0, "into the room");
	ASSERT_EQ(by->update(skel, hash, 5, 0, BPF_ANY), -E2BIG, "full again");
	has_value(skel, by, hash, ENTRIES, 7);
	for (__u32 key = 0; key < ENTRIES; key++)
		if (key != 5)
			has_value(skel, by, hash, key, key + 100);
	for (__u32 key = 0; key <= ENTRIES; key++)
		ASSERT_EQ(by->delete(skel, hash, key), key == 5 ? -ENOENT : 0, "delete all");
}

static void test_hash_full(struct map_ops *skel)
{
	hash_full(skel, &by_syscall);
	hash_full(skel, &by_helper);
}

/* The keys of a hash have a fixed order. The key after an unknown key is the first one. */
static void test_hash_walk(struct map_ops *skel)
{
	int fd = bpf_map__fd(skel->maps.hash);
	__u32 key = 1, first, second, next;
	__u64 value = 0;

	ASSERT_EQ(bpf_map_get_next_key(fd, NULL, &next), -ENOENT, "first of none");
	ASSERT_EQ(bpf_map_get_next_key(fd, &key, &next), -ENOENT, "next of none");
	for (key = 0; key < 5; key++)
		ASSERT_OK(bpf_map_update_elem(fd, &key, &value, BPF_ANY), "update");
	ASSERT_EQ(walk(skel->maps.hash, 5), 5, "keys");

	if (!ASSERT_OK(bpf_map_get_next_key(fd, NULL, &first), "first") ||
	    !ASSERT_OK(bpf_map_get_next_key(fd, &first, &second), "second"))
		return;
	key = ENTRIES;
	ASSERT_OK(bpf_map_get_next_key(fd, &key, &next), "next of unknown key");
	ASSERT_EQ(next, first, "next of unknown key");
	ASSERT_OK(bpf_map_delete_elem(fd, &first), "delete first");
	ASSERT_OK(bpf_map_get_next_key(fd, NULL, &next), "first after deletion");
	ASSERT_EQ(next, second, "first after deletion");
	ASSERT_EQ(walk(skel->maps.hash, 5), 4, "keys after deletion");

	value = 77;
	ASSERT_OK(bpf_map_update_elem(fd, &second, &value, BPF_EXIST), "update");
	value = 0;
	ASSERT_OK(bpf_map_lookup_and_delete_elem(fd, &second, &value), "look up and delete");
	ASSERT_EQ(value, 77, "value that was deleted");
	ASSERT_EQ(bpf_map_lookup_and_delete_elem(fd, &second, &value), -ENOENT, "and again");
	ASSERT_EQ(walk(skel->maps.hash, 5), 3, "keys left");
}

struct batch {
	__u32 keys[2 * ENTRIES];
	__u64 values[2 * ENTRIES];
	__u32 count; /* in: elements that fit; out: elements that there are */
};

static struct batch make_batch(__u32 first, __u32 count)
{
	struct batch batch = { .count = count };

	for (__u32 i = 0; i < count; i++) {
		batch.keys[i] = first + i;
		batch.values[i] = 1000 + first + i;
	}
	return batch;
}

static void check_batch(const struct batch *batch, __u32 count)
{
	bool is_seen[2 * ENTRIES] = {};

	if (!ASSERT_EQ(batch->count, count, "elements of batch"))
		return;
	for (__u32 i = 0; i < count; i++) {
		__u32 key = batch->keys[i];

		if (ASSERT_LT(key, count, "key") && ASSERT_FALSE(is_seen[key], "key seen before"))
			is_seen[key] = true;
		ASSERT_EQ(batch->values[i], 1000 + key, "value");
	}
}

static void test_hash_batch(struct map_ops *skel)
{
	LIBBPF_OPTS(bpf_map_batch_opts, noexist, .elem_flags = BPF_NOEXIST);
	struct batch batch = make_batch(0, ENTRIES + 1);
	int fd = bpf_map__fd(skel->maps.hash);
	__u32 position;

	ASSERT_EQ(bpf_map_update_batch(fd, batch.keys, batch.values, &batch.count, &noexist),
		  -EINVAL, "flag that batches do not have");
	ASSERT_EQ(walk(skel->maps.hash, ENTRIES), 0, "keys after refused batch");
	batch.count = ENTRIES + 1;
	ASSERT_EQ(bpf_map_update_batch(fd, batch.keys, batch.values, &batch.count, NULL), -E2BIG,
		  "one too many");
	ASSERT_EQ(batch.count, ENTRIES, "elements up to the one too many");
	ASSERT_EQ(walk(skel->maps.hash, ENTRIES), ENTRIES, "keys");

	/* If the buffer is larger than the map, one call reaches the end and returns -ENOENT. */
	batch = (struct batch){ .count = 2 * ENTRIES };
	ASSERT_EQ(bpf_map_lookup_batch(fd, NULL, &position, batch.keys, batch.values, &batch.count,
				       NULL),
		  -ENOENT, "look up all");
	check_batch(&batch, ENTRIES);
	ASSERT_EQ(walk(skel->maps.hash, ENTRIES), ENTRIES, "keys after a look");

	batch = (struct batch){ .count = 2 * ENTRIES };
	ASSERT_EQ(bpf_map_lookup_and_delete_batch(fd, NULL, &position, batch.keys, batch.values,
						  &batch.count, NULL),
		  -ENOENT, "look up and delete all");
	check_batch(&batch, ENTRIES);
	ASSERT_EQ(walk(skel->maps.hash, ENTRIES), 0, "keys after deletion");

	batch = make_batch(0, 6);
	ASSERT_OK(bpf_map_update_batch(fd, batch.keys, batch.values, &batch.count, NULL), "six");
	batch = make_batch(3, 5);
	ASSERT_EQ(bpf_map_delete_batch(fd, batch.keys, &batch.count, NULL), -ENOENT,
		  "delete three and what is not there");
	ASSERT_EQ(batch.count, 3, "elements up to the missing one");
	ASSERT_EQ(walk(skel->maps.hash, 3), 3, "keys left");
}

static void array_flags(struct map_ops *skel, const struct access *by)
{
	struct bpf_map *array = skel->maps.array;

	printf("by %s\n", by->name);
	ASSERT_EQ(by->update(skel, array, 0, 1, BPF_ANY), 0, "ANY");
	has_value(skel, by, array, 0, 1);
	ASSERT_EQ(by->update(skel, array, 0, 2, BPF_EXIST), 0, "EXIST");
	has_value(skel, by, array, 0, 2);
	/* All elements of an array exist from the beginning. */
	ASSERT_EQ(by->update(skel, array, 0, 3, BPF_NOEXIST), -EEXIST, "NOEXIST");
	ASSERT_EQ(by->update(skel, array, 0, 3, BPF_NOEXIST | BPF_EXIST), -EINVAL, "both flags");
	ASSERT_EQ(by->update(skel, array, 0, 3, UNKNOWN_FLAG), -EINVAL, "unknown flag");
	ASSERT_EQ(by->update(skel, array, 0, 3, BPF_F_LOCK), -EINVAL, "lock that is not there");
	ASSERT_EQ(by->delete(skel, array, 0), -EINVAL, "delete");
	has_value(skel, by, array, 0, 2);

	ASSERT_EQ(by->update(skel, array, ENTRIES - 1, 4, BPF_ANY), 0, "last element");
	has_value(skel, by, array, ENTRIES - 1, 4);
	ASSERT_EQ(by->update(skel, array, ENTRIES, 5, BPF_ANY), -E2BIG, "behind the last");
	ASSERT_EQ(by->update(skel, array, UINT32_MAX, 5, BPF_ANY), -E2BIG, "highest key");
	is_absent(skel, by, array, ENTRIES);
	is_absent(skel, by, array, UINT32_MAX);
	for (__u32 key = 1; key < ENTRIES - 1; key++)
		has_value(skel, by, array, key, 0);
}

static void test_array_flags(struct map_ops *skel)
{
	array_flags(skel, &by_syscall);
	array_flags(skel, &by_helper);
}

static void test_array_walk(struct map_ops *skel)
{
	__u32 key = ENTRIES + 7, next = 1, *previous = NULL;
	int fd = bpf_map__fd(skel->maps.array);
	__u64 value = 0;

	for (__u32 expected = 0; expected < ENTRIES; expected++) {
		if (!ASSERT_OK(bpf_map_get_next_key(fd, previous, &next), "next") ||
		    !ASSERT_EQ(next, expected, "next"))
			return;
		previous = &next;
	}
	ASSERT_EQ(bpf_map_get_next_key(fd, &next, &next), -ENOENT, "next of last");
	ASSERT_OK(bpf_map_get_next_key(fd, &key, &next), "next of unknown key");
	ASSERT_EQ(next, 0, "next of unknown key");
	key = 0;
	ASSERT_EQ(bpf_map_lookup_and_delete_elem(fd, &key, &value), -ENOTSUPP,
		  "look up and delete");
}

static void test_array_batch(struct map_ops *skel)
{
	struct batch batch = make_batch(0, ENTRIES + 1);
	int fd = bpf_map__fd(skel->maps.array);
	__u32 position = 0;

	ASSERT_EQ(bpf_map_update_batch(fd, batch.keys, batch.values, &batch.count, NULL), -E2BIG,
		  "one too many");
	ASSERT_EQ(batch.count, ENTRIES, "elements up to the one too many");

	batch = (struct batch){ .count = ENTRIES - 6 };
	ASSERT_OK(bpf_map_lookup_batch(fd, NULL, &position, batch.keys, batch.values, &batch.count,
				       NULL),
		  "look up some");
	check_batch(&batch, ENTRIES - 6);
	batch.count = 2 * ENTRIES;
	ASSERT_EQ(bpf_map_lookup_batch(fd, &position, &position, batch.keys, batch.values,
				       &batch.count, NULL),
		  -ENOENT, "look up the rest");
	ASSERT_EQ(batch.count, 6, "elements of the rest");
	for (__u32 i = 0; i < 6; i++) {
		ASSERT_EQ(batch.keys[i], ENTRIES - 6 + i, "key of the rest");
		ASSERT_EQ(batch.values[i], 1000 + ENTRIES - 6 + i, "value of the rest");
	}
	ASSERT_EQ(bpf_map_delete_batch(fd, batch.keys, &batch.count, NULL), -ENOTSUPP, "delete");
}

TEST_NEEDS(map_ops, NEED_PROG_TYPE(SYSCALL, "5.14"),
	   NEED_CONSTANT("BPF_MAP_LOOKUP_AND_DELETE_BATCH", "5.6"));

void test_map_ops(void)
{
	static const struct {
		const char *name;
		__u32 hash_flags;
		void (*run)(struct map_ops *skel);
	} subtests[] = {
		{ "hash_flags", 0, test_hash_flags },
		{ "hash_flags_no_prealloc", BPF_F_NO_PREALLOC, test_hash_flags },
		{ "hash_full", 0, test_hash_full },
		{ "hash_full_no_prealloc", BPF_F_NO_PREALLOC, test_hash_full },
		{ "hash_walk", 0, test_hash_walk },
		{ "hash_batch", 0, test_hash_batch },
		{ "hash_batch_no_prealloc", BPF_F_NO_PREALLOC, test_hash_batch },
		{ "array_flags", 0, test_array_flags },
		{ "array_walk", 0, test_array_walk },
		{ "array_batch", 0, test_array_batch },
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct map_ops *skel = map_ops__open();

		if (ASSERT_OK_PTR(skel, "open") &&
		    ASSERT_OK(bpf_map__set_map_flags(skel->maps.hash, subtest->hash_flags),
			      "flags of hash") &&
		    ASSERT_OK(map_ops__load(skel), "load"))
			subtest->run(skel);
	}
}
