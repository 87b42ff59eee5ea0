// SPDX-License-Identifier: GPL-2.0-only
/*
 * Global variables: their values in user space and in programs, before and after load; freezing.
 */
#include <sys/mman.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/global_data.h"
#include "global_data.skel.h"

static bool run(struct global_data *skel)
{
	return ASSERT_EQ(test_run(skel->progs.look_and_change), 0, "return value");
}

static void check_record(const struct global_record *record, int a, int b, int c, int d,
			 const char *name)
{
	ASSERT_EQ(record->a, a, name);
	ASSERT_EQ(record->b, b, name);
	ASSERT_EQ(record->c, c, name);
	ASSERT_EQ(record->d, d, name);
}

/* The first run sees the initial values, the second run sees the changes of the first. */
static void initial_values(struct global_data *skel)
{
	const struct global_values *seen;

	if (!ASSERT_OK(global_data__load(skel), "load"))
		return;
	seen = &skel->bss_seen->seen;
	for (int i = 0; i < 2; i++) {
		if (!run(skel))
			return;
		ASSERT_EQ(seen->in_data, 0x1111111111111111 + i, ".data");
		ASSERT_EQ(seen->bytes_sum, 165 + i, ".data, bytes");
		ASSERT_EQ(seen->static_in_data, 77 + i, ".data, static");
		ASSERT_EQ(seen->in_bss, i, ".bss");
		check_record(&seen->record_in_bss, -i, 0, 0, 0, ".bss, record");
		ASSERT_EQ(seen->in_rodata, 0x2222222222222222, ".rodata");
		check_record(&seen->record_in_rodata, 21, -22, 23, -24, ".rodata, record");
		ASSERT_EQ(seen->in_own_data, 0x3333333333333333 + i, ".data.own");
		ASSERT_EQ(seen->in_own_bss, i, ".bss.own");
		ASSERT_EQ(seen->in_own_rodata, 0x4444444444444444, ".rodata.own");
		ASSERT_EQ(seen->hidden, i, ".bss.own, static");
		/* User space maps the same memory as the program: nothing is copied. */
		ASSERT_EQ(skel->data->in_data, 0x1111111111111112 + i, ".data in user space");
		ASSERT_EQ(skel->bss->in_bss, 1 + i, ".bss in user space");
		ASSERT_EQ(skel->data_own->in_own_data, 0x3333333333333334 + i,
			  ".data.own in user space");
		ASSERT_EQ(skel->bss_own->in_own_bss, 1 + i, ".bss.own in user space");
	}
}

static void set_before_load(struct global_data *skel)
{
	const struct global_values *seen;

	skel->data->in_data = 1;
	skel->bss->in_bss = 2;
	skel->bss->record_in_bss = (struct global_record){ -3, 4, -5, 6 };
	skel->rodata->in_rodata = 7;
	skel->data_own->in_own_data = 9;
	skel->bss_own->in_own_bss = 10;
	if (!ASSERT_OK(global_data__load(skel), "load") || !run(skel))
		return;
	seen = &skel->bss_seen->seen;
	ASSERT_EQ(seen->in_data, 1, ".data");
	ASSERT_EQ(seen->in_bss, 2, ".bss");
	check_record(&seen->record_in_bss, -3, 4, -5, 6, ".bss, record");
	ASSERT_EQ(seen->in_rodata, 7, ".rodata");
	check_record(&seen->record_in_rodata, 21, -22, 23, -24, ".rodata, record");
	ASSERT_EQ(seen->in_own_data, 9, ".data.own");
	ASSERT_EQ(seen->in_own_bss, 10, ".bss.own");
	check_record(&skel->bss->record_in_bss, -4, 4, -5, -6, ".bss, record in user space");
}

/* Sets variables by a store to the mapping, and by an update of the map's only element. */
static void set_after_load(struct global_data *skel)
{
	__u64 own[8] = {};
	__u32 key = 0;
	int fd;

	if (!ASSERT_OK(global_data__load(skel), "load"))
		return;
	skel->bss->in_bss = 40;
	skel->data->in_data = 41;
	fd = bpf_map__fd(skel->maps.data_own);
	if (!ASSERT_EQ(bpf_map__value_size(skel->maps.data_own), sizeof(own[0]),
		       "size of .data.own"))
		return;
	ASSERT_OK(bpf_map_lookup_elem(fd, &key, own), "look up section");
	ASSERT_EQ(own[0], 0x3333333333333333, ".data.own");
	own[0] = 42;
	ASSERT_OK(bpf_map_update_elem(fd, &key, own, 0), "update section");
	ASSERT_EQ(skel->data_own->in_own_data, 42, ".data.own in user space");
	if (!run(skel))
		return;
	ASSERT_EQ(skel->bss_seen->seen.in_bss, 40, ".bss");
	ASSERT_EQ(skel->bss_seen->seen.in_data, 41, ".data");
	ASSERT_EQ(skel->bss_seen->seen.in_own_data, 42, ".data.own");
	ASSERT_OK(bpf_map_lookup_elem(fd, &key, own), "look up section");
	ASSERT_EQ(own[0], 43, ".data.own after the run");
}

static void check_frozen(struct bpf_map *map)
{
	int fd = bpf_map__fd(map);
	__u32 key = 0, info_size;
	struct bpf_map_info info = {};
	char value[256];
	int err;

	info_size = sizeof(info);
	if (!ASSERT_OK(bpf_map_get_info_by_fd(fd, &info, &info_size), "info") ||
	    !ASSERT_LE(info.value_size, sizeof(value), "size of section"))
		return;
	ASSERT_EQ(info.map_flags & BPF_F_RDONLY_PROG, BPF_F_RDONLY_PROG, "read-only for programs");
	ASSERT_OK(bpf_map_lookup_elem(fd, &key, value), "look up");
	ASSERT_EQ(bpf_map_update_elem(fd, &key, value, 0), -EPERM, "update");
	ASSERT_EQ(map_error(fd, 0, 1, PROT_READ), 0, "map for reading");
	ASSERT_EQ(map_error(fd, 0, 1, PROT_READ | PROT_WRITE), EPERM, "map for writing");
	/* Up to 6.1 the error is EBUSY; later kernels say EPERM, as write access is gone. */
	err = bpf_map_freeze(fd);
	ASSERT_TRUE(err == -EPERM || err == -EBUSY, "freeze again");
}

static void freeze(struct global_data *skel)
{
	LIBBPF_OPTS(bpf_map_create_opts, mappable, .map_flags = BPF_F_MMAPABLE);
	__u64 value = 3;
	__u32 key = 0;
	auto_fd int fd = -1;
	void *memory;

	if (!ASSERT_OK(global_data__load(skel), "load"))
		return;
	check_frozen(skel->maps.rodata);
	check_frozen(skel->maps.rodata_own);
	/* This program loads only because the verifier knows the content of .rodata. */
	ASSERT_EQ(test_run(skel->progs.branch_on_rodata), 5, "return value");
	/* The skeleton still maps it for writing. */
	ASSERT_EQ(bpf_map_freeze(bpf_map__fd(skel->maps.data)), -EBUSY, "freeze .data");

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "freeze", sizeof(key), sizeof(value), 1, &mappable);
	if (!ASSERT_OK_FD(fd, "map"))
		return;
	memory = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ASSERT_NEQ(memory, MAP_FAILED, "map for writing")) {
		ASSERT_EQ(bpf_map_freeze(fd), -EBUSY, "freeze what is mapped for writing");
		munmap(memory, getpagesize());
	}
	ASSERT_OK(bpf_map_update_elem(fd, &key, &value, 0), "update");
	ASSERT_OK(bpf_map_freeze(fd), "freeze what is not");
	ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, 0), -EPERM, "update what is frozen");
	value = 0;
	ASSERT_OK(bpf_map_lookup_elem(fd, &key, &value), "look up");
	ASSERT_EQ(value, 3, "value");
}

TEST_NEEDS(global_data, NEED_PROG_TYPE(SYSCALL, "5.14"), NEED_CONSTANT("BPF_MAP_FREEZE", "5.2"));

void test_global_data(void)
{
	static const struct {
		const char *name;
		void (*run)(struct global_data *skel);
	} subtests[] = {
		{ "initial_values", initial_values },
		{ "set_before_load", set_before_load },
		{ "set_after_load", set_after_load },
		{ "freeze", freeze },
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct global_data *skel = global_data__open();

		if (ASSERT_OK_PTR(skel, "open"))
			subtest->run(skel);
	}
}
