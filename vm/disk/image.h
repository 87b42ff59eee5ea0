/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's disks, as image files. */
#ifndef VM_DISK_IMAGE_H
#define VM_DISK_IMAGE_H

struct vmtest;
struct image;
struct kernel;
struct staging;

/**
 * image__get_system() - get the disk with the guest's root: user land, kernel modules, PID 1
 * @kernel: the kernel to boot, which has its modules and configuration on the disk
 * @command: the first word of the command; without a slash, its program is copied from the host
 * @image: filled in; release it, also after an error
 *
 * Return: 0 or an exit status.
 */
int image__get_system(struct vmtest *vm, const struct kernel *kernel, const char *command,
		      struct image *image);

/** image__get_tree() - get the disk with the tree, as image__get_system() gets the root */
int image__get_tree(struct vmtest *vm, const struct kernel *kernel, struct image *image);

/**
 * image__stage_all() - list what both disks would have, for a guest without disks
 * @staging: filled in; free it, also after an error
 *
 * Return: 0 or an exit status.
 */
int image__stage_all(struct vmtest *vm, const struct kernel *kernel, const char *command,
		     struct staging *staging);

/**
 * image__make_results() - make an empty disk for results in the temporary folder
 * @name: name of the file
 * @path: set to the image's path; the caller frees it, also after an error
 *
 * Return: 0 or an exit status.
 */
int image__make_results(struct vmtest *vm, const char *name, char **path);

#endif
