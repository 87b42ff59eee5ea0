/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The content of a guest's disk as a list of files, folders, links and texts.
 *
 * The list is made by looking at the host's files, not by copying them. An image that was made
 * earlier is used again if its list has the same description. Otherwise filesystem.c writes the
 * files into a new image.
 */
#ifndef VM_DISK_STAGING_H
#define VM_DISK_STAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

struct vmtest;

enum staged_kind { STAGED_FOLDER, STAGED_FILE, STAGED_LINK, STAGED_TEXT };

/**
 * struct staged - one file, folder, link or text
 * @kind: kind of the entry
 * @to: path in the guest
 * @from: path of a file on the host, target of a link, or bytes of a text; NULL for a folder
 * @status: status of the file or folder on the host
 */
struct staged {
	enum staged_kind kind;
	char *to;
	char *from;
	struct stat status;
};

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
 * @skip: returns true for an entry, by its path on the host, that is left out; NULL: all entries are taken
 *
 * Return: 0 or an exit status.
 */
int staging__add_tree(struct vmtest *vm, struct staging *staging, const char *from, const char *to,
		      bool (*skip)(const char *path, bool is_folder));

/** staging__add_link() - add a link with this target, unless there is an entry at @path already */
void staging__add_link(struct staging *staging, const char *path, const char *target);

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

void staging__free(struct staging *staging);

#endif
