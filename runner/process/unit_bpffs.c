// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps a bpffs for the next test of a unit, if the last one has left it as it was. For each new
 * bpffs, the kernel runs modprobe for a module that few kernels have (bpf_preload): about 2 ms, and
 * 25 ms under emulation.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "runner/process/unit_bpffs.h"
#include "runner/system/filesystem.h"
#include "test_progs.h"

/*
 * The state that a test can change is the root, its entries, and the flags of a remount. Each entry
 * that is made or removed sets the root's time of modification.
 */
static bool look_at(int fd, struct unit_bpffs_state *state)
{
	struct statfs fs;
	char path[32];

	if (fstat(fd, &state->root) || fstatfs(fd, &fs))
		return false;
	state->flags = fs.f_flags;
	/* The descriptor itself is open for its path only, which flistxattr() refuses. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	state->xattrs_bytes = listxattr(path, NULL, 0);
	return true;
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_untouched(const struct unit_bpffs *bpffs)
{
	const struct stat *then = &bpffs->state.root;
	struct unit_bpffs_state now;

	return look_at(bpffs->fd, &now) && now.flags == bpffs->state.flags &&
	       now.xattrs_bytes == bpffs->state.xattrs_bytes && now.root.st_mode == then->st_mode &&
	       now.root.st_uid == then->st_uid && now.root.st_gid == then->st_gid &&
	       is_same_time(&now.root.st_mtim, &then->st_mtim) &&
	       is_same_time(&now.root.st_ctim, &then->st_ctim);
}

/* Set the root's time back: a change in the same tick of the clock must set another one. */
static bool set_time_back(int fd)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT } };

	clock_gettime(CLOCK_REALTIME, &times[1]);
	times[1].tv_sec--;
	return !utimensat(fd, "", times, AT_EMPTY_PATH);
}

static void close_old(struct unit_bpffs *bpffs)
{
	close(bpffs->fd);
	bpffs->is_open = false;
}

static void open_new(struct unit_bpffs *bpffs)
{
	bpffs->fd = filesystem__open("bpf");
	bpffs->is_open = bpffs->fd >= 0;
	if (bpffs->is_open && (!set_time_back(bpffs->fd) || !look_at(bpffs->fd, &bpffs->state)))
		close_old(bpffs);
}

void unit__prepare_bpffs(struct unit *unit)
{
	const struct run_options *options = unit->units->options;
	struct unit_bpffs *bpffs = &unit->bpffs;

	/* Somebody may still look at the bpffs of a test that was kept or traced. */
	if (!(unit->isolation & ISOLATE_MOUNTNS) || options->keep || options->tracer)
		return;
	if (bpffs->is_open && !is_untouched(bpffs))
		close_old(bpffs);
	if (!bpffs->is_open)
		open_new(bpffs);
}
