// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects pinned in bpffs: what a path keeps alive, who gets the same object, what is refused.
 *
 * The test has a bpffs of its own on /sys/fs/bpf.
 */
#include <sys/mount.h>
#include <sys/stat.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "pinning.skel.h"

#define DIRECTORY    "/sys/fs/bpf/"
#define MAP_PATH     DIRECTORY "pinned_by_name"
#define OTHER_PATH   DIRECTORY "other"
#define PROGRAM_PATH DIRECTORY "program"
#define MOUNT_PATH   "/tmp/pinning"

static int run(int program_fd)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .retval = -1);

	ASSERT_OK(bpf_prog_test_run_opts(program_fd, &opts), "run");
	return opts.retval;
}

static __u32 map_id(int fd)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	ASSERT_OK(bpf_map_get_info_by_fd(fd, &info, &size), "info of map");
	return info.id;
}

static __u32 program_id(int fd)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	ASSERT_OK(bpf_prog_get_info_by_fd(fd, &info, &size), "info of program");
	return info.id;
}

/* A path's object, or a negative errno; the descriptor does not outlive the call. */
static int id_at(const char *path, __u32 (*id_of)(int fd))
{
	int fd = bpf_obj_get(path), id;

	if (fd < 0)
		return fd;
	id = id_of(fd);
	close(fd);
	return id;
}

static bool map_is_gone(void *id)
{
	int fd = bpf_map_get_fd_by_id(*(__u32 *)id);

	if (fd >= 0)
		close(fd);
	return fd == -ENOENT;
}

static bool program_is_gone(void *id)
{
	int fd = bpf_prog_get_fd_by_id(*(__u32 *)id);

	if (fd >= 0)
		close(fd);
	return fd == -ENOENT;
}

/* A map with its pinning declared: the second object gets the first one's, the others are new. */
static void reuse_by_name(void)
{
	struct pinning *first = pinning__open_and_load(), *second = NULL, *third = NULL;
	__u32 id;

	if (!ASSERT_OK_PTR(first, "open and load"))
		return;
	id = map_id(bpf_map__fd(first->maps.pinned_by_name));
	ASSERT_EQ(id_at(MAP_PATH, map_id), id, "map at path");
	ASSERT_TRUE(bpf_map__is_pinned(first->maps.pinned_by_name), "is pinned");
	ASSERT_FALSE(bpf_map__is_pinned(first->maps.not_pinned), "is not pinned");
	ASSERT_EQ(access(DIRECTORY "not_pinned", F_OK) ? errno : 0, ENOENT, "the other map's path");
	ASSERT_EQ(run(bpf_program__fd(first->progs.count_in_pinned)), 1, "count");

	second = pinning__open_and_load();
	if (!ASSERT_OK_PTR(second, "open and load again"))
		goto out;
	ASSERT_EQ(map_id(bpf_map__fd(second->maps.pinned_by_name)), id, "the same map");
	ASSERT_NEQ(map_id(bpf_map__fd(second->maps.not_pinned)),
		   map_id(bpf_map__fd(first->maps.not_pinned)), "maps that are not pinned");
	ASSERT_EQ(run(bpf_program__fd(second->progs.count_in_pinned)), 2, "count");
	ASSERT_EQ(run(bpf_program__fd(first->progs.count_in_pinned)), 3, "count");

	/* The path alone keeps it. */
	pinning__destroy(first);
	pinning__destroy(second);
	first = second = NULL;
	third = pinning__open_and_load();
	if (!ASSERT_OK_PTR(third, "open and load a third time"))
		goto out;
	ASSERT_EQ(run(bpf_program__fd(third->progs.count_in_pinned)), 4, "count");

	ASSERT_OK(unlink(MAP_PATH), "unlink");
	ASSERT_EQ(run(bpf_program__fd(third->progs.count_in_pinned)), 5, "count without a path");
	second = pinning__open_and_load();
	if (ASSERT_OK_PTR(second, "open and load a new one"))
		ASSERT_EQ(run(bpf_program__fd(second->progs.count_in_pinned)), 1, "new count");
out:
	unlink(MAP_PATH);
	pinning__destroy(first);
	pinning__destroy(second);
	pinning__destroy(third);
}

/* Another map at the path is not taken. */
static void not_compatible(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "other", sizeof(__u32), sizeof(__u64), 2, NULL);
	struct pinning *skel = NULL;

	if (ASSERT_OK_FD(fd, "map of two elements") &&
	    ASSERT_OK(bpf_obj_pin(fd, MAP_PATH), "pin")) {
		skel = pinning__open();
		if (ASSERT_OK_PTR(skel, "open"))
			ASSERT_EQ(pinning__load(skel), -EINVAL, "load");
		ASSERT_EQ(id_at(MAP_PATH, map_id), map_id(fd), "map at path");
		ASSERT_OK(unlink(MAP_PATH), "unlink");
	}
	if (fd >= 0)
		close(fd);
	pinning__destroy(skel);
}

static void program(void)
{
	struct pinning *skel = pinning__open_and_load();
	int fd = -1, again = -1;
	__u32 id, map;

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return;
	fd = bpf_program__fd(skel->progs.count_in_pinned);
	id = program_id(fd);
	map = map_id(bpf_map__fd(skel->maps.not_pinned));
	ASSERT_OK(bpf_program__pin(skel->progs.count_in_pinned, PROGRAM_PATH), "pin");
	ASSERT_EQ(bpf_obj_pin(fd, PROGRAM_PATH), -EEXIST, "pin again");
	ASSERT_EQ(id_at(PROGRAM_PATH, program_id), id, "program at path");
	ASSERT_EQ(run(fd), 1, "count");
	pinning__destroy(skel);
	unlink(MAP_PATH);

	/* With it live the maps that it uses. */
	again = bpf_obj_get(PROGRAM_PATH);
	if (ASSERT_OK_FD(again, "get")) {
		ASSERT_EQ(program_id(again), id, "program");
		ASSERT_EQ(run(again), 2, "count");
		ASSERT_FALSE(map_is_gone(&map), "map of program is gone");
		close(again);
	}
	ASSERT_FALSE(program_is_gone(&id), "program is gone");
	ASSERT_OK(unlink(PROGRAM_PATH), "unlink");
	ASSERT_EQ(bpf_obj_get(PROGRAM_PATH), -ENOENT, "get what is not there");
	/* Both are freed later on. */
	ASSERT_TRUE(wait_until(program_is_gone, &id, test__wait_timeout_ms()), "program is gone");
	ASSERT_TRUE(wait_until(map_is_gone, &map, test__wait_timeout_ms()), "map is gone");
}

/* A bpffs is seen wherever it is mounted; another one is another. */
static void mounts(void)
{
	int fd =
		bpf_map_create(BPF_MAP_TYPE_ARRAY, "mounts", sizeof(__u32), sizeof(__u64), 1, NULL);
	struct stat here, there;

	if (!ASSERT_OK_FD(fd, "map"))
		return;
	if (!ASSERT_OK(bpf_obj_pin(fd, OTHER_PATH), "pin") ||
	    !ASSERT_OK(mkdir(MOUNT_PATH, 0755), "mkdir"))
		goto out;
	if (ASSERT_OK(mount("/sys/fs/bpf", MOUNT_PATH, NULL, MS_BIND, NULL), "mount once more")) {
		ASSERT_EQ(id_at(MOUNT_PATH "/other", map_id), map_id(fd), "map at other path");
		ASSERT_OK(stat(OTHER_PATH, &here), "stat");
		ASSERT_OK(stat(MOUNT_PATH "/other", &there), "stat");
		ASSERT_EQ(here.st_ino, there.st_ino, "inode");
		ASSERT_OK(umount(MOUNT_PATH), "umount");
	}
	if (ASSERT_OK(mount("bpf", MOUNT_PATH, "bpf", 0, NULL), "mount another")) {
		ASSERT_EQ(id_at(MOUNT_PATH "/other", map_id), -ENOENT, "map in another bpffs");
		ASSERT_OK(umount(MOUNT_PATH), "umount");
	}
	ASSERT_OK(mount(NULL, "/sys/fs/bpf", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL),
		  "remount read-only");
	ASSERT_EQ(bpf_obj_pin(fd, MAP_PATH), -EROFS, "pin");
	ASSERT_EQ(id_at(OTHER_PATH, map_id), map_id(fd), "map at path, read-only mount");
	ASSERT_OK(mount(NULL, "/sys/fs/bpf", NULL, MS_REMOUNT | MS_BIND, NULL), "remount");
	ASSERT_EQ(id_at(OTHER_PATH, map_id), map_id(fd), "map at path");
	ASSERT_OK(unlink(OTHER_PATH), "unlink");
out:
	close(fd);
}

static void refused(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "refused", sizeof(__u32), sizeof(__u64), 1,
				NULL);
	LIBBPF_OPTS(bpf_obj_get_opts, read_only, .file_flags = BPF_F_RDONLY);
	__u32 key = 0;
	__u64 value = 0;
	int got;

	if (!ASSERT_OK_FD(fd, "map"))
		return;
	ASSERT_EQ(bpf_obj_pin(fd, "/tmp/not_in_bpffs"), -EPERM, "pin elsewhere");
	ASSERT_EQ(bpf_obj_pin(fd, DIRECTORY "no/directory"), -ENOENT, "pin in no directory");
	ASSERT_EQ(bpf_obj_pin(STDERR_FILENO, OTHER_PATH), -EINVAL, "pin what is not of BPF");
	ASSERT_EQ(bpf_obj_get(OTHER_PATH), -ENOENT, "get what is not there");
	ASSERT_EQ(bpf_obj_get("/tmp"), -EACCES, "get what is not pinned");
	if (!ASSERT_OK(bpf_obj_pin(fd, OTHER_PATH), "pin"))
		goto out;
	ASSERT_EQ(open(OTHER_PATH, O_RDWR | O_CLOEXEC) < 0 ? errno : 0, EIO, "open as a file");
	got = bpf_obj_get_opts(OTHER_PATH, &read_only);
	if (ASSERT_OK_FD(got, "get for reading")) {
		ASSERT_OK(bpf_map_lookup_elem(got, &key, &value), "look up");
		ASSERT_EQ(bpf_map_update_elem(got, &key, &value, 0), -EPERM, "update");
		close(got);
	}
	ASSERT_OK(rename(OTHER_PATH, MAP_PATH), "rename");
	ASSERT_EQ(bpf_obj_get(OTHER_PATH), -ENOENT, "get by old path");
	ASSERT_EQ(id_at(MAP_PATH, map_id), map_id(fd), "get by new path");
	ASSERT_OK(unlink(MAP_PATH), "unlink");
out:
	close(fd);
}

TEST_NEEDS(pinning, NEED_PROG_TYPE(SYSCALL, "5.14"));

void test_pinning(void)
{
	if (test__start_subtest("reuse_by_name"))
		reuse_by_name();
	if (test__start_subtest("not_compatible"))
		not_compatible();
	if (test__start_subtest("program"))
		program();
	if (test__start_subtest("mounts"))
		mounts();
	if (test__start_subtest("refused"))
		refused();
}
