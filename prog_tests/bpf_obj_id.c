// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ids of maps, programs, BTF and links: walking over them, descriptors by id, the information about
 * each kind of object, and when an id ends.
 */
#include <bpf/btf.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <time.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "bpf_obj_id.skel.h"

/* A kind of objects, and the functions that find them. */
struct kind {
	const char *name;
	int (*next_id)(__u32 id, __u32 *next);
	int (*fd_by_id)(__u32 id);
};

/* Whether a walk over all ids comes to @id. Others may come and go, so that they are not counted. */
static bool is_found(const struct kind *kind, __u32 wanted)
{
	__u32 id = 0, next;
	int err;

	while (!(err = kind->next_id(id, &next))) {
		if (!ASSERT_GT(next, id, "ids ascend"))
			return false;
		if (next == wanted)
			return true;
		id = next;
	}
	ASSERT_EQ(err, -ENOENT, "end of walk");
	return false;
}

struct awaited {
	const struct kind *kind;
	__u32 id;
};

static bool is_gone(void *context)
{
	const struct awaited *awaited = context;
	auto_fd int fd = awaited->kind->fd_by_id(awaited->id);

	return fd == -ENOENT;
}

/* The id leads to the object while it exists, and to none afterwards. @fd is closed. */
static void check_id(const struct kind *kind, int fd, __u32 id)
{
	struct awaited awaited = { kind, id };
	__u32 next;
	int again;

	printf("%s, id %u\n", kind->name, id);
	ASSERT_NEQ(id, 0, "id");
	ASSERT_TRUE(is_found(kind, id), "found by a walk");
	ASSERT_OK(kind->next_id(id - 1, &next), "id after the one before");
	ASSERT_EQ(next, id, "id after the one before");
	again = kind->fd_by_id(id);
	ASSERT_OK_FD(again, "descriptor");
	close(fd);
	/* The second descriptor alone keeps it. */
	ASSERT_TRUE(is_found(kind, id), "found after the first was closed");
	if (again >= 0)
		close(again);
	ASSERT_TRUE(wait_until(is_gone, &awaited, test__wait_timeout_ms()), "id ends");
	ASSERT_FALSE(is_found(kind, id), "found after the end");
	ASSERT_EQ(kind->fd_by_id(0), -ENOENT, "descriptor of id 0");
	ASSERT_EQ(kind->fd_by_id(INT32_MAX), -ENOENT, "descriptor of no id");
	ASSERT_EQ(kind->next_id(INT32_MAX, &next), -EINVAL, "id after the last possible");
}

static const struct kind maps = { "map", bpf_map_get_next_id, bpf_map_get_fd_by_id };
static const struct kind programs = { "program", bpf_prog_get_next_id, bpf_prog_get_fd_by_id };
static const struct kind btfs = { "BTF", bpf_btf_get_next_id, bpf_btf_get_fd_by_id };
static const struct kind links = { "link", bpf_link_get_next_id, bpf_link_get_fd_by_id };

static void map(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "short_lived", 4, 8, 1, NULL);

	if (ASSERT_OK_FD(fd, "map"))
		check_id(&maps, fd, map_id(fd));
}

static void map_info(void)
{
	auto_skel struct bpf_obj_id *skel = bpf_obj_id__open_and_load();
	struct bpf_map_info info = {};
	__u32 bytes = sizeof(info);
	int fd;

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return;
	fd = bpf_map__fd(skel->maps.counters);
	ASSERT_OK(bpf_map_get_info_by_fd(fd, &info, &bytes), "info");
	ASSERT_EQ(info.type, BPF_MAP_TYPE_HASH, "type");
	ASSERT_EQ(info.key_size, 2, "size of key");
	ASSERT_EQ(info.value_size, 8, "size of value");
	ASSERT_EQ(info.max_entries, 5, "entries");
	ASSERT_EQ(info.map_flags, BPF_F_NO_PREALLOC, "flags");
	ASSERT_STREQ(info.name, "counters", "name");
	ASSERT_EQ(info.ifindex, 0, "interface");
	ASSERT_NEQ(info.btf_id, 0, "BTF");
	ASSERT_NEQ(info.btf_key_type_id, 0, "BTF of key");
	ASSERT_NEQ(info.btf_value_type_id, 0, "BTF of value");

	/* A short buffer gets its part; a long one must be zero behind what the kernel knows. */
	memset(&info, 0, sizeof(info));
	bytes = 8;
	ASSERT_OK(bpf_map_get_info_by_fd(fd, &info, &bytes), "info of eight bytes");
	ASSERT_EQ(bytes, 8, "bytes");
	ASSERT_EQ(info.type, BPF_MAP_TYPE_HASH, "type in eight bytes");
	ASSERT_EQ(info.key_size, 0, "what did not fit");
	struct {
		struct bpf_map_info info;
		__u64 more[64];
	} long_info = {};

	bytes = sizeof(long_info);
	ASSERT_OK(bpf_map_get_info_by_fd(fd, &long_info.info, &bytes), "long info");
	ASSERT_LT(bytes, sizeof(long_info), "bytes of long info");
	ASSERT_EQ(long_info.info.max_entries, 5, "entries in long info");
	long_info.more[63] = 1;
	bytes = sizeof(long_info);
	ASSERT_EQ(bpf_map_get_info_by_fd(fd, &long_info.info, &bytes), -E2BIG, "unknown bytes");
	bytes = sizeof(info);
	ASSERT_EQ(bpf_map_get_info_by_fd(-1, &info, &bytes), -EBADFD, "no descriptor");
}

static void prog(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "short_lived", "GPL", insns,
			       ARRAY_SIZE(insns), NULL);

	if (ASSERT_OK_FD(fd, "program"))
		check_id(&programs, fd, program_id(fd));
}

static __u64 boot_time_ns(void)
{
	struct timespec now;

	ASSERT_OK(clock_gettime(CLOCK_BOOTTIME, &now), "time");
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void prog_info(void)
{
	__u64 before_ns = boot_time_ns();
	auto_skel struct bpf_obj_id *skel = bpf_obj_id__open_and_load();
	struct bpf_insn insns[64] = {};
	struct bpf_prog_info info = {};
	__u32 bytes = sizeof(info), map_ids[2] = {};
	int fd;

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return;
	fd = bpf_program__fd(skel->progs.uses_map);
	info.map_ids = (uintptr_t)map_ids;
	info.nr_map_ids = ARRAY_SIZE(map_ids);
	info.xlated_prog_insns = (uintptr_t)insns;
	info.xlated_prog_len = sizeof(insns);
	ASSERT_OK(bpf_prog_get_info_by_fd(fd, &info, &bytes), "info");
	ASSERT_EQ(info.type, BPF_PROG_TYPE_RAW_TRACEPOINT, "type");
	ASSERT_STREQ(info.name, "uses_map", "name");
	ASSERT_EQ(info.nr_map_ids, 1, "number of maps");
	ASSERT_EQ(map_ids[0], map_id(bpf_map__fd(skel->maps.counters)), "id of map");
	ASSERT_EQ(info.created_by_uid, getuid(), "user");
	ASSERT_TRUE(info.gpl_compatible, "license");
	ASSERT_GE(info.load_time, before_ns, "load time after the start");
	ASSERT_LE(info.load_time, boot_time_ns(), "load time before now");
	ASSERT_GT(info.verified_insns, 0, "verified instructions");
	ASSERT_NEQ(info.btf_id, 0, "BTF");
	ASSERT_EQ(info.nr_func_info, 1, "functions");
	if (ASSERT_GT(info.xlated_prog_len, 8, "length") &&
	    ASSERT_LE(info.xlated_prog_len, sizeof(insns), "length"))
		ASSERT_EQ(insns[info.xlated_prog_len / 8 - 1].code, BPF_JMP | BPF_EXIT, "last");

	/* Room for one id is enough; without room the number alone comes back. */
	memset(&info, 0, sizeof(info));
	bytes = sizeof(info);
	ASSERT_OK(bpf_prog_get_info_by_fd(fd, &info, &bytes), "info without room");
	ASSERT_EQ(info.nr_map_ids, 1, "number of maps without room");
	ASSERT_EQ(info.map_ids, 0, "no ids");
	memset(&info, 0, sizeof(info));
	ASSERT_OK(bpf_prog_get_info_by_fd(bpf_program__fd(skel->progs.uses_nothing), &info, &bytes),
		  "info of the other");
	ASSERT_EQ(info.nr_map_ids, 0, "maps of the other");
	ASSERT_STREQ(info.name, "uses_nothing", "name of the other");
}

static int load_btf(const char *name, __u32 *id)
{
	struct bpf_btf_info info = {};
	__u32 raw_bytes, bytes = sizeof(info);
	struct btf *btf = btf__new_empty();
	const void *raw;
	int fd = -1;

	if (!ASSERT_OK_PTR(btf, "BTF"))
		return -1;
	ASSERT_EQ(btf__add_int(btf, name, 4, BTF_INT_SIGNED), 1, "id of type");
	raw = btf__raw_data(btf, &raw_bytes);
	if (ASSERT_OK_PTR(raw, "raw data")) {
		fd = bpf_btf_load(raw, raw_bytes, NULL);
		ASSERT_OK_FD(fd, "load BTF");
		ASSERT_OK(bpf_btf_get_info_by_fd(fd, &info, &bytes), "info of BTF");
		ASSERT_EQ(info.btf_size, raw_bytes, "size of BTF");
		ASSERT_EQ(info.kernel_btf, 0, "kernel's BTF");
		ASSERT_EQ(info.name_len, 0, "length of name");
		*id = info.id;
	}
	btf__free(btf);
	return fd;
}

static void btf(void)
{
	__u32 id = 0;
	int fd = load_btf("number", &id);

	if (fd >= 0)
		check_id(&btfs, fd, id);
}

/* The id of a BTF leads to the same bytes that were loaded; bytes that are no BTF are refused. */
static void btf_content(void)
{
	char zeros[64] = {}, text[256] = {};
	__u32 id = 0;
	auto_fd int fd = load_btf("unusual_name", &id);
	struct btf *loaded = btf__load_from_kernel_by_id(id);
	const struct btf_type *type;
	LIBBPF_OPTS(bpf_btf_load_opts, log, .log_level = 1, .log_buf = text,
		    .log_size = sizeof(text));

	ASSERT_OK_FD(fd, "BTF");
	if (ASSERT_OK_PTR(loaded, "load by id")) {
		ASSERT_EQ(btf__type_cnt(loaded), 2, "types");
		type = btf__type_by_id(loaded, 1);
		ASSERT_STREQ(btf__name_by_offset(loaded, type->name_off), "unusual_name", "name");
		ASSERT_EQ(type->size, 4, "size");
	}
	btf__free(loaded);
	ASSERT_EQ(bpf_btf_load(zeros, 8, NULL), -EINVAL, "zeros");
	ASSERT_EQ(bpf_btf_load(zeros, sizeof(zeros), &log), -EINVAL, "zeros with a log");
	ASSERT_HAS_SUBSTR(text, "magic", "log");
	ASSERT_EQ(bpf_btf_load(zeros, 64 << 20, NULL), -E2BIG, "too large");
}

static void raw_tp_link(void)
{
	auto_skel struct bpf_obj_id *skel = bpf_obj_id__open_and_load();
	struct bpf_link_info info = {};
	char name[32] = {};
	__u32 bytes = sizeof(info);
	int fd;

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return;
	fd = bpf_raw_tracepoint_open("sys_enter", bpf_program__fd(skel->progs.uses_nothing));
	if (!ASSERT_OK_FD(fd, "link"))
		return;
	info.raw_tracepoint.tp_name = (uintptr_t)name;
	info.raw_tracepoint.tp_name_len = sizeof(name);
	ASSERT_OK(bpf_link_get_info_by_fd(fd, &info, &bytes), "info");
	ASSERT_EQ(info.type, BPF_LINK_TYPE_RAW_TRACEPOINT, "type");
	ASSERT_EQ(info.prog_id, program_id(bpf_program__fd(skel->progs.uses_nothing)), "program");
	ASSERT_STREQ(name, "sys_enter", "tracepoint");
	ASSERT_EQ(info.raw_tracepoint.tp_name_len, 10, "length of name");

	/* A buffer that is too short gets the beginning. */
	memset(name, 0x55, sizeof(name));
	info.raw_tracepoint.tp_name = (uintptr_t)name;
	info.raw_tracepoint.tp_name_len = 5;
	ASSERT_EQ(bpf_link_get_info_by_fd(fd, &info, &bytes), -ENOSPC, "info with a short name");
	ASSERT_STREQ(name, "sys_", "short name");
	check_id(&links, fd, info.id);
	ASSERT_EQ(bpf_raw_tracepoint_open("no_such_tracepoint",
					  bpf_program__fd(skel->progs.uses_nothing)),
		  -ENOENT, "unknown tracepoint");
	ASSERT_EQ(bpf_raw_tracepoint_open("sys_enter", bpf_program__fd(skel->progs.for_cgroup)),
		  -EINVAL, "program of another type");
}

static void cgroup_link(void)
{
	auto_fd int cgroup = test__join_cgroup("");
	auto_skel struct bpf_obj_id *skel = bpf_obj_id__open_and_load();
	struct bpf_link_info info = {};
	__u32 bytes = sizeof(info);
	struct stat status;
	int fd, prog_fd;

	if (cgroup < 0 || !ASSERT_OK_PTR(skel, "open and load"))
		return;
	prog_fd = bpf_program__fd(skel->progs.for_cgroup);
	fd = bpf_link_create(prog_fd, cgroup, BPF_CGROUP_INET_EGRESS, NULL);
	if (!ASSERT_OK_FD(fd, "link") || !ASSERT_OK(fstat(cgroup, &status), "stat"))
		return;
	ASSERT_OK(bpf_link_get_info_by_fd(fd, &info, &bytes), "info");
	ASSERT_EQ(info.type, BPF_LINK_TYPE_CGROUP, "type");
	ASSERT_EQ(info.cgroup.cgroup_id, status.st_ino, "cgroup");
	ASSERT_EQ(info.cgroup.attach_type, BPF_CGROUP_INET_EGRESS, "attach type");
	ASSERT_EQ(info.prog_id, program_id(prog_fd), "program");
	ASSERT_OK(bpf_link_detach(fd), "detach");
	memset(&info, 0, sizeof(info));
	ASSERT_OK(bpf_link_get_info_by_fd(fd, &info, &bytes), "info after detach");
	ASSERT_EQ(info.cgroup.cgroup_id, 0, "cgroup after detach");
	ASSERT_OK(bpf_link_detach(fd), "detach again");
	close(fd);

	ASSERT_EQ(bpf_link_create(prog_fd, cgroup, BPF_CGROUP_INET4_BIND, NULL), -EINVAL,
		  "attach type of other programs");
	ASSERT_EQ(bpf_link_create(prog_fd, -1, BPF_CGROUP_INET_EGRESS, NULL), -EBADF, "no cgroup");
	ASSERT_EQ(bpf_link_create(-1, cgroup, BPF_CGROUP_INET_EGRESS, NULL), -EBADF, "no program");
}

TEST_NEEDS(bpf_obj_id, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"));
SUBTEST_NEEDS(bpf_obj_id, "cgroup_link", NEED_CGROUP,
	      NEED_LINK_TYPE(CGROUP, "5.7", IF_CONFIG("CGROUP_BPF")));

void test_bpf_obj_id(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} subtests[] = {
		/* clang-format off */
		{ "map",		map },
		{ "map_info",		map_info },
		{ "prog",		prog },
		{ "prog_info",		prog_info },
		{ "btf",		btf },
		{ "btf_content",	btf_content },
		{ "raw_tp_link",	raw_tp_link },
		{ "cgroup_link",	cgroup_link },
		/* clang-format on */
	};

	RUN_SUBTESTS(subtests);
}
