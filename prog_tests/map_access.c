// SPDX-License-Identifier: GPL-2.0-only
/*
 * The access to a map: flags that bind programs, flags that bind a descriptor, a frozen
 * map, and mappings into memory.
 */
#include <sys/mman.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "map_access.skel.h"

#define KEY 1

/* Loads one of the programs with map flags; returns 0 or the negative errno of loading. */
static int load(struct map_access **skel, const char *program, __u32 map_flags)
{
	struct bpf_program *each;

	*skel = map_access__open();
	if (!ASSERT_OK_PTR(*skel, "open"))
		return -EINVAL;
	bpf_object__for_each_program (each, (*skel)->obj)
		bpf_program__set_autoload(each, !strcmp(bpf_program__name(each), program));
	ASSERT_OK(bpf_map__set_map_flags((*skel)->maps.array, map_flags), "flags");
	return map_access__load(*skel);
}

static int run(const struct bpf_program *program)
{
	return test_run(program);
}

static int update(int fd, __u64 value)
{
	__u32 key = KEY;

	return bpf_map_update_elem(fd, &key, &value, BPF_ANY);
}

static int lookup(int fd, __u64 *value)
{
	__u32 key = KEY;

	return bpf_map_lookup_elem(fd, &key, value);
}

static void has_value(int fd, __u64 expected)
{
	__u64 value = ~expected;

	ASSERT_OK(lookup(fd, &value), "look up");
	ASSERT_EQ(value, expected, "value");
}

static void refuses(const char *program, __u32 map_flags, const char *name)
{
	auto_skel struct map_access *skel = NULL;

	ASSERT_EQ(load(&skel, program, map_flags), -EACCES, name);
}

/* Programs must not write; user space may. */
static void rdonly_prog(void)
{
	auto_skel struct map_access *skel = NULL;

	refuses("write_value", BPF_F_RDONLY_PROG, "program that writes into the value");
	refuses("update_value", BPF_F_RDONLY_PROG, "program that updates the element");
	if (!ASSERT_OK(load(&skel, "read_value", BPF_F_RDONLY_PROG), "program that reads"))
		return;
	ASSERT_OK(update(bpf_map__fd(skel->maps.array), 5), "update by user space");
	ASSERT_EQ(run(skel->progs.read_value), 0, "run");
	ASSERT_EQ(skel->bss->number, 5, "number that was read");
}

/* Programs must not read; they may look an element up to write into its value. */
static void wronly_prog(void)
{
	auto_skel struct map_access *skel = NULL;

	refuses("read_value", BPF_F_WRONLY_PROG, "program that reads");
	if (!ASSERT_OK(load(&skel, "update_value", BPF_F_WRONLY_PROG), "program that updates"))
		return;
	skel->bss->number = 0x600;
	ASSERT_EQ(run(skel->progs.update_value), 0, "run");
	has_value(bpf_map__fd(skel->maps.array), 0x600);
	map_access__destroy(skel);
	if (!ASSERT_OK(load(&skel, "write_value", BPF_F_WRONLY_PROG), "program that writes"))
		return;
	skel->bss->number = 0x1600;
	ASSERT_EQ(run(skel->progs.write_value), 0, "run");
	has_value(bpf_map__fd(skel->maps.array), 0x1600);
}

static int create(__u32 map_flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = map_flags);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "array", 4, 8, 2, &opts);
}

static void both_prog(void)
{
	auto_fd int programs = create(BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG);
	auto_fd int user = create(BPF_F_RDONLY | BPF_F_WRONLY);

	ASSERT_EQ(programs, -EINVAL, "no access for programs");
	ASSERT_EQ(user, -EINVAL, "no access for user space");
}

/* These flags bind the descriptor: another one of the same map has its own. */
static void rdonly(void)
{
	auto_fd int restricted = create(BPF_F_RDONLY);
	__u32 id = map_id(restricted), key = KEY;
	auto_fd int unrestricted = bpf_map_get_fd_by_id(id);

	ASSERT_EQ(update(restricted, 1), -EPERM, "update");
	ASSERT_EQ(bpf_map_delete_elem(restricted, &key), -EPERM, "delete");
	ASSERT_EQ(bpf_map_lookup_and_delete_elem(restricted, &key, &(__u64){ 0 }), -EPERM,
		  "look up and delete");
	has_value(restricted, 0);
	ASSERT_OK(update(unrestricted, 2), "update by the other descriptor");
	has_value(restricted, 2);
}

static void wronly(void)
{
	auto_fd int restricted = create(BPF_F_WRONLY);
	auto_fd int unrestricted = bpf_map_get_fd_by_id(map_id(restricted));
	__u32 key = KEY, next;
	__u64 value;

	ASSERT_OK(update(restricted, 3), "update");
	ASSERT_EQ(lookup(restricted, &value), -EPERM, "look up");
	ASSERT_EQ(bpf_map_get_next_key(restricted, &key, &next), -EPERM, "next key");
	has_value(unrestricted, 3);
}

/* The flags of GET_FD_BY_ID make a restricted descriptor of a map that has no restriction. */
static void fd_by_id(void)
{
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, rdonly, .open_flags = BPF_F_RDONLY);
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, wronly, .open_flags = BPF_F_WRONLY);
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, both, .open_flags = BPF_F_RDONLY | BPF_F_WRONLY);
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, unknown, .open_flags = 1U << 31);
	auto_fd int fd = create(0);
	__u32 id = map_id(fd);
	auto_fd int reader = bpf_map_get_fd_by_id_opts(id, &rdonly);
	auto_fd int writer = bpf_map_get_fd_by_id_opts(id, &wronly);
	__u64 value;

	ASSERT_EQ(update(reader, 1), -EPERM, "update by reader");
	ASSERT_OK(update(writer, 7), "update by writer");
	ASSERT_EQ(lookup(writer, &value), -EPERM, "look up by writer");
	has_value(reader, 7);
	ASSERT_EQ(bpf_map_get_fd_by_id_opts(id, &both), -EINVAL, "both flags");
	ASSERT_EQ(bpf_map_get_fd_by_id_opts(id, &unknown), -EINVAL, "unknown flag");
	ASSERT_EQ(bpf_map_get_fd_by_id(UINT32_MAX), -ENOENT, "id that is not there");
}

/* After the freeze, user space cannot write any more, and programs still can. */
static void freeze(void)
{
	auto_skel struct map_access *skel = NULL;
	int fd, err;

	if (!ASSERT_OK(load(&skel, "write_value", 0), "load"))
		return;
	fd = bpf_map__fd(skel->maps.array);
	ASSERT_OK(update(fd, 8), "update before");
	ASSERT_OK(bpf_map_freeze(fd), "freeze");
	err = bpf_map_freeze(fd);
	/* Newer kernels first look at the descriptor, which can no longer write. */
	ASSERT(err == -EBUSY || err == -EPERM, "freeze again", "error %d", err);
	ASSERT_EQ(update(fd, 9), -EPERM, "update after");
	has_value(fd, 8);
	skel->bss->number = 10;
	ASSERT_EQ(run(skel->progs.write_value), 0, "run");
	has_value(fd, 10);
}

static void *map_pages(int fd, int protection)
{
	void *pages = mmap(NULL, getpagesize(), protection, MAP_SHARED, fd, 0);

	return pages == MAP_FAILED ? NULL : pages;
}

/* The memory of the array is what programs and system calls see. */
static void mmapable(void)
{
	auto_skel struct map_access *skel = NULL;
	__u64 *values;
	int fd;

	if (!ASSERT_OK(load(&skel, "write_value", BPF_F_MMAPABLE), "load"))
		return;
	fd = bpf_map__fd(skel->maps.array);
	values = map_pages(fd, PROT_READ | PROT_WRITE);
	if (!ASSERT_OK_PTR(values, "map"))
		return;
	values[KEY] = 11;
	has_value(fd, 11);
	ASSERT_OK(update(fd, 12), "update");
	ASSERT_EQ(values[KEY], 12, "value in memory after update");
	skel->bss->number = 13;
	ASSERT_EQ(run(skel->progs.write_value), 0, "run");
	ASSERT_EQ(values[KEY], 13, "value in memory after run");

	/* A map that can be written through memory cannot be frozen, and the other way round. */
	ASSERT_EQ(bpf_map_freeze(fd), -EBUSY, "freeze while mapped");
	munmap(values, getpagesize());
	ASSERT_OK(bpf_map_freeze(fd), "freeze");
	ASSERT_EQ(map_error(fd, 0, 1, PROT_READ | PROT_WRITE), EPERM, "map frozen for writing");
	ASSERT_EQ(map_error(fd, 0, 1, PROT_READ), 0, "map frozen for reading");
	ASSERT_EQ(map_error(fd, 1, 1, PROT_READ), EINVAL, "pages behind the end");
}

static void not_mmapable(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	auto_fd int array = create(0);
	auto_fd int reader = create(BPF_F_MMAPABLE | BPF_F_RDONLY);
	auto_fd int programs_read = create(BPF_F_MMAPABLE | BPF_F_RDONLY_PROG);
	auto_fd int hash = bpf_map_create(BPF_MAP_TYPE_HASH, "hash", 4, 8, 2, &opts);
	auto_fd int percpu = bpf_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "percpu", 4, 8, 2, &opts);

	ASSERT_EQ(map_error(array, 0, 1, PROT_READ), EINVAL, "array without the flag");
	ASSERT_EQ(map_error(reader, 0, 1, PROT_READ | PROT_WRITE), EACCES, "descriptor that reads");
	/* The verifier took the values for constants, so that nobody may write them in place. */
	ASSERT_EQ(map_error(programs_read, 0, 1, PROT_READ | PROT_WRITE), EACCES,
		  "map that programs only read");
	ASSERT_EQ(map_error(programs_read, 0, 1, PROT_READ), 0, "the same for reading");
	ASSERT_EQ(hash, -EINVAL, "hash");
	ASSERT_EQ(percpu, -EINVAL, "values per CPU");
}

TEST_NEEDS(map_access, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"));

void test_map_access(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} subtests[] = {
		{ "rdonly_prog", rdonly_prog },
		{ "wronly_prog", wronly_prog },
		{ "both_prog", both_prog },
		{ "rdonly", rdonly },
		{ "wronly", wronly },
		{ "fd_by_id", fd_by_id },
		{ "freeze", freeze },
		{ "mmapable", mmapable },
		{ "not_mmapable", not_mmapable },
	};

	RUN_SUBTESTS(subtests);
}
