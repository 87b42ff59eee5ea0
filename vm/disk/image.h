/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's disks: image files in the temporary folder. */
#ifndef VM_DISK_IMAGE_H
#define VM_DISK_IMAGE_H

struct vmtest;
struct order;
struct kernel;

/* The kernel finds the root by this, whatever it calls the disk. */
#define IMAGE_ROOT_PARTUUID "766d7465-01"

/**
 * image__make_root() - make the disk with the guest's root
 * @kernel: its modules and configuration are on the disk
 * @order: for PID 1, on the disk as well
 * @path: set to the image's path, freed by the caller whatever is returned
 *
 * Return: 0 or an exit status.
 */
int image__make_root(struct vmtest *vm, const struct kernel *kernel, const struct order *order,
		     char **path);

/** image__make_results() - make an empty disk for results; as image__make_root() */
int image__make_results(struct vmtest *vm, char **path);

#endif
