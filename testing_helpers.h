/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for any test: what the kernel has and counts, waiting, and files in the page cache.
 *
 * Nothing here asserts: a test decides what a negative errno means to it. Waiting ends with what
 * is waited for, or at a deadline given in milliseconds (test__wait_timeout_ms() is the one to
 * use), never after a fixed time.
 */
#ifndef TESTING_HELPERS_H
#define TESTING_HELPERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * kernel_is_at_least() - compare the running kernel's release; -rc counts as its release
 *
 * For saying whether something that is absent ought to be there. Whether it is there is asked of
 * the kernel itself.
 */
bool kernel_is_at_least(int major, int minor);

/**
 * own_cgroup() - the folder of the cgroup2 that the caller is in
 *
 * Return: 0, -ENOENT where there is none, or another negative errno.
 */
int own_cgroup(char *path, size_t size_bytes);

/**
 * recursion_misses() - how often the kernel has left out a program that was to run
 * @prog_fd: of the program
 *
 * It does so where the program, or for some kinds any program, is being run on that CPU already:
 * in an interrupt, or by another task that was preempted in it. For probes and events not every
 * kernel counts it.
 *
 * Return: the number since the program was loaded, or a negative errno.
 */
long long recursion_misses(int prog_fd);

/**
 * wait_until() - wait for a condition that nothing can be woken by
 * @condition: asked at once, every 1 ms, and once more at the deadline
 *
 * Return: whether it came true.
 */
bool wait_until(bool (*condition)(void *arg), void *arg, int timeout_ms);

/**
 * lock_file() - take the exclusive flock of an open file
 *
 * Closing the descriptor gives it back.
 *
 * Return: 0, -ETIMEDOUT, or another negative errno.
 */
int lock_file(int fd, int timeout_ms);

/**
 * read_exact_at() - read a number of bytes of a file
 *
 * Return: 0, -ENODATA when the file ends before that, or another negative errno.
 */
int read_exact_at(int fd, void *buf, size_t len_bytes, off_t offset);

/**
 * resident_pages() - how many pages of a range of a file are in the page cache
 * @offset: of the first byte; start and end are widened to whole pages
 *
 * Counts what is being read in too (not before Linux 6.5). Does not itself bring anything in.
 * Needs write permission for the file or its ownership.
 *
 * Return: the number, or a negative errno.
 */
long resident_pages(int fd, off_t offset, size_t len_bytes);

/** pages_in_range() - how many pages resident_pages() would count if all of them were there */
long pages_in_range(off_t offset, size_t len_bytes);

/**
 * evict_range() - take a range of a file out of the page cache
 * @fd: open for reading is enough
 * @offset: of the first byte; start and end are widened to whole pages, and cut at the file's end
 * @margin_bytes: of both neighbours, to be evicted along as far as that goes: a large folio leaves
 *	as a whole, and may have pages of both
 * @timeout_ms: deadline; pages on their way to disk or in a per-CPU list take more than one attempt
 *
 * Pages that another process maps stay, with the whole of their folio.
 *
 * Return: 0 when no page of the range was left, -EBUSY when some were at the deadline, or another
 * negative errno.
 */
int evict_range(int fd, off_t offset, size_t len_bytes, size_t margin_bytes, int timeout_ms);

/**
 * warm_range() - read a range of a file into the page cache, and none of its neighbours
 * @buf: room for @len_bytes of content
 *
 * Return: 0, or a negative errno as of read_exact_at().
 */
int warm_range(int fd, void *buf, size_t len_bytes, off_t offset);

/**
 * no_eviction_reason() - why nothing can be evicted from a file system
 *
 * Return: a text that names the file system, or NULL where eviction should work.
 */
const char *no_eviction_reason(int fd);

/**
 * readahead_bytes() - how far the kernel reads ahead on the device behind a file
 *
 * Return: the size, or -ENOENT where sysfs does not show it (btrfs, overlayfs).
 */
long readahead_bytes(int fd);

#endif
