// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the guest's disks: the system and the tree, which are kept in the cache, and an empty disk
 * for results.
 *
 * The guest writes to overlays of the system and the tree, which are thrown away. The images and
 * the host's files therefore stay as they are.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "runner/text/cleanup.h"
#include "vm/disk/filesystem.h"
#include "vm/disk/image.h"
#include "vm/disk/image_cache.h"
#include "vm/disk/staging.h"
#include "vm/disk/tree_walk.h"
#include "vm/disk/userland.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/kernel_modules.h"

#define MIB                (1ULL << 20)
/* Free space for the guest on its root. The file is sparse, so free space costs nothing. */
#define SPARE_MIB          2048
#define SPARE_FILES        65536
#define MKE2FS_DEADLINE_MS 120000
/*
 * A larger image is not kept: it would take the place of too many others in the cache
 * (image_cache.h).
 */
#define KEPT_BYTES_MAX     (512 * MIB)
/*
 * The age from which the times of a file can be trusted. It is longer than a timer tick, which is
 * the resolution of file times: 10 ms at HZ=100.
 */
#define SETTLED_MS         20

static const struct {
	const char *path;
	mode_t mode;
} folders[] = {
	{ "/dev", 0755 },     { "/proc", 0755 },        { "/sys", 0755 },     { "/run", 0755 },
	{ "/tmp", 01777 },    { "/etc", 0755 },         { "/root", 0755 },    { "/var/tmp", 01777 },
	{ "/var/log", 0755 }, { "/mnt", 0755 },         { "/results", 0755 }, { "/boot", 0755 },
	{ "/usr", 0755 },     { "/lib/modules", 0755 },
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
	autowords struct words from = {}, to = {};
	int ret = kernel->config ? staging__add_file(staging, kernel->config, config) : 0;

	if (!ret && kernel->modules)
		ret = staging__add_tree(vm, staging, kernel->modules, modules, NULL);
	if (!ret && kernel->tree)
		ret = kernel_modules__of_tree(kernel->tree, &from, &to);
	for (size_t i = 0; !ret && i < from.count; i++) {
		autofree char *path = text__format("%s/%s", modules, to.v[i]);

		ret = staging__add_file(staging, from.v[i], path);
	}
	return ret;
}

/*
 * Add /bin, /lib and so on as they are on the host, usually links into /usr, before anything is
 * added below them.
 */
static int add_folders(struct vmtest *vm, struct staging *staging)
{
	static const char *const merged[] = { "/bin", "/sbin", "/lib", "/lib64" };
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(merged); i++)
		if (path__exists(merged[i]))
			ret = staging__add(vm, staging, merged[i]);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		staging__add_folder(staging, folders[i].path, folders[i].mode);
	staging__add_link(staging, "/var/run", "/run");
	return ret;
}

static int stage_system(struct vmtest *vm, struct staging *staging, const struct kernel *kernel,
			const char *command)
{
	int ret = add_folders(vm, staging);

	ret = ret ? ret : userland__add(vm, staging, command);
	ret = ret ? ret : add_kernel_files(vm, staging, kernel);
	/* Add these files last, because they replace the host's files in /etc. */
	for (size_t i = 0; !ret && i < ARRAY_SIZE(small_files); i++)
		staging__write(staging, small_files[i].path, small_files[i].text);
	return ret;
}

/**
 * struct disk - a disk that is made from a list
 * @staging: the content of the disk
 * @kernel: the kernel of a disk that has kernel modules, or NULL
 * @features: features of the file system, as mke2fs -O takes them
 */
struct disk {
	struct staging staging;
	const struct kernel *kernel;
	const char *features;
};

/*
 * Write the index that depmod makes of the modules of a build tree. Only a new image needs it: the
 * description of the image has the files from which depmod makes the index.
 */
static int add_module_index(struct vmtest *vm, const struct kernel *kernel, const char *image)
{
	autofree char *modules = text__format("/lib/modules/%s", kernel->release);
	autofree char *folder = text__format("%s/modules", vm->scratch);
	struct staging staging = {};
	int ret = kernel_modules__index_tree(vm, kernel->tree, folder);

	/* The links in the folder are left out: the image has the modules themselves. */
	ret = ret ? ret : staging__add_tree(vm, &staging, folder, modules, NULL);
	ret = ret ? ret : filesystem__fill(vm, &staging, image);
	staging__free(&staging);
	return ret;
}

static int make_image(struct vmtest *vm, const char *path, void *data)
{
	const struct disk *disk = data;
	uint64_t size_mib = 1 + SPARE_MIB + disk->staging.bytes * 5 / 4 / MIB;
	autofree char *inodes = text__format("%llu", disk->staging.count + SPARE_FILES + 0ULL);
	autofree char *blocks = text__format("%llu", size_mib * MIB / 4096 + 0ULL);
	int ret = program__run_ok(
		vm,
		&(struct program){ .argv = ARGV("mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096",
						"-m", "0", "-N", inodes, "-O",
						(char *)disk->features, "-E",
						"root_owner=0:0,lazy_itable_init=1,"
						"lazy_journal_init=1,nodiscard",
						(char *)path, blocks),
				   .deadline_ms = MKE2FS_DEADLINE_MS },
		"make a disk of the guest (a full disk? name a roomier place with VMTEST_CACHE "
		"and TMPDIR)",
		EXIT_HOST_SETUP);

	ret = ret ? ret : filesystem__fill(vm, &disk->staging, path);
	if (!ret && disk->kernel && disk->kernel->tree)
		ret = add_module_index(vm, disk->kernel, path);
	return ret;
}

/*
 * Return: true if the list is certain to match the content of the disk, and the image is not too
 * large. A file that is changed twice within one timer tick has the same times after both changes.
 * A file that was changed just now could therefore change again without a trace in the list.
 */
static bool may_keep(const struct staging *staging)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (now.tv_sec - staging->changed.tv_sec) * 1000 +
			       (now.tv_nsec - staging->changed.tv_nsec) / 1000000 >
		       SETTLED_MS &&
	       staging->bytes <= KEPT_BYTES_MAX;
}

static int get(struct vmtest *vm, struct disk *disk, const char *name, struct image *image)
{
	autofree char *list = staging__describe(&disk->staging);
	autofree char *maker = NULL, *description = NULL;
	struct staging program = {};
	/* Describe vmtest itself too: another vmtest may make another image of the same files. */
	int ret = staging__add_file(&program, "/proc/self/exe", "/maker");

	maker = staging__describe(&program);
	staging__free(&program);
	description = text__format("features %s, %s%s", disk->features, maker, list);
	ret = ret ? ret :
		    image_cache__get(vm, description, may_keep(&disk->staging), make_image, disk,
				     image);
	if (!ret)
		message__say(vm, "%s: %llu MiB in %zu files%s", name,
			     (disk->staging.bytes + MIB - 1) / MIB, disk->staging.count,
			     image->is_new ? "" : ", as before");
	return ret;
}

/* Use verity only if the kernel has it: a kernel without it mounts the file system read-only. */
static const char *features_for(const struct kernel *kernel)
{
	return kernel__has_option(kernel, "FS_VERITY") ? "^has_journal,verity" : "^has_journal";
}

int image__get_system(struct vmtest *vm, const struct kernel *kernel, const char *command,
		      struct image *image)
{
	struct disk disk = { .kernel = kernel, .features = features_for(kernel) };
	int ret = stage_system(vm, &disk.staging, kernel, command);

	ret = ret ? ret : get(vm, &disk, "system", image);
	staging__free(&disk.staging);
	return ret;
}

int image__get_tree(struct vmtest *vm, const struct kernel *kernel, struct image *image)
{
	struct disk disk = { .features = features_for(kernel) };
	int ret = tree_walk__add(vm, &disk.staging, "");

	ret = ret ? ret : get(vm, &disk, "tree", image);
	staging__free(&disk.staging);
	return ret;
}

int image__stage_all(struct vmtest *vm, const struct kernel *kernel, const char *command,
		     struct staging *staging)
{
	autofree char *tree = realpath(vm->opt.tree, NULL);
	int ret = stage_system(vm, staging, kernel, command);

	return ret ? ret : tree_walk__add(vm, staging, tree ? tree : vm->opt.tree);
}

int image__make_results(struct vmtest *vm, const char *name, char **path)
{
	autofree char *size = text__format("%uM", vm->opt.results_mib);

	*path = text__format("%s/%s", vm->scratch, name);
	return program__run_ok(vm,
			       &(struct program){ .argv = ARGV("mke2fs", "-q", "-F", "-t", "ext4",
							       "-b", "4096", "-m", "0", "-E",
							       "root_owner=0:0,lazy_itable_init=1,"
							       "lazy_journal_init=1,nodiscard",
							       *path, size),
						  .deadline_ms = MKE2FS_DEADLINE_MS },
			       "make the results disk", EXIT_HOST_SETUP);
}
