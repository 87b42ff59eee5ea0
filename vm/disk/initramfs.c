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
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/disk/initramfs.h"
#include "vm/disk/libraries.h"
#include "vm/disk/staging.h"
#include "vm/guest/guest_disks.h"
#include "vm/guest/guest_modules.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/hash.h"
#include "vm/host/message.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/module_files.h"

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

/* How the file of a compressed module ends, and the program that unpacks it. */
static const struct {
	const char *ending;
	const char *program;
} compressed[] = { { ".xz", "xz" }, { ".zst", "zstd" }, { ".gz", "gzip" } };

/*
 * Unpack a compressed module, for a kernel that cannot do that itself.
 *
 * @from: its path; replaced by the path of the unpacked module in the temporary folder
 *
 * Return: 0 or an exit status.
 */
static int unpack_module(struct vmtest *vm, char **from)
{
	for (size_t i = 0; i < ARRAY_SIZE(compressed); i++) {
		autooutcome struct outcome outcome = {};
		autofree char *packed = NULL;
		int ret;

		if (!text__ends_with(*from, compressed[i].ending))
			continue;
		ret = program__run(vm,
				   &(struct program){ .argv = ARGV((char *)compressed[i].program,
								   "-dc", *from) },
				   &outcome);
		if (ret)
			return ret;
		packed = *from;
		*from = text__format("%s/%.*s", vm->scratch,
				     (int)(strlen(text__last_part(packed)) -
					   strlen(compressed[i].ending)),
				     text__last_part(packed));
		if (outcome.status || file__write(*from, outcome.output, outcome.output_bytes))
			return message__fail(EXIT_HOST_SETUP,
					     "cannot unpack the module %s to %s; a full disk? name "
					     "a roomier place with TMPDIR",
					     packed, *from);
	}
	return 0;
}

/*
 * Find the modules that PID 1 may load, and write their list. A module that is not needed costs
 * little: PID 1 does not load it.
 *
 * Return: 0 or an exit status.
 */
static int find_modules(struct vmtest *vm, const struct kernel *kernel, struct words *from,
			struct words *to, char **list)
{
	bool unpacks = kernel__has_option(kernel, "MODULE_DECOMPRESS");
	autowords struct words names = {};
	int ret = 0;

	*list = text__copy("");

	words__split(&names, GUEST_CHANNEL_MODULES " " GUEST_EXT4_MODULES, " ");
	for (enum disk_way way = DISKS_NONE + 1; way < DISK_WAYS; way++)
		for (const struct disk_driver *driver = disk_ways[way].drivers; driver->option;
		     driver++)
			words__add_once(&names, driver->module);
	for (size_t i = 0; !ret && i < names.count; i++) {
		autowords struct words files = {};

		if (!module_files__add(kernel, names.v[i], &files))
			continue;
		text__append(list, "%s", names.v[i]);
		for (size_t j = 0; !ret && j < files.count; j++) {
			autofree char *to_path = NULL;

			if (!unpacks)
				ret = unpack_module(vm, &files.v[j]);
			to_path = text__format(GUEST_MODULES_FOLDER "/%s",
					       text__last_part(files.v[j]));
			text__append(list, " %s", text__last_part(files.v[j]));
			if (words__contain(to, to_path))
				continue;
			words__add(from, "%s", files.v[j]);
			words__add(to, "%s", to_path);
		}
		text__append(list, "\n");
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

/* Add a file of a guest without disks. A file that is gone is left out: builds may go on. */
static int add_staged(struct archive *archive, const struct staged *staged)
{
	autofree char *bytes = NULL;
	size_t len_bytes = 0;
	int err;

	switch (staged->kind) {
	case STAGED_FOLDER:
		add_entry(archive, staged->to + 1, S_IFDIR | (staged->status.st_mode & 07777), NULL,
			  0);
		return 0;
	case STAGED_LINK:
		add_entry(archive, staged->to + 1, S_IFLNK | 0777, staged->from,
			  strlen(staged->from));
		return 0;
	case STAGED_TEXT:
		add_entry(archive, staged->to + 1, S_IFREG | 0644, staged->from,
			  strlen(staged->from));
		return 0;
	case STAGED_FILE:
		break;
	}
	err = file__read(staged->from, &bytes, &len_bytes);
	if (!err)
		add_entry(archive, staged->to + 1, S_IFREG | (staged->status.st_mode & 07777),
			  bytes, len_bytes);
	return err == -ENOENT ? 0 : err;
}

/* Return: 0 or -errno. */
static int write_archive(const struct words *from, const struct words *to, const char *list,
			 const struct staging *files, FILE *out)
{
	struct archive archive = { .out = out };
	int err = 0;

	for (size_t i = 0; files && !err && i < files->count; i++)
		err = add_staged(&archive, &files->v[i]);
	err = err ? err : add_file(&archive, "/proc/self/exe", "/init");
	for (size_t i = 0; !err && i < from->count; i++)
		err = add_file(&archive, from->v[i], to->v[i]);
	add_folders_above(&archive, GUEST_MODULES_LIST);
	add_entry(&archive, &GUEST_MODULES_LIST[1], S_IFREG | 0644, list, strlen(list));
	if (files)
		add_entry(&archive, &GUEST_MEMORY_MARK[1], S_IFREG | 0644, NULL, 0);
	add_entry(&archive, "TRAILER!!!", 0, NULL, 0);
	words__free(&archive.folders);
	return err;
}

int initramfs__make(struct vmtest *vm, const struct kernel *kernel, const struct staging *files,
		    char **path, uint64_t *hash)
{
	autowords struct words from = {}, to = {};
	autofree char *list = NULL;
	int ret = find_libraries(vm, &from, &to), err;
	FILE *out;

	ret = ret ? ret : find_modules(vm, kernel, &from, &to, &list);
	if (ret)
		return ret;
	/* Each guest of a run may make its own, in a process of its own. */
	*path = files ? text__format("%s/initramfs-all.%d", vm->scratch, getpid()) :
			text__format("%s/initramfs", vm->scratch);
	*hash = 0;
	out = fopen(*path, "we");
	err = out ? write_archive(&from, &to, list, files, out) : -errno;
	if (out && fclose(out) && !err)
		err = -errno;
	/* A guest without disks is not saved. */
	err = err || files ? err : hash__file(*path, hash);
	if (err)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot make the initramfs %s: " ERRNO_FMT
				     "; a full disk? name a roomier place with TMPDIR",
				     *path, ERRNO_ARG(-err));
	return 0;
}
