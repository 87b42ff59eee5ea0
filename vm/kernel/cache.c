// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the cache folder, and adds entries to it.
 *
 * An entry is filled in a temporary folder under a lock, gets its name by one rename, and is never
 * changed. This is safe if two launchers run at once, or if a launcher is killed while it fetches.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/host/exit_status.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/kernel/cache.h"

/* Remove all temporary folders. The caller holds the lock, so their launchers are dead. */
static void remove_leftovers(const char *cache)
{
	DIR *dir = opendir(cache);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		autofree char *path = text__format("%s/%s", cache, entry->d_name);

		if (text__starts_with(entry->d_name, "filling."))
			folder__remove(path);
	}
	closedir(dir);
}

/* Remove leftovers at the start too: a killed launcher may have been the last one to fill. */
static void remove_leftovers_if_idle(const char *cache)
{
	autofree char *path = text__format("%s/fill.lock", cache);
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		remove_leftovers(cache);
	close(fd);
}

int cache__open(struct vmtest *vm)
{
	const char *own = getenv("VMTEST_CACHE");
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	autofree char *path = NULL;
	int err;

	if (own && *own)
		path = text__copy(own);
	else if (xdg && *xdg == '/')
		path = text__format("%s/bpf-selftests", xdg);
	else if (home && *home)
		path = text__format("%s/.cache/bpf-selftests", home);
	else
		return message__fail(
			EXIT_HOST_SETUP,
			"cannot find a cache folder: VMTEST_CACHE, XDG_CACHE_HOME and HOME "
			"are all unset; set one of them");
	vm->cache = path__absolute(path);
	err = folder__make(vm->cache);
	if (err)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot make the cache folder %s: " ERRNO_FMT
				     "; name another place with VMTEST_CACHE",
				     vm->cache, ERRNO_ARG(-err));
	remove_leftovers_if_idle(vm->cache);
	return 0;
}

int cache__lock(struct vmtest *vm, const char *name, int *fd)
{
	autofree char *path = text__format("%s/%s.lock", vm->cache, name);
	bool said = false;
	int ret;

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (*fd < 0)
		return message__fail(EXIT_HOST_SETUP, "cannot open the lock %s: " ERRNO_FMT, path,
				     ERRNO_ARG(errno));
	while (flock(*fd, LOCK_EX | LOCK_NB)) {
		if (!said)
			message__say(vm, "waiting for another vmtest that is fetching");
		said = true;
		/* Poll: signals go to a signalfd, so they cannot interrupt a blocking flock(). */
		ret = signals__pause(vm, 50);
		if (ret) {
			close(*fd);
			*fd = -1;
			return ret;
		}
	}
	return 0;
}

static int fill_and_rename(struct vmtest *vm, const char *target,
			   int (*fill)(struct vmtest *vm, const char *folder, void *data),
			   void *data)
{
	autofree char *filling = text__format("%s/filling.%d", vm->cache, getpid());
	autofree char *parent = text__copy(target);
	int err, ret;

	*strrchr(parent, '/') = '\0';
	err = folder__make(parent);
	err = err ? err : folder__make(filling);
	if (err)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot make folders in the cache %s: " ERRNO_FMT, vm->cache,
				     ERRNO_ARG(-err));
	ret = fill(vm, filling, data);
	if (!ret && rename(filling, target))
		ret = message__fail(EXIT_HOST_SETUP, "cannot rename %s to %s: " ERRNO_FMT, filling,
				    target, ERRNO_ARG(errno));
	if (ret)
		folder__remove(filling);
	return ret;
}

int cache__fill(struct vmtest *vm, const char *entry,
		int (*fill)(struct vmtest *vm, const char *folder, void *data), void *data)
{
	autofree char *target = text__format("%s/%s", vm->cache, entry);
	int lock_fd, ret;

	if (path__is_folder(target))
		return 0;
	ret = cache__lock(vm, "fill", &lock_fd);
	if (ret)
		return ret;
	remove_leftovers(vm->cache);
	if (!path__is_folder(target))
		ret = fill_and_rename(vm, target, fill, data);
	close(lock_fd);
	return ret;
}
