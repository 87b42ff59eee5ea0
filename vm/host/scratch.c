// SPDX-License-Identifier: GPL-2.0-only
/*
 * The temporary folder of a run: $TMPDIR/vmtest.XXXXXX, mode 0700.
 *
 * A launcher holds a flock on its folder as long as it lives. A folder that can be locked therefore
 * belongs to a dead launcher, and the next launcher removes it. Folders of other users are never
 * touched.
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/host/exit_status.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/scratch.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

#define PREFIX "vmtest."

const char *scratch__parent(void)
{
	const char *parent = getenv("TMPDIR");

	return parent && *parent ? parent : "/tmp";
}

static void remove_if_dead(const struct vmtest *vm, const char *path)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) || !S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return;
	fd = folder__lock(path);
	if (fd < 0)
		return;
	message__detail(vm, "removing %s of a launcher that died", path);
	folder__remove(path);
	close(fd);
}

static void remove_dead(const struct vmtest *vm)
{
	DIR *dir = opendir(scratch__parent());
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		autofree char *path = text__format("%s/%s", scratch__parent(), entry->d_name);

		if (text__starts_with(entry->d_name, PREFIX))
			remove_if_dead(vm, path);
	}
	closedir(dir);
}

/*
 * Between mkdtemp() and flock(), another launcher may remove the folder, because it looks like the
 * folder of a dead launcher. The lock is then on a folder that no longer exists, and this function
 * tries again.
 */
static int make_locked(struct vmtest *vm)
{
	struct stat held, found;

	for (int attempt = 0; attempt < 10; attempt++) {
		char *path = text__format("%s/" PREFIX "XXXXXX", scratch__parent());
		int fd;

		if (!mkdtemp(path)) {
			int err = errno;

			free(path);
			return -err;
		}
		fd = folder__lock(path);
		if (fd >= 0 && !fstat(fd, &held) && !stat(path, &found) &&
		    held.st_ino == found.st_ino && held.st_dev == found.st_dev) {
			vm->scratch = path;
			vm->scratch_fd = fd;
			return 0;
		}
		if (fd >= 0)
			close(fd);
		free(path);
		poll(NULL, 0, 10);
	}
	return -EBUSY;
}

int scratch__make(struct vmtest *vm)
{
	int err;

	remove_dead(vm);
	err = make_locked(vm);
	if (err)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot make a temporary folder in %s: " ERRNO_FMT
				     "; name another place with TMPDIR",
				     scratch__parent(), ERRNO_ARG(-err));
	return 0;
}

void scratch__remove(struct vmtest *vm)
{
	int err;

	if (!vm->scratch)
		return;
	err = folder__remove(vm->scratch);
	if (err)
		message__warn("cannot remove %s: " ERRNO_FMT, vm->scratch, ERRNO_ARG(-err));
	close(vm->scratch_fd);
	vm->scratch_fd = -1;
	free(vm->scratch);
	vm->scratch = NULL;
}
