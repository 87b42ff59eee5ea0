/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes the files of a list into a file system in an image. */
#ifndef VM_DISK_FILESYSTEM_H
#define VM_DISK_FILESYSTEM_H

struct vmtest;
struct staging;

/**
 * filesystem__fill() - write everything in a list into an ext4 file system
 * @staging: the list
 * @image: file with the file system
 *
 * All files belong to root. A file that no longer exists is left out, because builds may go on
 * while the tree is read. What is in the file system already stays; by links, this may be another
 * entry of the list.
 *
 * Return: 0 or an exit status.
 */
int filesystem__fill(struct vmtest *vm, const struct staging *staging, const char *image);

#endif
