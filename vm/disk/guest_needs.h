/* SPDX-License-Identifier: GPL-2.0-only */
/* What a kernel must have for a guest, and how the guest's disks are attached to it. */
#ifndef VM_DISK_GUEST_NEEDS_H
#define VM_DISK_GUEST_NEEDS_H

#include "vm/guest/guest_disks.h"

struct kernel;

/**
 * guest_needs__check() - check by its configuration that a kernel can boot a guest
 * @kernel: the kernel
 * @cold_disks: set to the way of disks that QEMU must have from the start, because the kernel has
 *	no other; DISKS_MEMORY, after a warning with the options that the configuration lacks; or
 *	DISKS_NONE: the disks are plugged in the way that PID 1 finds
 *
 * Return: 0, or an exit status after a message with the options that the configuration lacks. A
 * kernel without a known configuration passes.
 */
int guest_needs__check(const struct kernel *kernel, enum disk_way *cold_disks);

#endif
