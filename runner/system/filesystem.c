// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "runner/system/filesystem.h"

int filesystem__open(const char *type)
{
	int context = fsopen(type, FSOPEN_CLOEXEC), root;

	if (context < 0)
		return -errno;
	if (fsconfig(context, FSCONFIG_SET_STRING, "source", type, 0) ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		root = -errno;
	else
		root = fsmount(context, FSMOUNT_CLOEXEC, 0);
	if (root == -1)
		root = -errno;
	close(context);
	return root;
}

int filesystem__mount_again(int root_fd, const char *path)
{
	int copy = open_tree(root_fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	int err = 0;

	if (copy < 0)
		return -errno;
	if (move_mount(copy, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH))
		err = -errno;
	close(copy);
	return err;
}
