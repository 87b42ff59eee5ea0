// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the initramfs: an archive in the format "newc" of cpio(5), which the kernel describes in
 * Documentation/driver-api/early-userspace/buffer-format.rst.
 *
 * It is not compressed: it has little more than vmtest itself, and the guest is slower at
 * decompressing than at copying.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/disk/initramfs.h"
#include "vm/disk/libraries.h"
#include "vm/guest/guest_modules.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/hash.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/kernel_modules.h"

#define CPIO_ALIGNMENT 4

struct archive {
	FILE *out;
	unsigned int entries; /* number of entries so far, which gives each an inode number */
	struct words folders; /* folders that the archive has */
};

static void pad(FILE *out)
{
	while (ftell(out) % CPIO_ALIGNMENT)
		fputc(0, out);
}

static void add_entry(struct archive *archive, const char *name, mode_t mode, const char *bytes,
		      size_t len_bytes)
{
	/*
	 * The header is a magic number, then in hexadecimal: inode, mode, uid, gid, links, mtime,
	 * size, two numbers of the file's device, two of a device node, length of the name, and a
	 * checksum that this format does not use.
	 */
	fprintf(archive->out, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x",
		++archive->entries, mode, 0, 0, 1, 0, len_bytes, 0, 0, 0, 0, strlen(name) + 1, 0);
	fwrite(name, strlen(name) + 1, 1, archive->out);
	pad(archive->out);
	if (len_bytes)
		fwrite(bytes, len_bytes, 1, archive->out);
	pad(archive->out);
}

static void add_folders_above(struct archive *archive, const char *path)
{
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		autofree char *folder = text__format("%.*s", (int)(slash - path), path);

		if (words__contain(&archive->folders, folder))
			continue;
		words__add(&archive->folders, "%s", folder);
		add_entry(archive, folder + 1, S_IFDIR | 0755, NULL, 0);
	}
}

/* Return: 0 or -errno. */
static int add_file(struct archive *archive, const char *from, const char *to)
{
	autofree char *bytes = NULL;
	size_t len_bytes;
	int err = file__read(from, &bytes, &len_bytes);

	if (err)
		return err;
	add_folders_above(archive, to);
	add_entry(archive, to + 1, S_IFREG | 0755, bytes, len_bytes);
	return 0;
}

/* Find the file of a module that is in the list of a build tree. */
static const char *file_of_tree(const struct words *from, const struct words *to, const char *name)
{
	for (size_t i = 0; i < to->count; i++)
		if (!strcmp(to->v[i], name))
			return from->v[i];
	return NULL;
}

/* Return: 0 or an exit status. */
static int find_modules(const struct kernel *kernel, struct words *from, struct words *to)
{
	autowords struct words tree_from = {}, tree_to = {};
	int ret = kernel->tree ? kernel_modules__of_tree(kernel->tree, &tree_from, &tree_to) : 0;

	for (size_t i = 0; !ret && guest_modules[i]; i++) {
		for (size_t j = 0; guest_module_endings[j].suffix; j++) {
			autofree char *name = text__format("kernel/%s%s", guest_modules[i],
							   guest_module_endings[j].suffix);
			autofree char *path =
				kernel->modules ?
					path__if_exists(
						text__format("%s/%s", kernel->modules, name)) :
					NULL;
			const char *file = path ? path : file_of_tree(&tree_from, &tree_to, name);

			if (!file)
				continue;
			words__add(from, "%s", file);
			words__add(to, "/lib/modules/%s/%s", kernel->release, name);
		}
	}
	return ret;
}

/* Return: 0 or an exit status. */
static int find_libraries(struct vmtest *vm, struct words *from, struct words *to)
{
	autowords struct words programs = {};
	int ret;

	words__add(&programs, "/proc/self/exe");
	ret = libraries__find(vm, &programs, from);
	words__add_all(to, from);
	return ret;
}

/* Return: 0 or -errno. */
static int write_archive(const struct words *from, const struct words *to, FILE *out)
{
	struct archive archive = { .out = out };
	int err = add_file(&archive, "/proc/self/exe", "/init");

	for (size_t i = 0; !err && i < from->count; i++)
		err = add_file(&archive, from->v[i], to->v[i]);
	add_entry(&archive, "TRAILER!!!", 0, NULL, 0);
	words__free(&archive.folders);
	return err;
}

int initramfs__make(struct vmtest *vm, const struct kernel *kernel, char **path, uint64_t *hash)
{
	autowords struct words from = {}, to = {};
	autofree char *bytes = NULL;
	size_t len_bytes;
	int ret = find_libraries(vm, &from, &to), err;
	FILE *out;

	ret = ret ? ret : find_modules(kernel, &from, &to);
	if (ret)
		return ret;
	*path = text__format("%s/initramfs", vm->scratch);
	out = open_memstream(&bytes, &len_bytes);
	err = out ? write_archive(&from, &to, out) : -errno;
	if (out && fclose(out) && !err)
		err = -errno;
	err = err ? err : file__write(*path, bytes, len_bytes);
	if (err)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot make the initramfs %s: " ERRNO_FMT
				     "; a full disk? name a roomier place with TMPDIR",
				     *path, ERRNO_ARG(-err));
	*hash = hash__bytes(bytes, len_bytes);
	return 0;
}
