/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fetches Debian packages with apt. A private apt state needs no root, and changes nothing in the
 * system's apt.
 */
#ifndef VM_KERNEL_APT_H
#define VM_KERNEL_APT_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/host/words.h"

struct vmtest;

/**
 * struct apt - the private apt state
 * @lock_fd: descriptor that holds the lock on the private state
 * @config: path of the private apt.conf
 * @suites: the suites that have an index
 */
struct apt {
	int lock_fd;
	char *config;
	struct words suites;
};

/**
 * apt__open() - Set up the private apt state, and fetch the indexes of suites.
 * @vm: context
 * @apt: filled in; close it with apt__close(), also after an error
 * @wanted: the suites; if one fails and another does not, it is dropped with a warning
 * @sources: whether source packages are wanted too
 *
 * Return: 0 or an exit status.
 */
int apt__open(struct vmtest *vm, struct apt *apt, const struct words *wanted, bool sources);

/**
 * apt__close() - Release the private apt state.
 * @apt: the private apt state
 */
void apt__close(struct apt *apt);

/**
 * apt__names() - Find the names of all packages that start with a prefix.
 * @vm: context
 * @apt: the private apt state
 * @prefix: the beginning of the names
 * @names: the names are appended
 *
 * Return: 0 or an exit status.
 */
int apt__names(struct vmtest *vm, const struct apt *apt, const char *prefix, struct words *names);

/**
 * struct apt_package - the facts about a package in the index
 * @version: version of the package; NULL: the package is not in the index
 * @suite: the suite that has the package
 * @size_bytes: size of the .deb file
 */
struct apt_package {
	char *version;
	char *suite;
	uint64_t size_bytes;
};

/**
 * apt__describe() - Look packages up in the index.
 * @vm: context
 * @apt: the private apt state
 * @names: names of the packages
 * @packages: one element for each name, zeroed before; the caller frees the strings
 *
 * Return: 0 or an exit status.
 */
int apt__describe(struct vmtest *vm, const struct apt *apt, const struct words *names,
		  struct apt_package *packages);

/**
 * apt__download() - Download binary packages.
 * @vm: context
 * @apt: the private apt state
 * @packages: NAME, NAME=VERSION or NAME/SUITE
 * @folder: the folder that gets the .deb files
 *
 * Return: 0 or an exit status.
 */
int apt__download(struct vmtest *vm, const struct apt *apt, const struct words *packages,
		  const char *folder);

/**
 * apt__download_all() - Download binary packages and all packages that they depend on.
 * @vm: context
 * @apt: the private apt state
 * @packages: names; essential packages count as dependencies only if they are named
 * @folder: the folder that gets the .deb files; it has an empty folder "partial"
 *
 * Return: 0 or an exit status.
 */
int apt__download_all(struct vmtest *vm, const struct apt *apt, const struct words *packages,
		      const char *folder);

/**
 * apt__download_source() - Download the files of a source package.
 * @vm: context
 * @apt: the private apt state
 * @name: NAME of the package
 * @folder: the folder that gets the files
 *
 * Return: 0 or an exit status.
 */
int apt__download_source(struct vmtest *vm, const struct apt *apt, const char *name,
			 const char *folder);

/**
 * apt__kernel_suites() - Get the suites that are searched for kernels.
 * @words: the names are appended
 */
void apt__kernel_suites(struct words *words);

#endif
