/* SPDX-License-Identifier: GPL-2.0-only */
/* Hashes, to recognise content. They do not protect against somebody who wants them to match. */
#ifndef VM_HOST_HASH_H
#define VM_HOST_HASH_H

#include <stddef.h>
#include <stdint.h>

/** hash__bytes() - compute the hash of bytes */
uint64_t hash__bytes(const void *bytes, size_t len_bytes);

/**
 * hash__file() - compute the hash of a file's content
 *
 * Return: 0 or -errno.
 */
int hash__file(const char *path, uint64_t *hash);

#endif
