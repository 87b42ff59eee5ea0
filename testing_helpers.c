// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers for any test, see testing_helpers.h. Talks to the kernel through system calls, BTF and
 * sysfs. The assert__*() functions report failures with the caller's line; the others neither
 * assert nor print.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "test_progs.h"
#include "testing_helpers.h"

void cleanup__fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

void cleanup__link(struct bpf_link **link)
{
	bpf_link__destroy(*link);
}

/*
 * Does the same as NAME__destroy() of a skeleton, for any type: every struct that bpftool generates
 * for a skeleton begins with this pointer.
 */
void cleanup__skel(void *skel)
{
	struct bpf_object_skeleton **object = *(struct bpf_object_skeleton ***)skel;

	if (!object)
		return;
	if (*object)
		bpf_object__destroy_skeleton(*object);
	free(object);
}

int assert__test_run(const char *file, int line, const char *func,
		     const struct bpf_program *program, struct bpf_test_run_opts *opts)
{
	int err = bpf_prog_test_run_opts(bpf_program__fd(program), opts);
	char name[64];

	snprintf(name, sizeof(name), "run %s", bpf_program__name(program));
	return assert__ok(file, line, func, name, err) ? (int)opts->retval : err;
}

bool assert__attach(const char *file, int line, const char *func, const struct bpf_program *program,
		    struct bpf_link **link)
{
	char name[64];

	*link = bpf_program__attach(program);
	snprintf(name, sizeof(name), "attach %s", bpf_program__name(program));
	return assert__ok_ptr(file, line, func, name, *link);
}

bool assert__detach(const char *file, int line, const char *func, struct bpf_link **link)
{
	int err = bpf_link__destroy(*link);

	*link = NULL;
	return assert__ok(file, line, func, "detach", err);
}

int assert__in_child(const char *file, int line, const char *func, int (*act)(void *context),
		     void *context)
{
	pid_t child = fork(), waited;
	int status = -1;

	if (!child)
		_exit(act(context));
	if (!assert__report(file, line, func, "fork", child > 0, "%s", strerrorname_np(errno)))
		return -1;
	do {
		waited = waitpid(child, &status, 0);
	} while (waited < 0 && errno == EINTR);
	if (!assert__report(file, line, func, "wait for child", waited == child, "%s",
			    strerrorname_np(errno)) ||
	    !assert__report(file, line, func, "child exited", WIFEXITED(status),
			    "signal %d killed it", WTERMSIG(status)))
		return -1;
	return WEXITSTATUS(status);
}

bool assert__stay_on_cpu(const char *file, int line, const char *func, cpu_set_t *saved)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	return assert__ok(file, line, func, "CPUs of the thread",
			  sched_getaffinity(0, sizeof(*saved), saved)) &&
	       assert__ok(file, line, func, "stay on this CPU",
			  sched_setaffinity(0, sizeof(here), &here));
}

bool assert__leave_cpu(const char *file, int line, const char *func, const cpu_set_t *saved)
{
	return assert__ok(file, line, func, "leave the CPU",
			  sched_setaffinity(0, sizeof(*saved), saved));
}

unsigned int assert__map_id(const char *file, int line, const char *func, int fd)
{
	struct bpf_map_info info = {};
	__u32 size_bytes = sizeof(info);
	int err = bpf_map_get_info_by_fd(fd, &info, &size_bytes);

	return assert__ok(file, line, func, "info of map", err) ? info.id : 0;
}

unsigned int assert__program_id(const char *file, int line, const char *func, int fd)
{
	struct bpf_prog_info info = {};
	__u32 size_bytes = sizeof(info);
	int err = bpf_prog_get_info_by_fd(fd, &info, &size_bytes);

	return assert__ok(file, line, func, "info of program", err) ? info.id : 0;
}

bool kernel_is_at_least(int major, int minor)
{
	int running_major = 0, running_minor = 0;
	struct utsname name;

	uname(&name);
	sscanf(name.release, "%d.%d", &running_major, &running_minor);
	return running_major > major || (running_major == major && running_minor >= minor);
}

int own_cgroup(char *path, size_t size_bytes)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[256];
	int err = -ENOENT;

	if (!file)
		return -errno;
	/* In /proc/PID/cgroup, the line of cgroup2 has number 0 and no controllers. */
	while (err && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "0::/", 4))
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(path, size_bytes, "/sys/fs/cgroup%s", line + 3);
		if (access(path, F_OK))
			snprintf(path, size_bytes, "/sys/fs/cgroup/unified%s", line + 3);
		err = 0;
	}
	fclose(file);
	return !err && access(path, F_OK) ? -errno : err;
}

int test__join_cgroup(const char *path)
{
	/*
	 * The test's own cgroup. Only the first call can look it up, because that call moves the
	 * caller to another cgroup.
	 */
	static char own[PATH_MAX];
	char joined[2 * PATH_MAX];
	int fd, procs_fd;
	bool has_joined;

	if (!*own && !ASSERT_OK(own_cgroup(own, sizeof(own)), "own cgroup"))
		return -1;
	snprintf(joined, sizeof(joined), "%s/%s", own, path + (*path == '/'));
	if (!ASSERT_TRUE(!mkdir(joined, 0755) || errno == EEXIST, "make cgroup"))
		return -1;
	fd = open(joined, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!ASSERT_OK_FD(fd, "open cgroup"))
		return -1;
	procs_fd = openat(fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	has_joined = ASSERT_EQ(write(procs_fd, "0", 1), 1, "join cgroup");
	if (procs_fd >= 0)
		close(procs_fd);
	if (has_joined)
		return fd;
	close(fd);
	return -1;
}

static long long monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

long long recursion_misses(int prog_fd)
{
	struct bpf_prog_info info = {};
	__u32 size_bytes = sizeof(info);
	int err = bpf_prog_get_info_by_fd(prog_fd, &info, &size_bytes);

	return err ? err : (long long)info.recursion_misses;
}

int map_error(int map_fd, int first_page, int pages, int protection)
{
	size_t len_bytes = pages * getpagesize();
	off_t offset = (off_t)first_page * getpagesize();
	void *mapping = mmap(NULL, len_bytes, protection, MAP_SHARED, map_fd, offset);

	if (mapping == MAP_FAILED)
		return errno;
	munmap(mapping, len_bytes);
	return 0;
}

bool wait_until(bool (*condition)(void *arg), void *arg, int timeout_ms)
{
	long long deadline_ms = monotonic_ms() + timeout_ms;

	while (!condition(arg)) {
		if (monotonic_ms() >= deadline_ms)
			return condition(arg);
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return true;
}

/* Returns the recursion misses of all loaded programs of the object, or a negative errno. */
static long long object_misses(const struct bpf_object *object)
{
	struct bpf_program *program;
	long long misses = 0;

	bpf_object__for_each_program (program, object) {
		int fd = bpf_program__fd(program);
		long long missed = fd < 0 ? 0 : recursion_misses(fd);

		if (missed < 0)
			return missed;
		misses += missed;
	}
	return misses;
}

struct counted_call {
	const struct bpf_object *object;
	bool (*call)(void *context);
	void (*left_out)(void *context, long long misses);
	void *context;
	int err;
};

/* Returns true if this attempt is the last one, even if the count could not be read. */
static bool try_counted_call(void *arg)
{
	struct counted_call *attempt = arg;
	long long before = object_misses(attempt->object), after;
	bool is_decided;

	is_decided = before >= 0 && attempt->call(attempt->context);
	after = before < 0 ? before : object_misses(attempt->object);
	attempt->err = after < 0 ? after : 0;
	if (after < 0 || is_decided || after == before)
		return true;
	if (attempt->left_out)
		attempt->left_out(attempt->context, after - before);
	return false;
}

int call_until_counted(const struct bpf_object *object, bool (*call)(void *context),
		       void (*left_out)(void *context, long long misses), void *context)
{
	struct counted_call attempt = { object, call, left_out, context, 0 };

	if (!wait_until(try_counted_call, &attempt, test__wait_timeout_ms()))
		return -ETIMEDOUT;
	return attempt.err;
}

struct lock_attempt {
	int fd;
	int err;
};

/* Returns true when the lock is taken, or after an error that waiting does not change. */
static bool try_lock(void *arg)
{
	struct lock_attempt *attempt = arg;

	attempt->err = flock(attempt->fd, LOCK_EX | LOCK_NB) ? -errno : 0;
	return attempt->err != -EWOULDBLOCK && attempt->err != -EINTR;
}

int lock_file(int fd, int timeout_ms)
{
	struct lock_attempt attempt = { .fd = fd };

	return wait_until(try_lock, &attempt, timeout_ms) ? attempt.err : -ETIMEDOUT;
}

int read_exact_at(int fd, void *buf, size_t len_bytes, off_t offset)
{
	size_t done = 0;
	ssize_t got;

	while (done < len_bytes) {
		got = pread(fd, (char *)buf + done, len_bytes - done, offset + done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : -ENODATA;
		done += got;
	}
	return 0;
}

/* A range of a file, in whole pages. */
struct page_range {
	off_t start;
	size_t len_bytes;
};

static struct page_range whole_pages(off_t offset, size_t len_bytes)
{
	off_t page_bytes = sysconf(_SC_PAGESIZE);
	off_t start = offset / page_bytes * page_bytes;
	off_t end = (offset + len_bytes + page_bytes - 1) / page_bytes * page_bytes;

	return (struct page_range){ .start = start, .len_bytes = end - start };
}

long pages_in_range(off_t offset, size_t len_bytes)
{
	return whole_pages(offset, len_bytes).len_bytes / sysconf(_SC_PAGESIZE);
}

/* cachestat(2) is newer than the C library and headers of the oldest build machine. */
#ifndef __NR_cachestat
#define __NR_cachestat 451
#endif

/* Counts with mincore(), on a mapping that is never touched. Stops at the end of the file. */
static long resident_by_mincore(int fd, struct page_range pages)
{
	size_t count = pages.len_bytes / sysconf(_SC_PAGESIZE);
	unsigned char *resident;
	long result = 0;
	char *mapping;

	mapping = mmap(NULL, pages.len_bytes, PROT_READ, MAP_PRIVATE, fd, pages.start);
	if (mapping == MAP_FAILED)
		return -errno;
	resident = calloc(1, count);
	if (!resident || mincore(mapping, pages.len_bytes, resident))
		result = -errno;
	for (size_t i = 0; result >= 0 && i < count; i++)
		result += resident[i] & 1;
	free(resident);
	munmap(mapping, pages.len_bytes);
	return result;
}

/*
 * mincore() is used only where cachestat() is missing: it leaves out a page that is being read in,
 * and such a page is resident a moment later although nobody has touched it.
 */
long resident_pages(int fd, off_t offset, size_t len_bytes)
{
	struct page_range pages = whole_pages(offset, len_bytes);
	struct {
		uint64_t offset, len_bytes;
	} range = { pages.start, pages.len_bytes };
	struct {
		uint64_t cached, dirty, writeback, evicted, recently_evicted;
	} counts;

	if (!syscall(__NR_cachestat, fd, &range, &counts, 0))
		return counts.cached;
	return errno == ENOSYS ? resident_by_mincore(fd, pages) : -errno;
}

/* Touches only the resident pages of a range: a touch of the others would read them from disk. */
static int touch_resident(char *mapping, size_t len_bytes)
{
	size_t page_bytes = sysconf(_SC_PAGESIZE);
	size_t pages = len_bytes / page_bytes;
	unsigned char *resident = calloc(1, pages);
	int err = 0;

	if (!resident || mincore(mapping, len_bytes, resident))
		err = -errno;
	for (size_t i = 0; !err && i < pages; i++)
		if (resident[i] & 1)
			(void)*(volatile char *)(mapping + i * page_bytes);
	free(resident);
	return err;
}

/*
 * Reclaims a range through a mapping, because MADV_PAGEOUT returns 0 for pages that the caller does
 * not map, and leaves them in the cache. It splits large folios.
 */
static int page_out(int fd, struct page_range pages)
{
	char *mapping;
	int err;

	mapping = mmap(NULL, pages.len_bytes, PROT_READ, MAP_PRIVATE, fd, pages.start);
	if (mapping == MAP_FAILED)
		return -errno;
	/* With MADV_RANDOM, a fault brings in only its own page. */
	err = madvise(mapping, pages.len_bytes, MADV_RANDOM) ? -errno : 0;
	if (!err)
		err = touch_resident(mapping, pages.len_bytes);
	if (!err && madvise(mapping, pages.len_bytes, MADV_PAGEOUT))
		err = -errno;
	munmap(mapping, pages.len_bytes);
	return err;
}

struct eviction {
	int fd;
	struct page_range pages;
	struct page_range with_margin;
	long left_pages; /* number of pages that are left, or a negative errno */
};

static void drop_clean(struct eviction *eviction)
{
	int err = posix_fadvise(eviction->fd, eviction->with_margin.start,
				eviction->with_margin.len_bytes, POSIX_FADV_DONTNEED);

	eviction->left_pages = err ? -err :
				     resident_pages(eviction->fd, eviction->pages.start,
						    eviction->pages.len_bytes);
}

/* Returns true if no page is left, or after an error that another attempt does not change. */
static bool try_evict(void *arg)
{
	struct eviction *eviction = arg;
	int err;

	/* Begin with POSIX_FADV_DONTNEED, which evicts most pages and needs no mapping. */
	drop_clean(eviction);
	if (eviction->left_pages <= 0)
		return true;

	err = page_out(eviction->fd, eviction->with_margin);
	if (err)
		eviction->left_pages = err;
	else
		drop_clean(eviction);
	return eviction->left_pages <= 0;
}

static struct page_range with_margin(off_t offset, size_t len_bytes, size_t margin_bytes)
{
	size_t before_bytes = offset < (off_t)margin_bytes ? offset : margin_bytes;

	return whole_pages(offset - before_bytes, before_bytes + len_bytes + margin_bytes);
}

/* Cuts a range at the end of the file: a touch of a mapped page beyond it raises SIGBUS. */
static struct page_range within_file(struct page_range pages, off_t size_bytes)
{
	off_t left_bytes = size_bytes > pages.start ? size_bytes - pages.start : 0;

	if ((off_t)pages.len_bytes <= left_bytes)
		return pages;
	return whole_pages(pages.start, left_bytes);
}

int evict_range(int fd, off_t offset, size_t len_bytes, size_t margin_bytes, int timeout_ms)
{
	struct eviction eviction = { .fd = fd };
	struct stat status;

	if (fstat(fd, &status))
		return -errno;
	eviction.pages = within_file(whole_pages(offset, len_bytes), status.st_size);
	eviction.with_margin =
		within_file(with_margin(offset, len_bytes, margin_bytes), status.st_size);
	/* Do nothing for an empty range, because a length of 0 would mean the whole file. */
	if (!eviction.pages.len_bytes)
		return 0;

	/*
	 * Write dirty pages, which a file has that was just built. Ignore an error: a read-only
	 * file system has no dirty pages.
	 */
	(void)!fdatasync(fd);
	return wait_until(try_evict, &eviction, timeout_ms) ? eviction.left_pages : -EBUSY;
}

int warm_range(int fd, void *buf, size_t len_bytes, off_t offset)
{
	int err = -posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);

	return err ?: read_exact_at(fd, buf, len_bytes, offset);
}

/* Magic numbers that linux/magic.h lacks. */
#define MAGIC_ZFS 0x2fc12fc1

const char *no_eviction_reason(int fd)
{
	static const struct {
		unsigned long magic;
		const char *reason;
	} reasons[] = {
		{ TMPFS_MAGIC, "tmpfs has no disk: its pages stay" },
		{ RAMFS_MAGIC, "ramfs has no disk: its pages stay" },
		{ HUGETLBFS_MAGIC, "hugetlbfs has no disk: its pages stay" },
		{ OVERLAYFS_SUPER_MAGIC, "overlayfs: the pages are those of the file below it" },
		{ MAGIC_ZFS, "ZFS has a cache of its own" },
	};
	struct statfs status;

	if (fstatfs(fd, &status))
		return NULL;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if ((unsigned long)status.f_type == reasons[i].magic)
			return reasons[i].reason;
	return NULL;
}

long readahead_bytes(int fd)
{
	/* Paths for file systems with a bdi of their own (fuse, nfs), for disks, and partitions. */
	static const char *const places[] = {
		"/sys/class/bdi/%u:%u/read_ahead_kb",
		"/sys/dev/block/%u:%u/queue/read_ahead_kb",
		"/sys/dev/block/%u:%u/../queue/read_ahead_kb",
	};
	struct stat status;
	char path[128];
	long size_kb;
	FILE *file;

	if (fstat(fd, &status))
		return -errno;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), places[i], major(status.st_dev), minor(status.st_dev));
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%ld", &size_kb) != 1)
			size_kb = -1;
		fclose(file);
		if (size_kb >= 0)
			return size_kb * 1024;
	}
	return -ENOENT;
}
