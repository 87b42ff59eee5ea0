// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the guest's disks: the root by mke2fs -d from a staging folder, an empty one for results.
 *
 * Both are private files that are thrown away: whatever the guest does to its disks, no file of the
 * host is behind them. The root lies in a partition, because a partition has an identity
 * (PARTUUID) that a kernel without an initramfs can mount; the names of disks depend on the order
 * in which they are probed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/disk/image.h"
#include "vm/disk/staging.h"
#include "vm/disk/tree_walk.h"
#include "vm/disk/userland.h"
#include "vm/guest/order.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/kernel/kernel.h"

#define PARTITION_START_BYTES (1U << 20)
#define SECTOR_BYTES          512
#define MIB                   (1ULL << 20)
/* Room for what the guest writes to its root; the file is sparse, so it costs nothing. */
#define SPARE_MIB             2048
#define SPARE_FILES           65536
#define MKE2FS_DEADLINE_MS    120000

static const char *const folders[] = {
	"/dev",     "/proc",    "/sys", "/run",     "/tmp",         "/etc",  "/root",
	"/var/tmp", "/var/log", "/mnt", "/results", "/lib/modules", "/boot",
};

static const struct {
	const char *path;
	const char *text;
} small_files[] = {
	{ "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
			 "daemon:x:1:1:daemon:/:/bin/false\n"
			 "nobody:x:65534:65534:nobody:/:/bin/sh\n" },
	{ "/etc/group", "root:x:0:\ndaemon:x:1:\ntty:x:5:\nnogroup:x:65534:\n" },
	{ "/etc/hosts", "127.0.0.1 localhost vmtest\n::1 localhost\n" },
	{ "/etc/hostname", "vmtest\n" },
	{ "/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n" },
};

static int add_kernel_files(struct vmtest *vm, struct staging *staging, const struct kernel *kernel)
{
	autofree char *modules = text__format("/lib/modules/%s", kernel->release);
	autofree char *config = text__format("/boot/config-%s", kernel->release);
	autofree char *text = kernel->config ? text_file__read(kernel->config) : NULL;
	int ret = text ? staging__write(vm, staging, config, text) : 0;

	if (!ret && kernel->modules)
		ret = staging__add_tree(vm, staging, kernel->modules, modules, NULL);
	return ret;
}

static int add_own_files(struct vmtest *vm, struct staging *staging, const struct order *order)
{
	autofree char *init = text__format("%s/init", staging->root);
	autofree char *order_file = text__format("%s" GUEST_ORDER_FILE, staging->root);
	int err = file__copy("/proc/self/exe", init);
	int ret = 0;

	err = err ? err : order__write(order_file, order);
	if (err)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot write into %s: " ERRNO_FMT
				     "; name a roomier place with TMPDIR",
				     staging->root, ERRNO_ARG(-err));
	for (size_t i = 0; !ret && i < ARRAY_SIZE(small_files); i++)
		ret = staging__write(vm, staging, small_files[i].path, small_files[i].text);
	return ret;
}

/*
 * /bin, /lib and so on are made as the host has them (links into /usr, as a rule) before anything
 * is put below them.
 */
static int add_folders(struct vmtest *vm, struct staging *staging)
{
	static const char *const merged[] = { "/bin", "/sbin", "/lib", "/lib64" };
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(merged); i++)
		if (path__exists(merged[i]))
			ret = staging__add(vm, staging, merged[i]);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(folders); i++) {
		autofree char *path = text__format("%s%s", staging->root, folders[i]);
		int err = folder__make(path);

		if (err)
			return message__fail(EXIT_HOST_SETUP, "cannot make %s: " ERRNO_FMT, path,
					     ERRNO_ARG(-err));
		if (text__ends_with(path, "tmp"))
			chmod(path, 01777);
	}
	return ret;
}

static int stage(struct vmtest *vm, struct staging *staging, const struct kernel *kernel,
		 const struct order *order)
{
	int ret = add_folders(vm, staging);

	ret = ret ? ret : tree_walk__add(vm, staging);
	ret = ret ? ret : userland__add(vm, staging, order->argv.v[0]);
	ret = ret ? ret : add_kernel_files(vm, staging, kernel);
	/* Last: the guest's own /etc wins over what the host's tree or libraries brought. */
	return ret ? ret : add_own_files(vm, staging, order);
}

/* One partition up to the end of the image, in the table that every kernel reads. */
static int write_partition_table(const char *path, uint64_t size_mib)
{
	uint32_t start = PARTITION_START_BYTES / SECTOR_BYTES;
	uint32_t count = size_mib * (MIB / SECTOR_BYTES) - start;
	uint32_t disk_id = strtoul(IMAGE_ROOT_PARTUUID, NULL, 16);
	unsigned char sector[SECTOR_BYTES] = { [510] = 0x55, [511] = 0xaa };
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	int err = 0;

	if (fd < 0)
		return -errno;
	memcpy(sector + 440, &disk_id, sizeof(disk_id));
	sector[446 + 4] = 0x83;
	memcpy(sector + 446 + 8, &start, sizeof(start));
	memcpy(sector + 446 + 12, &count, sizeof(count));
	if (ftruncate(fd, size_mib * MIB) ||
	    pwrite(fd, sector, sizeof(sector), 0) != sizeof(sector))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	return err;
}

static int make_filesystem(struct vmtest *vm, const struct staging *staging,
			   const struct kernel *kernel, const char *path)
{
	uint64_t size_mib = PARTITION_START_BYTES / MIB + SPARE_MIB + staging->bytes * 5 / 4 / MIB;
	uint64_t blocks = (size_mib * MIB - PARTITION_START_BYTES) / 4096;
	autofree char *inodes = text__format("%llu", staging->files + SPARE_FILES + 0ULL);
	autofree char *block_count = text__format("%llu", blocks + 0ULL);
	autofree char *extended = text__format("offset=%u,root_owner=0:0,lazy_itable_init=1,"
					       "lazy_journal_init=1,nodiscard",
					       PARTITION_START_BYTES);
	/* Without the option a kernel mounts a file system with verity read-only. */
	const char *features = kernel__has_option(kernel, "FS_VERITY") ? "^has_journal,verity" :
									 "^has_journal";
	int err = write_partition_table(path, size_mib);

	if (err)
		return message__fail(EXIT_HOST_SETUP, "cannot make the disk image %s: " ERRNO_FMT,
				     path, ERRNO_ARG(-err));
	return program__run_ok(vm,
			       &(struct program){ .argv = ARGV("mke2fs", "-q", "-F", "-t", "ext4",
							       "-b", "4096", "-m", "0", "-N",
							       inodes, "-O", (char *)features, "-E",
							       extended, "-d", staging->root,
							       (char *)path, block_count),
						  .deadline_ms = MKE2FS_DEADLINE_MS },
			       "make the guest's root (a full disk? name a roomier place with "
			       "TMPDIR)",
			       EXIT_HOST_SETUP);
}

int image__make_root(struct vmtest *vm, const struct kernel *kernel, const struct order *order,
		     char **path)
{
	struct staging staging = { .root = text__format("%s/root", vm->scratch) };
	int err = folder__make(staging.root);
	int ret;

	*path = text__format("%s/root.img", vm->scratch);
	if (err)
		ret = message__fail(EXIT_HOST_SETUP, "cannot make %s: " ERRNO_FMT, staging.root,
				    ERRNO_ARG(-err));
	else
		ret = stage(vm, &staging, kernel, order);
	ret = ret ? ret : make_filesystem(vm, &staging, kernel, *path);
	if (!ret)
		message__say(vm, "image: %llu MiB from %llu files", (staging.bytes + MIB - 1) / MIB,
			     staging.files + 0ULL);
	folder__remove(staging.root);
	free(staging.root);
	return ret;
}

int image__make_results(struct vmtest *vm, char **path)
{
	autofree char *size = text__format("%uM", vm->opt.results_mib);

	*path = text__format("%s/results.img", vm->scratch);
	return program__run_ok(vm,
			       &(struct program){ .argv = ARGV("mke2fs", "-q", "-F", "-t", "ext4",
							       "-b", "4096", "-m", "0", "-E",
							       "root_owner=0:0,lazy_itable_init=1,"
							       "lazy_journal_init=1,nodiscard",
							       *path, size),
						  .deadline_ms = MKE2FS_DEADLINE_MS },
			       "make the results disk", EXIT_HOST_SETUP);
}
