// SPDX-License-Identifier: GPL-2.0-only
/* Sets up the guest before the command, from tables of mounts, modules, device links and limits. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/guest/guest_log.h"
#include "vm/guest/guest_setup.h"
#include "vm/guest/order.h"
#include "vm/host/folder.h"
#include "vm/host/text.h"

#define MODULE_INIT_COMPRESSED_FILE 4
/* Time limit for the kernel to find a disk. */
#define DISK_WAIT_MS                10000
#define DISK_POLL_MS                20

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

/* Files below /lib/modules/<release>/kernel, in the order of their dependencies. */
static const char *const modules[] = {
	"drivers/virtio/virtio_ring",
	"drivers/virtio/virtio",
	"drivers/virtio/virtio_pci_legacy_dev",
	"drivers/virtio/virtio_pci_modern_dev",
	"drivers/virtio/virtio_pci",
	"drivers/char/virtio_console",
};

static const struct {
	const char *suffix;
	int flags;
} module_files[] = {
	{ ".ko", 0 },
	{ ".ko.xz", MODULE_INIT_COMPRESSED_FILE },
	{ ".ko.zst", MODULE_INIT_COMPRESSED_FILE },
	{ ".ko.gz", MODULE_INIT_COMPRESSED_FILE },
};

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

/* The suite may be below /tmp or /run, where a tmpfs would hide it. */
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

	mkdir(mounts[i].folder, 0755);
	if (!strcmp(mounts[i].type, "tmpfs") && has_contents(mounts[i].folder))
		return 0;
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

static void load_module(const char *release, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(module_files); i++) {
		autofree char *path = text__format("/lib/modules/%s/kernel/%s%s", release, name,
						   module_files[i].suffix);
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			continue; /* the module is built in, or compressed in another way */
		if (syscall(SYS_finit_module, fd, "", module_files[i].flags) && errno != EEXIST)
			guest_log__say("cannot load %s: " ERRNO_FMT, path, ERRNO_ARG(errno));
		close(fd);
		return;
	}
}

void guest_setup__load_modules(void)
{
	struct utsname name;

	uname(&name);
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		load_module(name.release, modules[i]);
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

/* Places of a disk's serial number in sysfs, for NVMe and for virtio-blk. */
static const char *const serial_places[] = { "device/serial", "serial" };

static char *device_serial(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(serial_places); i++) {
		autofree char *path = text__format("/sys/block/%s/%s", name, serial_places[i]);
		char *serial = text_file__read(path);

		if (serial)
			return text__trim(serial);
	}
	return NULL;
}

/* Find a disk by its serial number, because its name depends on the order of probing. */
static char *find_disk(const char *wanted)
{
	DIR *dir = opendir("/sys/block");
	struct dirent *entry;
	char *found = NULL;

	while (dir && !found && (entry = readdir(dir))) {
		autofree char *serial = device_serial(entry->d_name);

		if (serial && !strcmp(serial, wanted))
			found = text__format("/dev/%s", entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Return: 0 or -errno. */
static int mount_disk(const char *serial, const char *folder, unsigned long flags)
{
	autofree char *disk = find_disk(serial);
	int err;

	for (int waited_ms = 0; !disk && waited_ms < DISK_WAIT_MS; waited_ms += DISK_POLL_MS) {
		nanosleep(&(struct timespec){ .tv_nsec = DISK_POLL_MS * 1000000 }, NULL);
		disk = find_disk(serial);
	}
	if (!disk)
		return -ENODEV;
	err = folder__make(folder);
	if (err)
		return err;
	return mount(disk, folder, "ext4", flags, NULL) ? -errno : 0;
}

int guest_setup__mount_results(void)
{
	return mount_disk(GUEST_RESULTS_SERIAL, GUEST_RESULTS_FOLDER, MS_NOSUID | MS_NODEV);
}

int guest_setup__mount_tree(const struct order *order)
{
	autofree char *lost_and_found = text__format("%s/lost+found", order->tree);
	int err = mount_disk(GUEST_TREE_SERIAL, order->tree, 0);

	if (err)
		return err;
	/* Remove lost+found, which is from mke2fs and not part of the tree. */
	rmdir(lost_and_found);
	if (!strcmp(order->folder, order->tree))
		return 0;
	err = folder__make_parent(order->folder);
	if (!err && symlink(order->tree, order->folder) && errno != EEXIST)
		err = -errno;
	return err;
}
