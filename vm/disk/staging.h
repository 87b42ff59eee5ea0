/* SPDX-License-Identifier: GPL-2.0-only */
/* The staging folder: the guest's root as it grows, before mke2fs makes an image of it. */
#ifndef VM_DISK_STAGING_H
#define VM_DISK_STAGING_H

#include <stdbool.h>
#include <stdint.h>

struct vmtest;

struct staging {
	char *root;     /* the folder */
	uint64_t files; /* files, folders and links in it */
	uint64_t bytes; /* of its files */
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
 * staging__add_tree() - bring a folder of the host with its contents into the guest
 * @from: on the host
 * @to: in the guest, absolute
 * @skip: says which entries are left out; NULL: all are taken
 *
 * Return: 0 or an exit status.
 */
int staging__add_tree(struct vmtest *vm, struct staging *staging, const char *from, const char *to,
		      bool (*skip)(const char *name, bool is_folder));

/** staging__write() - create a small file at @path in the guest; 0 or an exit status */
int staging__write(struct vmtest *vm, struct staging *staging, const char *path, const char *text);

#endif
