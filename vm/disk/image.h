/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The disks of the guest, as image files in the temporary folder.
 */
#ifndef VM_DISK_IMAGE_H
#define VM_DISK_IMAGE_H

struct vmtest;
struct order;
struct kernel;

/* The root file system is found by this, whatever the kernel calls the disk. */
#define IMAGE_ROOT_PARTUUID "766d7465-01"

/**
 * image__make_root() - Make the disk with the guest's root.
 * @vm: context
 * @kernel: its modules and configuration are put there
 * @order: what PID 1 has to do, put there too
 * @path: the image, freed by the caller
 *
 * Return: 0 or an exit status.
 */
int image__make_root(struct vmtest *vm, const struct kernel *kernel, const struct order *order,
		     char **path);

/**
 * image__make_results() - Make the empty disk for results.
 * @vm: context
 * @path: the image, freed by the caller
 *
 * Return: 0 or an exit status.
 */
int image__make_results(struct vmtest *vm, char **path);

#endif
