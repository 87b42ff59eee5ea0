// SPDX-License-Identifier: GPL-2.0-only
/*
 * The folder "images" of the cache has one folder for each image, with the image and its
 * description. The name of the folder is a hash of the description.
 *
 * A folder gets its name by one rename when it is complete, and nothing in it is changed
 * afterwards. All of this is done under the lock of "images", except making an image, which takes
 * long. An image is taken only if the whole description is the same, and if the image still has the
 * modification time that was set when it was complete: any write to the image changes that time.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/disk/image_cache.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/hash.h"
#include "vm/host/message.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

#define LIMIT_BYTES      (4ULL << 30)
#define LIMIT_AGE_S      (14 * 24 * 60 * 60)
#define IMAGE_FILE       "image"
#define DESCRIPTION_FILE "description"
/* Prefix of the folder in which an image is being made. Its maker holds the folder's lock. */
#define MAKING           "making."

/* The modification time of a complete image. */
static const struct timespec complete_time = { .tv_sec = 1 };

static bool is_complete(const char *folder, const char *description)
{
	autofree char *path = text__format("%s/" IMAGE_FILE, folder);
	autofree char *description_path = text__format("%s/" DESCRIPTION_FILE, folder);
	autofree char *found = text_file__read(description_path);
	struct stat st;

	return found && !strcmp(found, description) && !stat(path, &st) && S_ISREG(st.st_mode) &&
	       st.st_mtim.tv_sec == complete_time.tv_sec &&
	       st.st_mtim.tv_nsec == complete_time.tv_nsec;
}

/* Return: a descriptor that holds the lock of "images", or -1. */
static int lock(const char *images)
{
	int fd = open(images, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && !flock(fd, LOCK_EX))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static void unlock(int lock_fd)
{
	if (lock_fd >= 0)
		close(lock_fd);
}

/* Return: true if the folder has the image; it is then locked, so that nobody removes it. */
static bool take(const char *folder, const char *description, struct image *image)
{
	image->lock_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (image->lock_fd < 0 || flock(image->lock_fd, LOCK_SH | LOCK_NB) ||
	    !is_complete(folder, description)) {
		if (image->lock_fd >= 0)
			close(image->lock_fd);
		image->lock_fd = -1;
		return false;
	}
	/* Set the time of the last use, which is the folder's modification time. */
	futimens(image->lock_fd, NULL);
	image->path = text__format("%s/" IMAGE_FILE, folder);
	return true;
}

struct kept {
	char *path;
	time_t used;
	uint64_t bytes;
};

static int compare_use(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return (x->used < y->used) - (x->used > y->used);
}

static void remove_unless_used(const char *path)
{
	int fd = folder__lock(path);

	if (fd < 0)
		return;
	folder__remove(path);
	close(fd);
}

/* Remove unfinished folders of dead launchers, and the images that were not used for longest. */
static void clean(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct kept *kept = NULL;
	uint64_t bytes = 0;
	size_t count = 0;

	while (dir && (entry = readdir(dir))) {
		char *path = text__format("%s/%s", folder, entry->d_name);
		autofree char *image = text__format("%s/" IMAGE_FILE, path);
		struct stat st, image_st;

		if (text__starts_with(entry->d_name, MAKING))
			remove_unless_used(path);
		if (*entry->d_name == '.' || stat(path, &st) || stat(image, &image_st)) {
			free(path);
			continue;
		}
		kept = reallocarray(kept, count + 1, sizeof(*kept));
		if (!kept)
			abort();
		kept[count++] =
			(struct kept){ path, st.st_mtime, (uint64_t)image_st.st_blocks * 512 };
	}
	if (dir)
		closedir(dir);
	if (count)
		qsort(kept, count, sizeof(*kept), compare_use);
	for (size_t i = 0; i < count; i++) {
		bytes += kept[i].bytes;
		if (bytes > LIMIT_BYTES || time(NULL) - kept[i].used > LIMIT_AGE_S)
			remove_unless_used(kept[i].path);
		free(kept[i].path);
	}
	free(kept);
}

/* Add the description and the final times to a new image. Return: 0 or -errno. */
static int complete(const char *making, const char *description)
{
	autofree char *path = text__format("%s/" IMAGE_FILE, making);
	autofree char *description_path = text__format("%s/" DESCRIPTION_FILE, making);
	int err = file__write_text(description_path, description);

	if (err)
		return err;
	if (chmod(path, 0444) ||
	    utimensat(AT_FDCWD, path, (struct timespec[]){ complete_time, complete_time }, 0))
		return -errno;
	return 0;
}

/*
 * Move a new image to its place, unless another launcher has made the same image meanwhile.
 *
 * Return: 0 or -errno.
 */
static int put(const char *making, const char *folder, const char *description)
{
	int err = 0;

	if (is_complete(folder, description))
		return 0;
	/* Remove a damaged image at this place. */
	err = folder__remove(folder);
	if (!err && rename(making, folder))
		err = -errno;
	return err;
}

static int cannot_write(const char *path, int err)
{
	return message__fail(EXIT_HOST_SETUP,
			     "cannot make a disk image in %s: " ERRNO_FMT
			     "; name another place with VMTEST_CACHE",
			     path, ERRNO_ARG(-err));
}

/* Return: 0 or an exit status; 0 without an image if the cache cannot be written. */
static int make_in_cache(struct vmtest *vm, const char *images, const char *folder,
			 const char *description, image_maker *make, void *data,
			 struct image *image)
{
	autofree char *making = text__format("%s/" MAKING "XXXXXX", images);
	autofree char *path = NULL;
	int lock_fd = lock(images);
	int making_fd, err = 0, ret;

	making_fd = mkdtemp(making) ? folder__lock(making) : -errno;
	unlock(lock_fd);
	if (making_fd < 0)
		return 0;

	path = text__format("%s/" IMAGE_FILE, making);
	ret = make(vm, path, data);
	if (!ret)
		err = complete(making, description);

	lock_fd = lock(images);
	if (!ret && !err)
		err = put(making, folder, description);
	/* Release the lock of the folder, which it has also under its new name. */
	close(making_fd);
	if (!ret && !err)
		take(folder, description, image);
	folder__remove(making);
	unlock(lock_fd);
	return err ? cannot_write(images, err) : ret;
}

static int make_for_this_run(struct vmtest *vm, image_maker *make, void *data, struct image *image)
{
	autofree char *making = text__format("%s/" MAKING "XXXXXX", vm->scratch);

	if (!mkdtemp(making))
		return message__fail(EXIT_HOST_SETUP, "cannot make a folder in %s: " ERRNO_FMT,
				     vm->scratch, ERRNO_ARG(errno));
	image->path = text__format("%s/" IMAGE_FILE, making);
	return make(vm, image->path, data);
}

static char *images_folder(struct vmtest *vm)
{
	return text__format("%s/images", vm->cache);
}

static char *folder_of(const char *images, const char *description)
{
	uint64_t hash = hash__bytes(description, strlen(description));

	return text__format("%s/%016llx", images, hash + 0ULL);
}

bool image_cache__find(struct vmtest *vm, const char *description, struct image *image)
{
	autofree char *images = images_folder(vm);
	autofree char *folder = folder_of(images, description);
	int lock_fd = lock(images);
	bool found;

	*image = IMAGE_NONE;
	found = take(folder, description, image);
	/* Each run can clean up: looking at all images takes far less than 1 ms. */
	clean(images);
	unlock(lock_fd);
	return found;
}

int image_cache__make(struct vmtest *vm, const char *description, image_maker *make, void *data,
		      struct image *image)
{
	autofree char *images = images_folder(vm);
	autofree char *folder = folder_of(images, description);

	*image = IMAGE_NONE;
	image->is_new = true;
	if (folder__make(images))
		return 0;
	return make_in_cache(vm, images, folder, description, make, data, image);
}

int image_cache__get(struct vmtest *vm, const char *description, bool may_keep, image_maker *make,
		     void *data, struct image *image)
{
	int ret = 0;

	*image = IMAGE_NONE;
	if (may_keep && image_cache__find(vm, description, image))
		return 0;
	if (may_keep)
		ret = image_cache__make(vm, description, make, data, image);
	image->is_new = true;
	return ret || image->path ? ret : make_for_this_run(vm, make, data, image);
}

void image_cache__remove(struct vmtest *vm, const char *description)
{
	autofree char *images = images_folder(vm);
	autofree char *folder = folder_of(images, description);
	int lock_fd = lock(images);

	remove_unless_used(folder);
	unlock(lock_fd);
}

void image_cache__release(struct image *image)
{
	if (image->lock_fd >= 0)
		close(image->lock_fd);
	free(image->path);
	*image = IMAGE_NONE;
}
