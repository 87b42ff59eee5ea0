/* SPDX-License-Identifier: GPL-2.0-only */
/* Disk images that are kept from run to run, each with the description of what is on it. */
#ifndef VM_DISK_IMAGE_CACHE_H
#define VM_DISK_IMAGE_CACHE_H

#include <stdbool.h>

struct vmtest;

/**
 * struct image - an image that may be shared with other runs: nobody writes to it
 * @path: of the image
 * @lock_fd: while it is open, no other vmtest removes the image; -1: it is this run's alone
 * @is_new: it was made by this call
 */
struct image {
	char *path;
	int lock_fd;
	bool is_new;
};

/* An image that was not got yet. */
#define IMAGE_NONE ((struct image){ .lock_fd = -1 })

/**
 * image_maker - makes an image
 * @folder: an empty folder, for what is needed on the way
 * @path: of the image
 * @data: as passed to image_cache__get()
 *
 * Return: 0 or an exit status.
 */
typedef int image_maker(struct vmtest *vm, const char *folder, const char *path, void *data);

/**
 * image_cache__get() - find an image or make it
 * @description: what is on the image; an image with the same description is taken
 * @may_keep: whether the description is sure to say what will be on the image; if not, the image
 *	is made in the temporary folder
 * @make, @data: make it
 * @image: filled in; to be released whatever is returned
 *
 * Images that were not used for two weeks are removed, and the oldest if all of them take more than
 * 4 GiB of the disk. Two launchers that make the same image at the same time do not wait for each
 * other: the first one's is taken.
 *
 * Return: 0 or an exit status.
 */
int image_cache__get(struct vmtest *vm, const char *description, bool may_keep, image_maker *make,
		     void *data, struct image *image);

/** image_cache__release() - free what an image owns; it may then be removed */
void image_cache__release(struct image *image);

#endif
