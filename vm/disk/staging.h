/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The content of a guest's disk as a list of files, folders, links and texts.
 *
 * The list is made by looking at the host's files, not by copying them. An image that was made
 * earlier is used again if its list has the same description. Otherwise the files are copied into
 * a folder, and mke2fs makes an image of that folder.
 */
#ifndef VM_DISK_STAGING_H
#define VM_DISK_STAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct vmtest;

struct staging {
	struct staged *v; /* entries in the order in which they are made */
	size_t count, size;
	void *paths;             /* the entries by path, a tree of tsearch(3) */
	uint64_t bytes;          /* size of all files */
	struct timespec changed; /* time of the latest change of any file */
};

/**
 * staging__add() - bring a file or link of the host into the guest, at the same path
 * @path: absolute; the target of a link is added as well
 *
 * Links among the folders of @path, such as /bin, stay links. A folder is made without its
 * contents. A file that is in the list already is not an error.
 *
 * Return: 0 or an exit status.
 */
int staging__add(struct vmtest *vm, struct staging *staging, const char *path);

/**
 * staging__add_file() - bring a file of the host to another path of the guest
 * @from: path on the host
 * @to: absolute path in the guest
 *
 * Return: 0 or an exit status.
 */
int staging__add_file(struct staging *staging, const char *from, const char *to);

/**
 * staging__add_folder() - add an empty folder with this mode, and the folders above it with mode
 *	0755; folders that are there already stay
 */
void staging__add_folder(struct staging *staging, const char *path, mode_t mode);

/**
 * staging__add_tree() - bring a folder of the host with its contents into the guest
 * @from: path on the host
 * @to: absolute path in the guest; "" for the root of the disk
 * @skip: returns true for an entry that is left out; NULL: all entries are taken
 *
 * Return: 0 or an exit status.
 */
int staging__add_tree(struct vmtest *vm, struct staging *staging, const char *from, const char *to,
		      bool (*skip)(const char *name, bool is_folder));

/** staging__write() - add a small file with this text; it replaces any earlier entry at @path */
void staging__write(struct staging *staging, const char *path, const char *text);

/**
 * staging__describe() - describe the content of the list as text
 *
 * Two lists with the same description lead to the same disk: each file is described by its path,
 * size, inode, and the times of its last change.
 *
 * Return: a string that the caller frees.
 */
char *staging__describe(const struct staging *staging);

/**
 * staging__fill() - make everything in the list in an empty folder
 * @may_link: make hard links instead of copies; this changes the ctime of the host's files, so that
 *	a description with one of them does not match any more
 *
 * A file that no longer exists is left out, because builds may go on while the tree is read.
 *
 * Return: 0 or an exit status.
 */
int staging__fill(struct vmtest *vm, const struct staging *staging, const char *folder,
		  bool may_link);

void staging__free(struct staging *staging);

#endif
