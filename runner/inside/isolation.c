// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table of the parts of isolation that a test process enters by itself. Each part goes away with
 * the last process that uses it, and has no name that could clash.
 *
 * There is no PID namespace: bpf_get_current_pid_tgid() returns ids of the initial one, and tests
 * compare them with getpid().
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/inside/isolation.h"
#include "runner/selection/registry.h"
#include "runner/system/filesystem.h"
#include "runner/system/loopback.h"
#include "runner/text/error.h"
#include "test_progs.h"

#define TMP_MIB_MIN 64

struct isolation_step {
	unsigned int part;
	const char *what;
	int (*enter)(const struct isolation_setup *setup);
};

static int unshare_network(const struct isolation_setup *setup)
{
	return unshare(CLONE_NEWNET) ? -errno : 0;
}

static int bring_lo_up(const struct isolation_setup *setup)
{
	return loopback__bring_up();
}

static int unshare_mounts(const struct isolation_setup *setup)
{
	if (unshare(CLONE_NEWNS))
		return -errno;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ? -errno : 0;
}

/* A kernel before 6.15 cannot copy a mount that is mounted nowhere. */
static int mount_bpffs(const struct isolation_setup *setup)
{
	if (setup->bpffs_fd >= 0 && !filesystem__mount_again(setup->bpffs_fd, "/sys/fs/bpf"))
		return 0;
	return mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL) ? -errno : 0;
}

static int make_dirs(const char *path)
{
	char part[4096];
	const char *slash = path;
	int n;

	while ((slash = strchr(slash + 1, '/'))) {
		n = snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		if (n < 0 || n >= (int)sizeof(part))
			return -ENAMETOOLONG;
		if (mkdir(part, 0755) && errno != EEXIST)
			return -errno;
	}
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}

/*
 * The tmpfs mounts of all tests together get half of the memory, the kernel's default for one
 * mount.
 */
static unsigned long tmp_mib(const struct isolation_setup *setup)
{
	long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
	unsigned long share_mib = (pages >> 10) * (page_bytes >> 10) / 2 / setup->jobs;

	return share_mib > TMP_MIB_MIN ? share_mib : TMP_MIB_MIN;
}

/* The new /tmp would hide a suite below it, so the suite is bind-mounted to its place again. */
static int mount_tmp(const struct isolation_setup *setup)
{
	const char *suite_dir = setup->suite_dir;
	bool is_covered = suite_dir && !strncmp(suite_dir, "/tmp/", 5);
	char from[64], options[64];
	int err = 0, fd = -1;

	if (is_covered) {
		fd = open(suite_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			return -errno;
	}
	snprintf(options, sizeof(options), "mode=1777,size=%luM", tmp_mib(setup));
	if (mount("tmp", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, options))
		err = -errno;
	if (!err && is_covered) {
		err = make_dirs(suite_dir);
		snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
		if (!err && mount(from, suite_dir, NULL, MS_BIND | MS_REC, NULL))
			err = -errno;
	}
	if (fd >= 0)
		close(fd);
	return err;
}

static int join_new_keyring(const struct isolation_setup *setup)
{
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ? -errno : 0;
}

/* The order of this table is the order in which the parts are entered. */
static const struct isolation_step steps[] = {
	{ ISOLATE_MOUNTNS, "unsharing the mount namespace", unshare_mounts },
	{ ISOLATE_MOUNTNS, "mounting bpffs on /sys/fs/bpf", mount_bpffs },
	{ ISOLATE_MOUNTNS, "mounting tmpfs on /tmp", mount_tmp },
	{ ISOLATE_NETNS, "unsharing the network namespace", unshare_network },
	{ ISOLATE_NETNS, "bringing lo up", bring_lo_up },
	{ ISOLATE_KEYRING, "joining a new session keyring", join_new_keyring },
};

int isolation__enter(unsigned int parts, const struct isolation_setup *setup, char *error,
		     size_t size_bytes)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (!(parts & steps[i].part))
			continue;
		err = steps[i].enter(setup);
		if (err) {
			snprintf(error, size_bytes, "%s: %s", steps[i].what, error__text(err));
			return err;
		}
	}
	return 0;
}
