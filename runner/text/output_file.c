// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/error.h"
#include "runner/text/output_file.h"

/* Empty the file only if this run holds its lock: another run may be writing to it. */
static int take_over(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return 0;
	/* If the file system has no locks, the file is used without one. */
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return -EWOULDBLOCK;
	return ftruncate(fd, 0) ? -errno : 0;
}

int output_file__open(const char *path, int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644), err;

	if (fd < 0)
		return -errno;
	err = take_over(fd);
	if (!err)
		return fd;
	close(fd);
	return err;
}

const char *output_file__error(int error)
{
	if (error == -EWOULDBLOCK)
		return "another run writes to it";
	return error == -ENXIO ? "nobody reads it" : error__text(error);
}
