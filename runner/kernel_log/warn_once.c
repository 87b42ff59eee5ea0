// SPDX-License-Identifier: GPL-2.0-only
/* Writes clear_warn_once through a private debugfs, so that debugfs need not be mounted. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "runner/kernel_log/warn_once.h"

/* Return: a descriptor of the top folder of debugfs, or a negative errno. */
static int open_debugfs(void)
{
	int fs = fsopen("debugfs", FSOPEN_CLOEXEC), folder;

	if (fs < 0)
		return -errno;
	folder = fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) ? -1 :
								    fsmount(fs, FSMOUNT_CLOEXEC, 0);
	if (folder < 0)
		folder = -errno;
	close(fs);
	return folder;
}

int warn_once__forget(void)
{
	int folder = open_debugfs(), fd, err = 0;

	if (folder < 0)
		return folder;
	fd = openat(folder, "clear_warn_once", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		err = -errno;
	if (fd >= 0)
		close(fd);
	close(folder);
	return err;
}
