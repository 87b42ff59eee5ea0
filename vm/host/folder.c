// SPDX-License-Identifier: GPL-2.0-only
/* Makes, locks and removes folders. Removing never follows a symbolic link. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "vm/host/folder.h"
#include "vm/host/path.h"
#include "vm/host/text.h"

int folder__make(const char *path)
{
	autofree char *part = text__copy(path);

	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0755) && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	if (mkdir(path, 0755) && errno != EEXIST)
		return -errno;
	return path__is_folder(path) ? 0 : -ENOTDIR;
}

int folder__make_parent(const char *path)
{
	autofree char *parent = text__copy(path);

	*strrchr(parent, '/') = '\0';
	return folder__make(parent);
}

static int remove_at(int folder_fd, const char *name);

static int remove_contents(int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int err = 0, ret;

	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		ret = remove_at(dirfd(dir), entry->d_name);
		err = err ? err : ret;
	}
	closedir(dir);
	return err;
}

static int remove_at(int folder_fd, const char *name)
{
	int fd, err;

	if (!unlinkat(folder_fd, name, 0) || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == EACCES && !fchmodat(folder_fd, name, 0700, 0))
		fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* Make read-only folders writable, because staging makes such folders. */
	fchmod(fd, 0700);
	err = remove_contents(fd);
	if (unlinkat(folder_fd, name, AT_REMOVEDIR) && !err)
		err = -errno;
	return err;
}

int folder__remove(const char *path)
{
	return remove_at(AT_FDCWD, path);
}

int folder__lock(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}
