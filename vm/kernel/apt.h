/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Debian packages through apt, with a state of its own: no root, no change to the system.
 */
#ifndef VM_KERNEL_APT_H
#define VM_KERNEL_APT_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/host/words.h"

struct vmtest;

/**
 * struct apt - a private apt
 * @lock_fd: holds the lock on the private state
 * @config: path of the private apt.conf
 * @suites: the suites whose index is there
 */
struct apt {
	int lock_fd;
	char *config;
	struct words suites;
};

/**
 * apt__open() - Set up a private apt and fetch the indexes of suites.
 * @vm: context
 * @apt: to be closed with apt__close() whatever is returned
 * @wanted: the suites; a suite that fails is dropped with a warning while another serves
 * @sources: whether source packages are wanted too
 *
 * Return: 0 or an exit status.
 */
int apt__open(struct vmtest *vm, struct apt *apt, const struct words *wanted, bool sources);

/**
 * apt__close() - Release the private apt.
 * @apt: the private apt
 */
void apt__close(struct apt *apt);

/**
 * apt__names() - The names of all packages that start with a prefix.
 * @vm: context
 * @apt: the private apt
 * @prefix: the beginning of the names
 * @names: the names are appended
 *
 * Return: 0 or an exit status.
 */
int apt__names(struct vmtest *vm, const struct apt *apt, const char *prefix, struct words *names);

/**
 * struct apt_package - what the index says of a package
 * @version: its version, or NULL: not in the index
 * @suite: the suite that it comes from
 * @size_bytes: of the .deb
 */
struct apt_package {
	char *version;
	char *suite;
	uint64_t size_bytes;
};

/**
 * apt__describe() - Look packages up in the index.
 * @vm: context
 * @apt: the private apt
 * @names: their names
 * @packages: one for each name, zeroed before; their strings are freed by the caller
 *
 * Return: 0 or an exit status.
 */
int apt__describe(struct vmtest *vm, const struct apt *apt, const struct words *names,
		  struct apt_package *packages);

/**
 * apt__download() - Download binary packages.
 * @vm: context
 * @apt: the private apt
 * @packages: NAME, NAME=VERSION or NAME/SUITE
 * @folder: where the .deb files go
 *
 * Return: 0 or an exit status.
 */
int apt__download(struct vmtest *vm, const struct apt *apt, const struct words *packages,
		  const char *folder);

/**
 * apt__download_source() - Download the files of a source package.
 * @vm: context
 * @apt: the private apt
 * @name: NAME of the package
 * @folder: where the files go
 *
 * Return: 0 or an exit status.
 */
int apt__download_source(struct vmtest *vm, const struct apt *apt, const char *name,
			 const char *folder);

/**
 * apt__kernel_suites() - The suites that are searched for kernels.
 * @words: the names are appended
 */
void apt__kernel_suites(struct words *words);

#endif
