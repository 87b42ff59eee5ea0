/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_MACHINE_ACCELERATION_H
#define VM_MACHINE_ACCELERATION_H

struct vmtest;

/**
 * acceleration__choose() - Decide between KVM and TCG; tries KVM if necessary.
 * @vm: context
 * @image: file of the kernel
 * @release: release of the kernel
 * @accel: set to ACCEL_KVM or ACCEL_TCG
 *
 * Return: 0 or an exit status.
 */
int acceleration__choose(struct vmtest *vm, const char *image, const char *release,
			 enum acceleration *accel);

/**
 * acceleration__time_scale() - Get the factor by which an emulated machine needs more time.
 * @accel: ACCEL_KVM or ACCEL_TCG
 *
 * Return: a factor for deadlines.
 */
unsigned int acceleration__time_scale(enum acceleration accel);

#endif
