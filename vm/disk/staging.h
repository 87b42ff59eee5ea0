/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The staging folder: what the guest's root will hold, before mke2fs makes an image of it.
 */
#ifndef VM_DISK_STAGING_H
#define VM_DISK_STAGING_H

#include <stdbool.h>
#include <stdint.h>

struct vmtest;

/**
 * struct staging - the guest's root as it grows
 * @root: the folder
 * @files: how many files, folders and links it holds
 * @bytes: how many bytes its files have
 */
struct staging {
	char *root;
	uint64_t files;
	uint64_t bytes;
};

/**
 * staging__add() - Bring a file or link of the host into the guest at the same path.
 * @vm: context
 * @staging: the staging folder
 * @path: absolute path on the host; a link is kept, and what it points to is added as well
 *
 * Links among the folders of the path (such as /bin) are kept too. A file that is there already is
 * no error; a folder is made, without its contents.
 *
 * Return: 0 or an exit status.
 */
int staging__add(struct vmtest *vm, struct staging *staging, const char *path);

/**
 * staging__add_tree() - Bring a folder with its contents into the guest.
 * @vm: context
 * @staging: the staging folder
 * @from: the folder on the host
 * @to: absolute path in the guest
 * @skip: whether to leave an entry out; NULL: none
 *
 * Return: 0 or an exit status.
 */
int staging__add_tree(struct vmtest *vm, struct staging *staging, const char *from, const char *to,
		      bool (*skip)(const char *name, bool is_folder));

/**
 * staging__write() - Create a small file in the guest.
 * @vm: context
 * @staging: the staging folder
 * @path: absolute path in the guest
 * @text: its contents
 *
 * Return: 0 or an exit status.
 */
int staging__write(struct vmtest *vm, struct staging *staging, const char *path, const char *text);

#endif
