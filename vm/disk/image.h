/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's disks, as image files. */
#ifndef VM_DISK_IMAGE_H
#define VM_DISK_IMAGE_H

struct vmtest;
struct image;
struct kernel;

/* The kernel finds the root by this, whatever it calls the disk. */
#define IMAGE_ROOT_PARTUUID "766d7465-01"

/**
 * image__get_system() - the disk with the guest's root: user land, the kernel's modules, PID 1
 * @kernel: its modules and configuration are on the disk
 * @command: the first word of the command, brought along from the host if it has no slash
 * @image: filled in; to be released whatever is returned
 *
 * Return: 0 or an exit status.
 */
int image__get_system(struct vmtest *vm, const struct kernel *kernel, const char *command,
		      struct image *image);

/** image__get_tree() - the disk with the tree; as image__get_system() */
int image__get_tree(struct vmtest *vm, const struct kernel *kernel, struct image *image);

/**
 * image__make_results() - make an empty disk for results in the temporary folder
 * @path: set to the image's path, freed by the caller whatever is returned
 *
 * Return: 0 or an exit status.
 */
int image__make_results(struct vmtest *vm, char **path);

#endif
