// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects pinned in bpffs: a path keeps its object alive, two objects share a map, refused pins.
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

/* Returns the id of the map at a path, or a negative errno; keeps no descriptor of it. */
static int map_at(const char *path)
{
	auto_fd int fd = bpf_obj_get(path);

	return fd < 0 ? fd : map_id(fd);
}

static int program_at(const char *path)
{
	auto_fd int fd = bpf_obj_get(path);

	return fd < 0 ? fd : program_id(fd);
}

static bool map_is_gone(void *id)
{
	auto_fd int fd = bpf_map_get_fd_by_id(*(__u32 *)id);

	return fd == -ENOENT;
}

static bool program_is_gone(void *id)
{
	auto_fd int fd = bpf_prog_get_fd_by_id(*(__u32 *)id);

	return fd == -ENOENT;
}

static int count(struct pinning *skel)
{
	return test_run(skel->progs.count_in_pinned);
}

/* Returns the only element of a map. */
static __u64 count_in(int map_fd)
{
	__u32 key = 0;
	__u64 value = 0;

	ASSERT_OK(bpf_map_lookup_elem(map_fd, &key, &value), "look up");
	return value;
}

/* Runs the program, which counts in the shared map and in the map that only its object has. */
static void check_counts(struct pinning *skel, int shared, __u64 own)
{
	ASSERT_EQ(count(skel), shared, "count");
	ASSERT_EQ(count_in(bpf_map__fd(skel->maps.pinned_by_name)), shared, "count in shared map");
	ASSERT_EQ(count_in(bpf_map__fd(skel->maps.not_pinned)), own, "count in own map");
}

/* Two objects share a map that is declared as pinned, and no other map. */
static void reuse_by_name(void)
{
	struct pinning *first = pinning__open_and_load(), *second = NULL, *third = NULL;
	__u32 id;

	if (!ASSERT_OK_PTR(first, "open and load"))
		return;
	id = map_id(bpf_map__fd(first->maps.pinned_by_name));
	ASSERT_EQ(map_at(MAP_PATH), id, "map at path");
	ASSERT_TRUE(bpf_map__is_pinned(first->maps.pinned_by_name), "is pinned");
	ASSERT_FALSE(bpf_map__is_pinned(first->maps.not_pinned), "is not pinned");
	ASSERT_EQ(access(DIRECTORY "not_pinned", F_OK) ? errno : 0, ENOENT, "the other map's path");
	check_counts(first, 1, 1);

	second = pinning__open_and_load();
	if (!ASSERT_OK_PTR(second, "open and load again"))
		goto out;
	ASSERT_EQ(map_id(bpf_map__fd(second->maps.pinned_by_name)), id, "the same map");
	ASSERT_NEQ(map_id(bpf_map__fd(second->maps.not_pinned)),
		   map_id(bpf_map__fd(first->maps.not_pinned)), "maps that are not pinned");
	check_counts(second, 2, 1);
	check_counts(first, 3, 2);

	/* After this, only the path keeps the map alive. */
	pinning__destroy(first);
	pinning__destroy(second);
	first = second = NULL;
	third = pinning__open_and_load();
	if (!ASSERT_OK_PTR(third, "open and load a third time"))
		goto out;
	check_counts(third, 4, 1);

	ASSERT_OK(unlink(MAP_PATH), "unlink");
	/* The path is gone, the map is not. */
	check_counts(third, 5, 2);
	second = pinning__open_and_load();
	if (ASSERT_OK_PTR(second, "open and load a new one"))
		check_counts(second, 1, 1);
out:
	unlink(MAP_PATH);
	pinning__destroy(first);
	pinning__destroy(second);
	pinning__destroy(third);
}

static int create_array(const char *name, __u32 entries)
{
	return bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(__u32), sizeof(__u64), entries,
			      NULL);
}

/* A map of another size at the path is refused. */
static void not_compatible(void)
{
	auto_fd int fd = create_array("other", 2);
	auto_skel struct pinning *skel = pinning__open();

	if (!ASSERT_OK_PTR(skel, "open") || !ASSERT_OK_FD(fd, "map of two elements") ||
	    !ASSERT_OK(bpf_obj_pin(fd, MAP_PATH), "pin"))
		return;
	ASSERT_EQ(pinning__load(skel), -EINVAL, "load");
	ASSERT_EQ(map_at(MAP_PATH), map_id(fd), "map at path");
	ASSERT_OK(unlink(MAP_PATH), "unlink");
}

static void program(void)
{
	struct pinning *skel = pinning__open_and_load();
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int fd, again, own;
	__u32 id, map;

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return;
	fd = bpf_program__fd(skel->progs.count_in_pinned);
	id = program_id(fd);
	map = map_id(bpf_map__fd(skel->maps.not_pinned));
	ASSERT_OK(bpf_program__pin(skel->progs.count_in_pinned, PROGRAM_PATH), "pin");
	ASSERT_EQ(bpf_obj_pin(fd, PROGRAM_PATH), -EEXIST, "pin again");
	ASSERT_EQ(program_at(PROGRAM_PATH), id, "program at path");
	check_counts(skel, 1, 1);
	pinning__destroy(skel);
	unlink(MAP_PATH);

	/* The program keeps its maps alive. */
	again = bpf_obj_get(PROGRAM_PATH);
	if (ASSERT_OK_FD(again, "get")) {
		ASSERT_EQ(program_id(again), id, "program");
		ASSERT_OK(bpf_prog_test_run_opts(again, &opts), "run");
		ASSERT_EQ(opts.retval, 2, "count");
		own = bpf_map_get_fd_by_id(map);
		if (ASSERT_OK_FD(own, "map of program")) {
			ASSERT_EQ(count_in(own), 2, "count in own map");
			close(own);
		}
		close(again);
	}
	ASSERT_FALSE(program_is_gone(&id), "program is gone");
	ASSERT_OK(unlink(PROGRAM_PATH), "unlink");
	ASSERT_EQ(bpf_obj_get(PROGRAM_PATH), -ENOENT, "get what is not there");
	/* The kernel frees program and map some time later. */
	ASSERT_TRUE(wait_until(program_is_gone, &id, test__wait_timeout_ms()), "program is gone");
	ASSERT_TRUE(wait_until(map_is_gone, &map, test__wait_timeout_ms()), "map is gone");
}

/* A bind mount of a bpffs shows the same objects; a second bpffs shows only its own. */
static void mounts(void)
{
	auto_fd int fd = create_array("mounts", 1);
	struct stat here, there;

	if (!ASSERT_OK_FD(fd, "map") || !ASSERT_OK(bpf_obj_pin(fd, OTHER_PATH), "pin") ||
	    !ASSERT_OK(mkdir(MOUNT_PATH, 0755), "mkdir"))
		return;
	if (ASSERT_OK(mount("/sys/fs/bpf", MOUNT_PATH, NULL, MS_BIND, NULL), "mount once more")) {
		ASSERT_EQ(map_at(MOUNT_PATH "/other"), map_id(fd), "map at other path");
		ASSERT_OK(stat(OTHER_PATH, &here), "stat");
		ASSERT_OK(stat(MOUNT_PATH "/other", &there), "stat");
		ASSERT_EQ(here.st_ino, there.st_ino, "inode");
		ASSERT_OK(umount(MOUNT_PATH), "umount");
	}
	if (ASSERT_OK(mount("bpf", MOUNT_PATH, "bpf", 0, NULL), "mount another")) {
		ASSERT_EQ(map_at(MOUNT_PATH "/other"), -ENOENT, "map in another bpffs");
		ASSERT_OK(umount(MOUNT_PATH), "umount");
	}
	ASSERT_OK(rmdir(MOUNT_PATH), "rmdir");
	ASSERT_OK(mount(NULL, "/sys/fs/bpf", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL),
		  "remount read-only");
	ASSERT_EQ(bpf_obj_pin(fd, MAP_PATH), -EROFS, "pin");
	ASSERT_EQ(map_at(OTHER_PATH), map_id(fd), "map at path, read-only mount");
	ASSERT_OK(mount(NULL, "/sys/fs/bpf", NULL, MS_REMOUNT | MS_BIND, NULL), "remount");
	ASSERT_EQ(map_at(OTHER_PATH), map_id(fd), "map at path");
	ASSERT_OK(unlink(OTHER_PATH), "unlink");
}

static void refused(void)
{
	auto_fd int fd = create_array("refused", 1), got = -1;
	LIBBPF_OPTS(bpf_obj_get_opts, read_only, .file_flags = BPF_F_RDONLY);
	__u32 key = 0;
	__u64 value = 0;

	if (!ASSERT_OK_FD(fd, "map"))
		return;
	ASSERT_EQ(bpf_obj_pin(fd, "/tmp/not_in_bpffs"), -EPERM, "pin elsewhere");
	ASSERT_EQ(bpf_obj_pin(fd, DIRECTORY "no/directory"), -ENOENT, "pin in no directory");
	ASSERT_EQ(bpf_obj_pin(STDERR_FILENO, OTHER_PATH), -EINVAL, "pin what is not of BPF");
	ASSERT_EQ(bpf_obj_get(OTHER_PATH), -ENOENT, "get what is not there");
	ASSERT_EQ(bpf_obj_get("/tmp"), -EACCES, "get what is not pinned");
	if (!ASSERT_OK(bpf_obj_pin(fd, OTHER_PATH), "pin"))
		return;
	ASSERT_EQ(open(OTHER_PATH, O_RDWR | O_CLOEXEC) < 0 ? errno : 0, EIO, "open as a file");
	got = bpf_obj_get_opts(OTHER_PATH, &read_only);
	if (ASSERT_OK_FD(got, "get for reading")) {
		ASSERT_OK(bpf_map_lookup_elem(got, &key, &value), "look up");
		ASSERT_EQ(bpf_map_update_elem(got, &key, &value, 0), -EPERM, "update");
	}
	ASSERT_OK(rename(OTHER_PATH, MAP_PATH), "rename");
	ASSERT_EQ(bpf_obj_get(OTHER_PATH), -ENOENT, "get by old path");
	ASSERT_EQ(map_at(MAP_PATH), map_id(fd), "get by new path");
	ASSERT_OK(unlink(MAP_PATH), "unlink");
}

TEST_NEEDS(pinning, NEED_PROG_TYPE(SYSCALL, "5.14"));

void test_pinning(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} subtests[] = {
		{ "reuse_by_name", reuse_by_name },
		{ "not_compatible", not_compatible },
		{ "program", program },
		{ "mounts", mounts },
		{ "refused", refused },
	};

	RUN_SUBTESTS(subtests);
}
