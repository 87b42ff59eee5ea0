// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sys/mount.h>
#include <unistd.h>

#include "runner/system/filesystem.h"

int filesystem__open(const char *type)
{
	int context = fsopen(type, FSOPEN_CLOEXEC), root;

	if (context < 0)
		return -errno;
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		root = -errno;
	else
		root = fsmount(context, FSMOUNT_CLOEXEC, 0);
	if (root == -1)
		root = -errno;
	close(context);
	return root;
}
