/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_KERNEL_RELEASE_H
#define VM_KERNEL_RELEASE_H

#include <stdbool.h>

/**
 * release__matches() - Whether a release belongs to a version.
 * @release: such as "6.12.95+deb12-cloud-amd64"
 * @prefix: such as "6.12"; 6.1 does not match 6.12
 *
 * Return: true if it does.
 */
bool release__matches(const char *release, const char *prefix);

/**
 * release__compare() - Order releases by version; -rc before its release.
 * @a: one
 * @b: the other
 *
 * Return: below, equal to or above 0.
 */
int release__compare(const char *a, const char *b);

#endif
