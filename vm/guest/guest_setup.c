// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets up the guest before the command, from tables of mounts, device links and limits.
 *
 * PID 1 starts in the initramfs. It does there all that does not depend on the run, because a guest
 * may be saved after that and restored for many runs. Then it moves to the system's disk.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/guest/channel.h"
#include "vm/guest/guest_disks.h"
#include "vm/guest/guest_log.h"
#include "vm/guest/guest_setup.h"
#include "vm/guest/order.h"
#include "vm/host/folder.h"
#include "vm/host/text.h"

/* Time limit for the kernel to find a disk. */
#define DISK_WAIT_MS      10000
#define DISK_POLL_MS      5
/* The command of syslog(2) that sets the level of the messages that go to the console. */
#define SET_CONSOLE_LEVEL 8
/* The folder of the initramfs where the system's disk is mounted. */
#define SYSTEM            "/system"

static const struct {
	const char *type;
	const char *folder;
	const char *options;
	unsigned long flags;
	bool required;
} mounts[] = {
	{ "devtmpfs", "/dev", "mode=0755", MS_NOSUID, true },
	{ "proc", "/proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, true },
	{ "sysfs", "/sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, true },
	{ "devpts", "/dev/pts", "mode=0620,gid=5,ptmxmode=0666", MS_NOSUID | MS_NOEXEC, false },
	{ "tmpfs", "/dev/shm", "mode=1777", MS_NOSUID | MS_NODEV, false },
	{ "mqueue", "/dev/mqueue", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, false },
	{ "tmpfs", "/run", "mode=0755", MS_NOSUID | MS_NODEV, false },
	{ "tmpfs", "/tmp", "mode=1777", MS_NOSUID | MS_NODEV, false },
	{ "cgroup2", "/sys/fs/cgroup", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, false },
	{ "bpf", "/sys/fs/bpf", "mode=0700", MS_NOSUID | MS_NODEV | MS_NOEXEC, false },
	{ "debugfs", "/sys/kernel/debug", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, false },
	{ "tracefs", "/sys/kernel/tracing", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, false },
	{ "securityfs", "/sys/kernel/security", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC, false },
};

/* The folders of the table above that have no other one above them. */
static const char *const moved[] = { "/dev", "/proc", "/sys", "/run", "/tmp" };

static const struct {
	const char *target;
	const char *link;
} dev_links[] = {
	{ "/proc/self/fd", "/dev/fd" },
	{ "/proc/self/fd/0", "/dev/stdin" },
	{ "/proc/self/fd/1", "/dev/stdout" },
	{ "/proc/self/fd/2", "/dev/stderr" },
};

static const struct {
	int resource;
	rlim_t limit;
} limits[] = {
	{ RLIMIT_MEMLOCK, RLIM_INFINITY },
	{ RLIMIT_CORE, 0 },
	{ RLIMIT_NOFILE, 65536 },
};

/* A command may be below /tmp or /run of the system's disk, where a tmpfs would hide it. */
static bool has_contents(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	if (dir)
		closedir(dir);
	return found;
}

static void open_console(void)
{
	static const char *const paths[] = { "/dev/console", "/dev/ttyS0" };
	int fd = -1;

	for (size_t i = 0; fd < 0 && i < ARRAY_SIZE(paths); i++)
		/* NOLINTNEXTLINE(android-cloexec-open): a standard descriptor, for all that is run */
		fd = open(paths[i], O_RDWR | O_NOCTTY);
	if (fd < 0)
		return;
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

static int mount_one(size_t i)
{
	int err;

	/* The initramfs may have all files of the guest: a tmpfs must not hide them. */
	if (!access(GUEST_MEMORY_MARK, F_OK) && !mounts[i].required &&
	    has_contents(mounts[i].folder))
		return 0;
	mkdir(mounts[i].folder, 0755);
	if (!mount(mounts[i].type, mounts[i].folder, mounts[i].type, mounts[i].flags,
		   mounts[i].options))
		return 0;
	err = -errno;
	if (mounts[i].required)
		guest_log__say("cannot mount %s on %s: " ERRNO_FMT, mounts[i].type,
			       mounts[i].folder, ERRNO_ARG(-err));
	return mounts[i].required ? err : 0;
}

int guest_setup__mount_all(void)
{
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		int ret = mount_one(i);

		err = err ? err : ret;
		/* The first mount is /dev: after it, a console exists for error messages. */
		if (i == 0)
			open_console();
	}
	for (size_t i = 0; i < ARRAY_SIZE(dev_links); i++)
		if (symlink(dev_links[i].target, dev_links[i].link) && errno != EEXIST)
			guest_log__say("cannot link %s: " ERRNO_FMT, dev_links[i].link,
				       ERRNO_ARG(errno));
	return err;
}

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		guest_log__say("cannot bring lo up: " ERRNO_FMT, ERRNO_ARG(errno));
	if (fd >= 0)
		close(fd);
}

void guest_setup__settle(void)
{
	sethostname("vmtest", strlen("vmtest"));
	loopback_up();
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		setrlimit(limits[i].resource, &(struct rlimit){ limits[i].limit, limits[i].limit });
}

/* A disk is in sysfs before the kernel lets it be opened: until then, open(2) fails with ENXIO. */
static bool can_open(const char *disk)
{
	autoclose int fd = open(disk, O_RDONLY | O_CLOEXEC);

	return fd >= 0;
}

/* Return: 0 or -errno. */
static int mount_disk(const char *serial, const char *folder, unsigned long flags)
{
	autofree char *disk = NULL;
	int err;

	for (int waited_ms = 0; !disk || !can_open(disk); waited_ms += DISK_POLL_MS) {
		if (waited_ms >= DISK_WAIT_MS)
			return disk ? -ENXIO : -ENODEV;
		if (waited_ms)
			nanosleep(&(struct timespec){ .tv_nsec = DISK_POLL_MS * 1000000 }, NULL);
		disk = disk ? disk : guest_disks__find(serial);
	}
	err = folder__make(folder);
	if (err)
		return err;
	return mount(disk, folder, "ext4", flags, NULL) ? -errno : 0;
}

/* Return: 0 or -errno. */
static int move_folder(const char *folder)
{
	autofree char *to = text__format(SYSTEM "%s", folder);

	if (has_contents(to))
		return 0;
	mkdir(to, 0755);
	return mount(folder, to, NULL, MS_MOVE, NULL) ? -errno : 0;
}

int guest_setup__enter_system(void)
{
	int err = mount_disk(GUEST_SYSTEM_SERIAL, SYSTEM, 0);

	for (size_t i = 0; !err && i < ARRAY_SIZE(moved); i++)
		err = move_folder(moved[i]);
	if (!err && (chdir(SYSTEM) || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".")))
		err = -errno;
	return err;
}

/* The launcher's random bytes are from its kernel's generator, so that each bit counts in full. */
static int add_entropy(const struct frame_fresh *fresh)
{
	struct {
		int entropy_bits, len_bytes;
		uint8_t bytes[sizeof(fresh->random)];
	} seed = { 8 * sizeof(fresh->random), sizeof(fresh->random), {} };
	autoclose int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);

	memcpy(seed.bytes, fresh->random, sizeof(seed.bytes));
	/* Without the second call, the kernel may use the new bytes only minutes later. */
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &seed) || ioctl(fd, RNDRESEEDCRNG))
		return -errno;
	return 0;
}

int guest_setup__freshen(const struct frame_fresh *fresh)
{
	struct timespec now = { .tv_sec = fresh->time_ns / 1000000000,
				.tv_nsec = fresh->time_ns % 1000000000 };

	if (clock_settime(CLOCK_REALTIME, &now))
		return -errno;
	return add_entropy(fresh);
}

void guest_setup__find_plugged(void)
{
	int fd = open("/sys/bus/pci/rescan", O_WRONLY | O_CLOEXEC);

	/* Ignore an error: most kernels see a plugged device by themselves. */
	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		guest_log__say("cannot look for new PCI devices: " ERRNO_FMT, ERRNO_ARG(errno));
	close(fd);
}

void guest_setup__set_console_level(const struct order *order)
{
	if (order->console_level && klogctl(SET_CONSOLE_LEVEL, NULL, (int)order->console_level) < 0)
		guest_log__say("cannot set the console's log level: " ERRNO_FMT, ERRNO_ARG(errno));
}

int guest_setup__mount_results(void)
{
	return mount_disk(GUEST_RESULTS_SERIAL, GUEST_RESULTS_FOLDER, MS_NOSUID | MS_NODEV);
}

/* Make the folder of the command lead to the tree, if the tree's path has links. */
static int link_folder(const struct order *order)
{
	int err;

	if (!strcmp(order->folder, order->tree))
		return 0;
	err = folder__make_parent(order->folder);
	if (!err && symlink(order->tree, order->folder) && errno != EEXIST)
		err = -errno;
	return err;
}

int guest_setup__use_memory(const struct order *order)
{
	int err = folder__make(GUEST_RESULTS_FOLDER);

	if (!err &&
	    mount("tmpfs", GUEST_RESULTS_FOLDER, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755"))
		err = -errno;
	return err ? err : link_folder(order);
}

int guest_setup__mount_tree(const struct order *order)
{
	autofree char *lost_and_found = text__format("%s/lost+found", order->tree);
	int err = mount_disk(GUEST_TREE_SERIAL, order->tree, 0);

	if (err)
		return err;
	/* Remove lost+found, which is from mke2fs and not part of the tree. */
	rmdir(lost_and_found);
	return link_folder(order);
}
