/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a disk of the guest will hold: a list of files, folders, links and texts.
 *
 * The list is made by looking at the host's files, not by copying them. Its description says
 * whether an image that was made earlier still holds the same; only else is a folder filled for
 * mke2fs.
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
	struct staged *v; /* in the order in which they are made */
	size_t count, size;
	void *paths;             /* the same by path, a tree of tsearch(3) */
	uint64_t bytes;          /* of all files */
	struct timespec changed; /* when the last of the files was changed */
};

/**
 * staging__add() - bring a file or link of the host into the guest, at the same path
 * @path: absolute; the target of a link is added as well
 *
 * Links among the folders of @path, such as /bin, stay links. A folder is made without its
 * contents. It is no error if the file is there already.
 *
 * Return: 0 or an exit status.
 */
int staging__add(struct vmtest *vm, struct staging *staging, const char *path);

/**
 * staging__add_file() - bring a file of the host to another path of the guest
 * @from: on the host
 * @to: in the guest, absolute
 *
 * Return: 0 or an exit status.
 */
int staging__add_file(struct staging *staging, const char *from, const char *to);

/** staging__add_folder() - have an empty folder with this mode, and those above it with 0755 */
void staging__add_folder(struct staging *staging, const char *path, mode_t mode);

/**
 * staging__add_tree() - bring a folder of the host with its contents into the guest
 * @from: on the host
 * @to: in the guest, absolute; "" for the root of the disk
 * @skip: says which entries are left out; NULL: all are taken
 *
 * Return: 0 or an exit status.
 */
int staging__add_tree(struct vmtest *vm, struct staging *staging, const char *from, const char *to,
		      bool (*skip)(const char *name, bool is_folder));

/** staging__write() - have a small file at @path with this text, whatever was to be there */
void staging__write(struct staging *staging, const char *path, const char *text);

/**
 * staging__describe() - what the list holds, as text
 *
 * Two lists with the same description lead to the same disk: each file is described by its path,
 * size, inode, and the times of its last change.
 *
 * Return: a string that the caller frees.
 */
char *staging__describe(const struct staging *staging);

/**
 * staging__fill() - copy all that is in the list into an empty folder
 *
 * A file that is gone by then is left out: builds go on while the tree is read.
 *
 * Return: 0 or an exit status.
 */
int staging__fill(struct vmtest *vm, const struct staging *staging, const char *folder);

void staging__free(struct staging *staging);

#endif
