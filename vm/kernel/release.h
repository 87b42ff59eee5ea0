/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares kernel releases, and matches them with versions. */
#ifndef VM_KERNEL_RELEASE_H
#define VM_KERNEL_RELEASE_H

#include <stdbool.h>

/**
 * release__matches() - whether a release belongs to a version
 * @release: such as "6.12.95+deb12-cloud-amd64"
 * @prefix: such as "6.12"; "6.1" does not match 6.12
 */
bool release__matches(const char *release, const char *prefix);

/** release__compare() - compare two releases, as strcmp() does; 7.3-rc1 is below 7.3 */
int release__compare(const char *a, const char *b);

#endif
