/* SPDX-License-Identifier: GPL-2.0-only */
/* Images that are kept from run to run, each with a description of its content. */
#ifndef VM_DISK_IMAGE_CACHE_H
#define VM_DISK_IMAGE_CACHE_H

#include <stdbool.h>

struct vmtest;

/**
 * struct image - a disk image that other runs may use at the same time, so nobody writes to it
 * @path: path of the image
 * @lock_fd: descriptor of a lock that keeps other vmtests from removing the image; -1: the image
 *	belongs to this run alone
 * @is_new: image_cache__get() has made the image, instead of finding it
 */
struct image {
	char *path;
	int lock_fd;
	bool is_new;
};

/* The initial value of a struct image. */
#define IMAGE_NONE ((struct image){ .lock_fd = -1 })

/**
 * image_maker - makes an image
 * @path: path of the new image
 * @data: the @data of image_cache__get()
 *
 * Return: 0 or an exit status.
 */
typedef int image_maker(struct vmtest *vm, const char *path, void *data);

/**
 * image_cache__get() - find an image or make it
 * @description: the content of the image; an image with the same description is taken
 * @may_keep: whether the description is certain to match the content of the image; if not, the
 *	image is made in the temporary folder
 * @make: makes the image if it is not found
 * @data: passed to @make
 * @image: filled in; release it, also after an error
 *
 * Each run removes the images that were not used for two weeks, and the oldest ones if all images
 * take more than 4 GiB of the disk. Two launchers that make the same image at the same time do not
 * wait for each other: the image that is complete first is taken.
 *
 * Return: 0 or an exit status.
 */
int image_cache__get(struct vmtest *vm, const char *description, bool may_keep, image_maker *make,
		     void *data, struct image *image);

/** image_cache__find() - as image_cache__get(), but make nothing; returns whether it was found */
bool image_cache__find(struct vmtest *vm, const char *description, struct image *image);

/**
 * image_cache__make() - as image_cache__get(), for an image that was not found and may be kept
 *
 * Nothing is made if the cache cannot be written: @image then has no path.
 *
 * Return: 0 or an exit status.
 */
int image_cache__make(struct vmtest *vm, const char *description, image_maker *make, void *data,
		      struct image *image);

/** image_cache__remove() - remove an image that turned out to be damaged; nobody may hold it here */
void image_cache__remove(struct vmtest *vm, const char *description);

/** image_cache__release() - free the path, and drop the lock: other runs may remove the image */
void image_cache__release(struct image *image);

#endif
