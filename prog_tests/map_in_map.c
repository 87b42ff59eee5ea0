// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arrays and hashes of maps: programs reach the elements of inner maps, only maps like the template
 * can be inserted, and an outer map keeps its inner maps alive.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "map_in_map.skel.h"

#define OUTER_ENTRIES 3
#define INNER_ENTRIES 2
/* The kernel's errno for a missing operation of a map. User space has no name for it. */
#define ENOTSUPP      524

/* The outer map of one type, and what belongs to it. */
struct kind {
	struct bpf_map *outer;
	struct bpf_program *lookup, *update;
	enum bpf_map_type inner_type;
};

static int make_inner(enum bpf_map_type type, __u32 entries, __u32 value_bytes, __u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);

	return bpf_map_create(type, "inner", sizeof(__u32), value_bytes, entries, &opts);
}

static int insert(const struct kind *kind, __u32 key, int inner_fd, __u64 flags)
{
	return bpf_map_update_elem(bpf_map__fd(kind->outer), &key, &inner_fd, flags);
}

/* The value that user space finds in an outer map is the id of the inner one. */
static void has_inner(const struct kind *kind, __u32 key, __u32 id)
{
	__u32 found = 0;

	ASSERT_OK(bpf_map_lookup_elem(bpf_map__fd(kind->outer), &key, &found), "inner map");
	ASSERT_EQ(found, id, "id of inner map");
}

static void has_none(const struct kind *kind, __u32 key)
{
	__u32 found;

	ASSERT_EQ(bpf_map_lookup_elem(bpf_map__fd(kind->outer), &key, &found), -ENOENT,
		  "no inner map");
}

/* Two inner maps; each program run reaches the one that its key names. */
static void reach(struct map_in_map *skel, const struct kind *kind)
{
	auto_fd int first = make_inner(kind->inner_type, INNER_ENTRIES, sizeof(__u64), 0);
	auto_fd int second = make_inner(kind->inner_type, INNER_ENTRIES, sizeof(__u64), 0);
	__u32 key = 1;
	__u64 value = 11;

	if (!ASSERT_OK_FD(first, "first inner map") || !ASSERT_OK_FD(second, "second inner map"))
		return;
	skel->bss->outer_key = 1;
	skel->bss->inner_key = 1;
	ASSERT_EQ(test_run(kind->lookup), -ENODEV, "look up without inner map");
	ASSERT_EQ(test_run(kind->update), -ENODEV, "update without inner map");
	ASSERT_OK(insert(kind, 1, first, BPF_ANY), "insert first");
	ASSERT_OK(insert(kind, 2, second, BPF_ANY), "insert second");
	has_inner(kind, 1, map_id(first));
	has_inner(kind, 2, map_id(second));

	ASSERT_OK(bpf_map_update_elem(first, &key, &value, BPF_ANY), "update first");
	ASSERT_EQ(test_run(kind->lookup), 0, "look up in first");
	ASSERT_EQ(skel->bss->found_value, 11, "value in first");
	skel->bss->outer_key = 2;
	skel->bss->new_value = 21;
	ASSERT_EQ(test_run(kind->update), 0, "update second");
	skel->bss->new_value = 22;
	ASSERT_EQ(test_run(kind->update), 0, "update second again");
	ASSERT_OK(bpf_map_lookup_elem(second, &key, &value), "element of second");
	ASSERT_EQ(value, 22, "value of second");
	ASSERT_OK(bpf_map_lookup_elem(first, &key, &value), "element of first");
	ASSERT_EQ(value, 11, "value of first");
	skel->bss->inner_key = INNER_ENTRIES;
	ASSERT_EQ(test_run(kind->lookup), -ENOENT, "element that is not there");

	/* After a replacement, the program sees the new map at once. */
	ASSERT_OK(insert(kind, 2, first, BPF_ANY), "replace second");
	has_inner(kind, 2, map_id(first));
	skel->bss->inner_key = 1;
	ASSERT_EQ(test_run(kind->lookup), 0, "look up in replacement");
	ASSERT_EQ(skel->bss->found_value, 11, "value in replacement");
}

static void deletion(struct map_in_map *skel, const struct kind *kind)
{
	auto_fd int inner = make_inner(kind->inner_type, INNER_ENTRIES, sizeof(__u64), 0);
	__u32 key = 1;
	int outer = bpf_map__fd(kind->outer);

	ASSERT_OK(insert(kind, 1, inner, BPF_ANY), "insert");
	ASSERT_OK(insert(kind, 2, inner, BPF_ANY), "insert the same again");
	ASSERT_OK(bpf_map_delete_elem(outer, &key), "delete");
	has_none(kind, 1);
	has_inner(kind, 2, map_id(inner));
	skel->bss->outer_key = 1;
	ASSERT_EQ(test_run(kind->lookup), -ENODEV, "look up after deletion");
	ASSERT_EQ(bpf_map_delete_elem(outer, &key), -ENOENT, "delete again");
	has_inner(kind, 2, map_id(inner));
}

/* The values of a batch are descriptors on the way in, and ids on the way out. */
static void batch(struct map_in_map *skel, const struct kind *kind)
{
	auto_fd int first = make_inner(kind->inner_type, INNER_ENTRIES, sizeof(__u64), 0);
	auto_fd int second = make_inner(kind->inner_type, INNER_ENTRIES, sizeof(__u64), 0);
	__u32 keys[OUTER_ENTRIES] = { 1, 2 }, count = 2, position;
	const __u32 ids[] = { map_id(first), map_id(second) };
	__u32 values[OUTER_ENTRIES] = { first, second };
	bool is_array = kind->inner_type == BPF_MAP_TYPE_ARRAY;
	int outer = bpf_map__fd(kind->outer);

	ASSERT_OK(bpf_map_update_batch(outer, keys, values, &count, NULL), "update");
	ASSERT_EQ(count, 2, "elements updated");
	has_inner(kind, 1, ids[0]);
	has_inner(kind, 2, ids[1]);
	memset(keys, 0, sizeof(keys));
	memset(values, 0, sizeof(values));
	count = OUTER_ENTRIES;
	ASSERT_EQ(bpf_map_lookup_batch(outer, NULL, &position, keys, values, &count, NULL), -ENOENT,
		  "look up all");
	if (!ASSERT_EQ(count, 2, "elements found"))
		return;
	for (__u32 i = 0; i < count; i++)
		ASSERT_EQ(values[i], keys[i] == 1 ? ids[0] : ids[1], "id of inner map");
	ASSERT_EQ(keys[0] + keys[1], 3, "keys");
	ASSERT_EQ(bpf_map_delete_batch(outer, keys, &count, NULL), is_array ? -ENOTSUPP : 0,
		  "delete");
	if (!is_array)
		has_none(kind, 1);
}

static void update_flags(struct map_in_map *skel, const struct kind *kind)
{
	auto_fd int inner = make_inner(kind->inner_type, INNER_ENTRIES, sizeof(__u64), 0);
	bool is_array = kind->inner_type == BPF_MAP_TYPE_ARRAY;

	if (is_array) {
		/* The elements of the array exist, even if they are empty. */
		ASSERT_EQ(insert(kind, 0, inner, BPF_NOEXIST), -EINVAL, "NOEXIST");
		ASSERT_EQ(insert(kind, 0, inner, BPF_EXIST), -EINVAL, "EXIST");
		ASSERT_EQ(insert(kind, OUTER_ENTRIES, inner, BPF_ANY), -E2BIG, "behind the last");
	} else {
		ASSERT_EQ(insert(kind, 0, inner, BPF_EXIST), -ENOENT, "EXIST, new key");
		ASSERT_OK(insert(kind, 7, inner, BPF_NOEXIST), "NOEXIST, new key");
		ASSERT_EQ(insert(kind, 7, inner, BPF_NOEXIST), -EEXIST, "NOEXIST, old key");
		ASSERT_OK(insert(kind, 8, inner, BPF_ANY), "ANY, new key");
		ASSERT_OK(insert(kind, 9, inner, BPF_ANY), "ANY, last new key");
		ASSERT_EQ(insert(kind, 0, inner, BPF_ANY), -E2BIG, "one too many");
		has_inner(kind, 7, map_id(inner));
	}
	has_none(kind, 0);
}

static void refuses_inner(const struct kind *kind, int fd, int err, const char *name)
{
	ASSERT_OK_FD(fd, name);
	ASSERT_EQ(insert(kind, 0, fd, BPF_ANY), err, name);
	has_none(kind, 0);
	if (fd >= 0)
		close(fd);
}

/* An inner map must have the type, sizes and flags of the template. */
static void other_inner_maps(struct map_in_map *skel, const struct kind *kind)
{
	bool is_array = kind->inner_type == BPF_MAP_TYPE_ARRAY;
	auto_fd int other_size = make_inner(kind->inner_type, INNER_ENTRIES + 1, sizeof(__u64), 0);
	auto_fd int file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	refuses_inner(kind, make_inner(kind->inner_type, INNER_ENTRIES, sizeof(__u32), 0), -EINVAL,
		      "smaller value");
	refuses_inner(kind,
		      make_inner(is_array ? BPF_MAP_TYPE_HASH : BPF_MAP_TYPE_ARRAY, INNER_ENTRIES,
				 sizeof(__u64), 0),
		      -EINVAL, "other type");
	refuses_inner(kind,
		      make_inner(kind->inner_type, INNER_ENTRIES, sizeof(__u64),
				 is_array ? BPF_F_MMAPABLE : BPF_F_NO_PREALLOC),
		      -EINVAL, "other flags");
	ASSERT_EQ(insert(kind, 0, file, BPF_ANY), -EINVAL, "file that is no map");
	ASSERT_EQ(insert(kind, 0, -1, BPF_ANY), -EBADF, "no descriptor");
	has_none(kind, 0);
	/* The code for an array lookup in a program has the number of elements as a constant. */
	ASSERT_EQ(insert(kind, 0, other_size, BPF_ANY), is_array ? -EINVAL : 0,
		  "other number of elements");
}

static bool is_gone(void *id)
{
	auto_fd int fd = bpf_map_get_fd_by_id(*(__u32 *)id);

	return fd == -ENOENT;
}

static void lifetime(struct map_in_map *skel, const struct kind *kind)
{
	int inner = make_inner(kind->inner_type, INNER_ENTRIES, sizeof(__u64), 0);
	__u32 key = 1, id = map_id(inner);
	__u64 value = 33;

	ASSERT_OK(insert(kind, 1, inner, BPF_ANY), "insert");
	ASSERT_OK(bpf_map_update_elem(inner, &key, &value, BPF_ANY), "update");
	close(inner);
	/* Only the outer map still has it. */
	inner = bpf_map_get_fd_by_id(id);
	ASSERT_OK_FD(inner, "descriptor of the inner map");
	if (inner >= 0)
		close(inner);
	skel->bss->outer_key = 1;
	skel->bss->inner_key = 1;
	ASSERT_EQ(test_run(kind->lookup), 0, "look up after close");
	ASSERT_EQ(skel->bss->found_value, 33, "value after close");
	ASSERT_OK(bpf_map_delete_elem(bpf_map__fd(kind->outer), &key), "delete");
	ASSERT_TRUE(wait_until(is_gone, &id, test__wait_timeout_ms()), "inner map is freed");
}

static int create(enum bpf_map_type type, int inner_fd, __u32 value_bytes)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = inner_fd);
	auto_fd int fd = bpf_map_create(type, "outer", sizeof(__u32), value_bytes, 1, &opts);

	return fd < 0 ? fd : 0;
}

static void creation(struct map_in_map *skel, const struct kind *kind)
{
	enum bpf_map_type type = bpf_map__type(kind->outer);
	auto_fd int inner = make_inner(BPF_MAP_TYPE_ARRAY, 1, 4, 0);
	auto_fd int programs = make_inner(BPF_MAP_TYPE_PROG_ARRAY, 1, 4, 0);
	auto_fd int file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ASSERT_EQ(create(type, inner, 4), 0, "map of maps");
	ASSERT_EQ(create(type, inner, 8), -EINVAL, "value of eight bytes");
	ASSERT_EQ(create(type, file, 4), -EINVAL, "template that is no map");
	ASSERT_EQ(create(type, programs, 4), -ENOTSUPP, "array of programs as template");
	ASSERT_EQ(create(type, bpf_map__fd(kind->outer), 4), -EINVAL, "map of maps as template");
}

/* With BPF_F_INNER_MAP, the size of an inner array is no constant, so that it may differ. */
static void inner_map_flag(struct map_in_map *skel, const struct kind *kind)
{
	auto_fd int template = make_inner(BPF_MAP_TYPE_ARRAY, 1, 8, BPF_F_INNER_MAP);
	auto_fd int larger = make_inner(BPF_MAP_TYPE_ARRAY, 9, 8, BPF_F_INNER_MAP);
	LIBBPF_OPTS(bpf_map_create_opts, opts, .inner_map_fd = template);
	auto_fd int outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "outer", 4, 4, 1, &opts);
	auto_fd int mapped = make_inner(BPF_MAP_TYPE_ARRAY, 9, 8, BPF_F_INNER_MAP | BPF_F_MMAPABLE);
	__u32 key = 0;

	ASSERT_OK_FD(template, "template");
	ASSERT_OK(bpf_map_update_elem(outer, &key, &larger, BPF_ANY), "larger array");
	ASSERT_EQ(bpf_map_update_elem(outer, &key, &mapped, BPF_ANY), -EINVAL, "other flags");
	ASSERT_OK_FD(mapped, "array with both flags");
}

TEST_NEEDS(map_in_map, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"), NEED_MAP_TYPE(ARRAY_OF_MAPS, "4.12"),
	   NEED_MAP_TYPE(HASH_OF_MAPS, "4.12"));
SUBTEST_NEEDS(map_in_map, "inner_map_flag", NEED_CONSTANT("BPF_F_INNER_MAP", "5.10"));

void test_map_in_map(void)
{
	static const struct {
		const char *name;
		void (*run)(struct map_in_map *skel, const struct kind *kind);
		int kind;
	} subtests[] = {
		/* clang-format off */
		{ "array_reach",		reach,			0 },
		{ "array_deletion",		deletion,		0 },
		{ "array_batch",		batch,			0 },
		{ "array_update_flags",		update_flags,		0 },
		{ "array_other_inner_maps",	other_inner_maps,	0 },
		{ "array_lifetime",		lifetime,		0 },
		{ "array_creation",		creation,		0 },
		{ "hash_reach",		reach,			1 },
		{ "hash_deletion",		deletion,		1 },
		{ "hash_batch",			batch,			1 },
		{ "hash_update_flags",		update_flags,		1 },
		{ "hash_other_inner_maps",	other_inner_maps,	1 },
		{ "hash_lifetime",		lifetime,		1 },
		{ "hash_creation",		creation,		1 },
		{ "inner_map_flag",		inner_map_flag,		0 },
		/* clang-format on */
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct map_in_map *skel = map_in_map__open_and_load();

		if (!ASSERT_OK_PTR(skel, "open and load"))
			continue;
		const struct kind kinds[] = {
			{ skel->maps.array_of_maps, skel->progs.lookup_in_array,
			  skel->progs.update_in_array, BPF_MAP_TYPE_ARRAY },
			{ skel->maps.hash_of_maps, skel->progs.lookup_in_hash,
			  skel->progs.update_in_hash, BPF_MAP_TYPE_HASH },
		};
		subtest->run(skel, &kinds[subtest->kind]);
	}
}
