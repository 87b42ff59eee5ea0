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
	/* magic, then in hexadecimal: inode, mode, uid, gid, links, mtime, size, numbers of the
	 * file's device and of a device node, length of the name, checksum (unused)
	 */
	fprintf(archive->out, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x",
		++archive->entries, mode, 0, 0, 1, 0, len_bytes, 0, 0, 0, 0, strlen(name) + 1, 0);
	fwrite(name, strlen(name) + 1, 1, archive->out);
	pad(archive->out);
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

static int add_modules(struct archive *archive, const struct kernel *kernel)
{
	int err = 0;

	for (size_t i = 0; kernel->modules && !err && guest_modules[i]; i++) {
		for (size_t j = 0; !err && guest_module_endings[j].suffix; j++) {
			autofree char *from = text__format("%s/kernel/%s%s", kernel->modules,
							   guest_modules[i],
							   guest_module_endings[j].suffix);
			autofree char *to = text__format("/lib/modules/%s/kernel/%s%s",
							 kernel->release, guest_modules[i],
							 guest_module_endings[j].suffix);

			if (path__exists(from))
				err = add_file(archive, from, to);
		}
	}
	return err;
}

/* Return: 0 or an exit status. */
static int find_libraries(struct vmtest *vm, struct words *found)
{
	autowords struct words programs = {};

	words__add(&programs, "/proc/self/exe");
	return libraries__find(vm, &programs, found);
}

/* Return: 0 or -errno. */
static int write_archive(const struct kernel *kernel, const struct words *libraries, FILE *out)
{
	struct archive archive = { .out = out };
	int err = add_file(&archive, "/proc/self/exe", "/init");

	for (size_t i = 0; !err && i < libraries->count; i++)
		err = add_file(&archive, libraries->v[i], libraries->v[i]);
	err = err ? err : add_modules(&archive, kernel);
	add_entry(&archive, "TRAILER!!!", 0, NULL, 0);
	words__free(&archive.folders);
	return err;
}

int initramfs__make(struct vmtest *vm, const struct kernel *kernel, char **path, uint64_t *hash)
{
	autowords struct words libraries = {};
	autofree char *bytes = NULL;
	size_t len_bytes;
	int ret = find_libraries(vm, &libraries), err;
	FILE *out;

	if (ret)
		return ret;
	*path = text__format("%s/initramfs", vm->scratch);
	out = open_memstream(&bytes, &len_bytes);
	err = out ? write_archive(kernel, &libraries, out) : -errno;
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
