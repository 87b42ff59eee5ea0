/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for any test: running and attaching programs, children, CPUs, clean-up, the kernel's
 * counts, waiting, and files in the page cache.
 *
 * The macros assert, and a failure names the caller's line. The functions do not assert: they
 * return a negative errno, and the test decides what it means. Each wait ends when the awaited
 * thing happens or at the deadline, in milliseconds (use test__wait_timeout_ms()). It never just
 * sleeps for a fixed time.
 */
#ifndef TESTING_HELPERS_H
#define TESTING_HELPERS_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "test_progs.h"

/*
 * Variables that are cleaned up when they go out of scope:
 *
 *	auto_fd int fd = bpf_map_create(...);
 *	auto_link struct bpf_link *link = bpf_program__attach(...);
 *	auto_skel struct xdp *skel = xdp__open_and_load();
 *
 * Initialise each one where it is declared, to -1 or NULL if there is nothing yet.
 */
#define auto_fd   __attribute__((cleanup(cleanup__fd)))
#define auto_link __attribute__((cleanup(cleanup__link)))
#define auto_skel __attribute__((cleanup(cleanup__skel)))

void cleanup__fd(int *fd);
void cleanup__link(struct bpf_link **link);
/** cleanup__skel() - destroy a skeleton of any type; @skel is the address of the pointer to it */
void cleanup__skel(void *skel);

/**
 * test_run() - run a program once by BPF_PROG_TEST_RUN, without packet or context
 *
 * Return: the program's return value, or a negative errno after a failed assertion.
 */
#define test_run(program) test_run_ctx(program, NULL, 0)

/**
 * test_run_ctx() - run a program with a context; it does not copy back what the program writes to
 *	it
 */
#define test_run_ctx(program, context, size_bytes)                                                \
	({                                                                                        \
		LIBBPF_OPTS(bpf_test_run_opts, opts_, .ctx_in = (context), .ctx_size_in = (size_bytes)); \
		test_run_opts(program, &opts_);                                                   \
	})

/** test_run_packet() - run a program on a packet; it does not copy back the changed packet */
#define test_run_packet(program, packet, len_bytes)                                               \
	({                                                                                        \
		LIBBPF_OPTS(bpf_test_run_opts, opts_, .data_in = (packet), .data_size_in = (len_bytes)); \
		test_run_opts(program, &opts_);                                                   \
	})

/** test_run_opts() - run a program with the caller's options, which also receive all output */
#define test_run_opts(program, opts) assert__test_run(ASSERT_HERE, program, opts)
int assert__test_run(const char *file, int line, const char *func,
		     const struct bpf_program *program, struct bpf_test_run_opts *opts);

/**
 * attach() - attach a program as its section says
 * @link: where the link is stored, often `&skel->links.NAME`; NULL after a failed assertion
 *
 * Return: true if it is attached.
 */
#define attach(program, link) assert__attach(ASSERT_HERE, program, link)
bool assert__attach(const char *file, int line, const char *func, const struct bpf_program *program,
		    struct bpf_link **link);

/** detach() - destroy a link, assert that this succeeds, and set the pointer to it to NULL */
#define detach(link) assert__detach(ASSERT_HERE, link)
bool assert__detach(const char *file, int line, const char *func, struct bpf_link **link);

/**
 * in_child() - call a function in a forked child and wait for the child's exit
 * @act: returns the exit status of the child
 * @context: passed to @act
 *
 * Return: the exit status; -1 after a failed assertion, also if the child did not exit by itself.
 */
#define in_child(act, context) assert__in_child(ASSERT_HERE, act, context)
int assert__in_child(const char *file, int line, const char *func, int (*act)(void *context),
		     void *context);

/**
 * stay_on_cpu() - keep the calling thread on the CPU that it is on
 * @saved: receives the CPUs that the thread was allowed, for leave_cpu()
 *
 * Return: true; false after a failed assertion, and then the thread's affinity is unchanged.
 */
#define stay_on_cpu(saved) assert__stay_on_cpu(ASSERT_HERE, saved)
bool assert__stay_on_cpu(const char *file, int line, const char *func, cpu_set_t *saved);

/** leave_cpu() - give the calling thread back the CPUs that it had before stay_on_cpu() */
#define leave_cpu(saved) assert__leave_cpu(ASSERT_HERE, saved)
bool assert__leave_cpu(const char *file, int line, const char *func, const cpu_set_t *saved);

/** map_id() - get the id of a map; 0 after a failed assertion */
#define map_id(fd) assert__map_id(ASSERT_HERE, fd)
unsigned int assert__map_id(const char *file, int line, const char *func, int fd);

/** program_id() - get the id of a program; 0 after a failed assertion */
#define program_id(fd) assert__program_id(ASSERT_HERE, fd)
unsigned int assert__program_id(const char *file, int line, const char *func, int fd);

/**
 * kernel_is_at_least() - compare the running kernel's version; a release candidate counts as its
 *	release
 *
 * Use it only to decide whether an absent feature is an error. To find out whether the feature is
 * present, probe the kernel itself.
 */
bool kernel_is_at_least(int major, int minor);

/**
 * own_cgroup() - get the folder of the cgroup2 that the caller is in
 *
 * Return: 0, -ENOENT if the caller is in no cgroup2, or another negative errno.
 */
int own_cgroup(char *path, size_t size_bytes);

/**
 * recursion_misses() - count how often the kernel has skipped a program because of recursion
 * @prog_fd: descriptor of the program
 *
 * The kernel skips a program if this CPU is already running it (for some program types: any
 * program), for example below an interrupt, or in a task that was preempted while it ran the
 * program. Older kernels do not count this for probes and events.
 *
 * Return: the number since the program was loaded, or a negative errno.
 */
long long recursion_misses(int prog_fd);

/**
 * map_error() - try to map pages of a BPF map into memory, shared, and unmap them again
 * @protection: PROT_* of mmap()
 *
 * Return: 0, or the errno of the refusal (a positive number).
 */
int map_error(int map_fd, int first_page, int pages, int protection);

/**
 * wait_until() - poll a condition that has no event to wait for
 * @condition: called at once, every 1 ms, and once more at the deadline
 *
 * Return: true if the condition became true.
 */
bool wait_until(bool (*condition)(void *arg), void *arg, int timeout_ms);

/**
 * call_until_counted() - make calls that programs count, until the kernel skipped no program
 * @object: the object that has the programs
 * @call: makes the calls once. It returns true if the programs ran in spite of a skip; then this
 *	attempt is the last one.
 * @left_out: checks an attempt that will be repeated; @misses is how often the kernel skipped a
 *	program during it. May be NULL.
 * @context: passed to both
 *
 * The programs run for every task of the machine. If a task is preempted while it runs one of them
 * (seen on 7.3), the kernel skips that program for all other tasks on this CPU, and counts each
 * time (recursion_misses()). The test's own counts are then too low, and that is correct. So an
 * attempt is repeated if and only if the kernel's count changed. This hides no bug: in the last
 * attempt no program was skipped, and a kernel that skips programs all the time fails at the
 * deadline.
 *
 * Return: 0, -ETIMEDOUT at the deadline (test__wait_timeout_ms()), or a negative errno of
 * recursion_misses().
 */
int call_until_counted(const struct bpf_object *object, bool (*call)(void *context),
		       void (*left_out)(void *context, long long misses), void *context);

/**
 * lock_file() - take the exclusive flock of an open file
 *
 * Closing the descriptor releases the lock.
 *
 * Return: 0, -ETIMEDOUT, or another negative errno.
 */
int lock_file(int fd, int timeout_ms);

/**
 * read_exact_at() - read a given number of bytes of a file
 *
 * Return: 0, -ENODATA if the file ends before that, or another negative errno.
 */
int read_exact_at(int fd, void *buf, size_t len_bytes, off_t offset);

/**
 * resident_pages() - count the pages of a range of a file that are in the page cache
 * @offset: offset of the first byte; start and end are widened to whole pages
 *
 * Since Linux 6.5, the count includes pages that are being read in. The call does not read in any
 * page. The caller must own the file or be allowed to write to it.
 *
 * Return: the number, or a negative errno.
 */
long resident_pages(int fd, off_t offset, size_t len_bytes);

/** pages_in_range() - the number that resident_pages() returns if all pages are resident */
long pages_in_range(off_t offset, size_t len_bytes);

/**
 * evict_range() - take a range of a file out of the page cache
 * @fd: may be open read-only
 * @offset: offset of the first byte; the range is widened to whole pages, and cut at the file's end
 * @margin_bytes: how much to evict on either side of the range if possible, because a large folio
 *	is only evicted as a whole, and may extend beyond the range
 * @timeout_ms: deadline; pages under writeback or in a per-CPU list take more than one attempt
 *
 * A page that another process has mapped stays in the cache, with its whole folio.
 *
 * Return: 0 if no page of the range is left, -EBUSY if some are left at the deadline, or another
 * negative errno.
 */
int evict_range(int fd, off_t offset, size_t len_bytes, size_t margin_bytes, int timeout_ms);

/**
 * warm_range() - read a range of a file into the page cache, without readahead around it
 * @buf: room for @len_bytes of content
 *
 * Return: 0, or a negative errno as from read_exact_at().
 */
int warm_range(int fd, void *buf, size_t len_bytes, off_t offset);

/**
 * no_eviction_reason() - find out why pages of a file system cannot be evicted
 *
 * Return: a text that names the file system, or NULL if eviction should work.
 */
const char *no_eviction_reason(int fd);

/**
 * readahead_bytes() - find out how far the kernel reads ahead on the device that has a file
 *
 * Return: the size, or -ENOENT if sysfs does not show it (btrfs, overlayfs).
 */
long readahead_bytes(int fd);

#endif
