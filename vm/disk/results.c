// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies the guest's results from its disk image into the results folder.
 *
 * The image and every name in it come from the guest and cannot be trusted. debugfs extracts the
 * image into a new folder. From there the entries are moved one by one, relative to open folders
 * and without following links. No link, in the image or from an earlier run, can therefore lead to
 * a place outside. Links that point outside, devices and set-uid bits are left out.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/disk/result_files.h"
#include "vm/disk/results.h"
#include "vm/disk/state.h"
#include "vm/host/exit_status.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"

#define EXTRACT_FOLDER      ".vmtest-extract"
/* The number of default folders that runs at the same time may use. */
#define DEFAULTS_MAX        1000
#define E2FSCK_CORRECTED    1
#define E2FSCK_DEADLINE_MS  120000
#define DEBUGFS_DEADLINE_MS 300000

/* Errors in messages of debugfs if a file does not fit. debugfs then goes on, with status 0. */
static const int full_errors[] = { ENOSPC, EDQUOT, EFBIG };

static void remove_extract_folder(const struct results *results)
{
	autofree char *path = text__format("%s/" EXTRACT_FOLDER, results->path);

	folder__remove(path);
}

/* Return: a descriptor that holds the lock, or -errno. */
static int lock(const char *path)
{
	int err = folder__make(path);

	return err ? err : folder__lock(path);
}

int results__open_default(struct results *results)
{
	const char *base = path__exists("build/vmtest") ? "build/results" : "results";
	autofree char *path = path__absolute(base);

	results->fd = lock(path);
	for (unsigned int i = 2; results->fd == -EWOULDBLOCK && i <= DEFAULTS_MAX; i++) {
		autofree char *numbered = text__format("%s-%u", base, i);

		free(path);
		path = path__absolute(numbered);
		results->fd = lock(path);
	}
	if (results->fd < 0) {
		int err = -results->fd;

		results->fd = -1;
		return message__fail(EXIT_HOST_SETUP,
				     "cannot use the results folder %s: " ERRNO_FMT
				     "; name another with --results",
				     path, ERRNO_ARG(err));
	}
	results->path = text__copy(path);
	remove_extract_folder(results);
	return 0;
}

int results__open(struct vmtest *vm, const char *path, struct results *results)
{
	int err;

	(void)vm;
	*results = (struct results){ .fd = -1, .is_default = !path };
	if (!path)
		return 0;
	results->path = path__absolute(path);
	results->fd = err = lock(results->path);
	if (err == -EWOULDBLOCK)
		return message__fail(EXIT_RESULTS_BUSY,
				     "cannot use the results folder %s: another vmtest is "
				     "using it; name another with --results",
				     results->path);
	if (err < 0)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot use the results folder %s: " ERRNO_FMT, results->path,
				     ERRNO_ARG(-err));
	remove_extract_folder(results);
	return 0;
}

int results__create(const struct results *results, const char *name, FILE **file)
{
	int fd;

	unlinkat(results->fd, name, 0);
	fd = openat(results->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	*file = fd >= 0 ? fdopen(fd, "w") : NULL;
	return *file ? 0 : -errno;
}

bool results__is_reserved(const char *path)
{
	autofree char *name = text__format("%.*s", (int)strcspn(path, "/"), path);
	static const char *const reserved[] = { "lost+found", GUEST_STATE_NAME, RESULTS_CONSOLE_LOG,
						RESULTS_OUTPUT_LOG, EXTRACT_FOLDER };

	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
		if (!strcmp(name, reserved[i]))
			return true;
	return false;
}

/* Return: true if a link is harmless, because it points to a place below its own folder. */
static bool link_stays_inside(int folder_fd, const char *name)
{
	autowords struct words parts = {};
	char target[4096];
	ssize_t len = readlinkat(folder_fd, name, target, sizeof(target) - 1);

	if (len <= 0 || *target == '/')
		return false;
	target[len] = '\0';
	words__split(&parts, target, "/");
	return !words__contain(&parts, "..");
}

/* Remove an old file or link with this name. An old folder may only be replaced by a folder. */
static int clear_name(int to_fd, const char *name, bool keep_folder)
{
	struct stat st;

	if (fstatat(to_fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(st.st_mode))
		return keep_folder ? 0 : -EISDIR;
	return unlinkat(to_fd, name, 0) ? -errno : 0;
}

static int move_contents(int from_fd, int to_fd, bool is_top, unsigned int *left_out);

static int move_folder(int from_fd, int to_fd, const char *name, unsigned int *left_out)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int err = clear_name(to_fd, name, true);
	int from, to;

	if (err)
		return err;
	if (mkdirat(to_fd, name, 0755) && errno != EEXIST)
		return -errno;
	/* Make the folder accessible: the guest chose the mode, and the user may not be root. */
	fchmodat(from_fd, name, 0700, 0);
	from = openat(from_fd, name, flags);
	to = openat(to_fd, name, flags);
	if (from < 0 || to < 0)
		err = -errno;
	else
		err = move_contents(from, to, false, left_out);
	if (to >= 0)
		close(to);
	return err;
}

static int move_entry(int from_fd, int to_fd, const char *name, unsigned int *left_out)
{
	struct stat st;
	int err;

	if (fstatat(from_fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return move_folder(from_fd, to_fd, name, left_out);
	if (!S_ISREG(st.st_mode) && !(S_ISLNK(st.st_mode) && link_stays_inside(from_fd, name))) {
		(*left_out)++;
		return 0;
	}
	err = clear_name(to_fd, name, false);
	if (!err && renameat(from_fd, name, to_fd, name))
		err = -errno;
	if (err)
		return err;
	if (fchownat(to_fd, name, geteuid(), getegid(), AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (S_ISREG(st.st_mode) && fchmodat(to_fd, name, (st.st_mode & 0755) | 0600, 0))
		return -errno;
	return 0;
}

/*
 * Move as many entries as possible, and close @from_fd.
 *
 * Return: 0, or the -errno of the first entry that could not be moved.
 */
static int move_contents(int from_fd, int to_fd, bool is_top, unsigned int *left_out)
{
	DIR *dir = fdopendir(from_fd);
	struct dirent *entry;
	int err = 0;

	if (!dir) {
		err = -errno;
		close(from_fd);
		return err;
	}
	while ((entry = readdir(dir))) {
		const char *name = entry->d_name;
		int ret;

		if (!strcmp(name, ".") || !strcmp(name, "..") ||
		    (is_top && results__is_reserved(name)))
			continue;
		ret = move_entry(dirfd(dir), to_fd, name, left_out);
		if (ret)
			message__warn("cannot keep the result %s: " ERRNO_FMT, name,
				      ERRNO_ARG(-ret));
		err = err ? err : ret;
	}
	closedir(dir);
	return err;
}

static int check_image(struct vmtest *vm, const char *image)
{
	autooutcome struct outcome outcome = {};
	int ret = program__run(vm,
			       &(struct program){ .argv = ARGV("e2fsck", "-fy", (char *)image),
						  .deadline_ms = E2FSCK_DEADLINE_MS },
			       &outcome);

	if (ret)
		return ret;
	if (outcome.timed_out || outcome.status > E2FSCK_CORRECTED)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot read the guest's results: e2fsck ended with "
				     "status %d: the results disk is damaged beyond repair",
				     outcome.status);
	return 0;
}

static bool says_full(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(full_errors); i++)
		if (strstr(text, strerrordesc_np(full_errors[i])))
			return true;
	return false;
}

static int dump_image(struct vmtest *vm, struct results *results, const char *image)
{
	autooutcome struct outcome outcome = {};
	struct stat st;
	int ret;

	if (stat(image, &st))
		st.st_size = 0;
	/* Limit the size of files, because a sparse file may be larger than the whole disk. */
	ret = program__run(vm,
			   &(struct program){ .argv = ARGV("debugfs", "-R",
							   "rdump / " EXTRACT_FOLDER,
							   (char *)image),
					      .folder = results->path,
					      .deadline_ms = DEBUGFS_DEADLINE_MS,
					      .file_limit_bytes = st.st_size },
			   &outcome);
	if (ret)
		return ret;
	if (outcome.status || outcome.timed_out)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot read the guest's results: debugfs ended with "
				     "status %d",
				     outcome.status);
	results->full = results->full || says_full(outcome.errors) || says_full(outcome.output);
	message__detail(vm, "debugfs: %s", text__trim(outcome.errors));
	return 0;
}

int results__extract(struct vmtest *vm, struct results *results, const char *image,
		     bool is_complete)
{
	unsigned int left_out = 0;
	int ret = check_image(vm, image);
	int from_fd, err;

	if (ret)
		return ret;
	if (mkdirat(results->fd, EXTRACT_FOLDER, 0700)) {
		results->full = errno == ENOSPC || errno == EDQUOT;
		return results->full ?
			       0 :
			       message__fail(EXIT_HOST_SETUP,
					     "cannot write into the results folder %s: " ERRNO_FMT,
					     results->path, ERRNO_ARG(errno));
	}
	ret = dump_image(vm, results, image);
	from_fd = openat(results->fd, EXTRACT_FOLDER,
			 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	err = from_fd < 0 ? -errno : 0;
	if (!err)
		result_files__reconcile(&results->sent, results->fd, from_fd, is_complete);
	err = err ? err : move_contents(from_fd, results->fd, true, &left_out);
	if (err == -ENOSPC || err == -EDQUOT)
		results->full = true;
	else if (err && !ret)
		ret = EXIT_HOST_SETUP;
	if (left_out)
		message__warn(
			"%u of the guest's results left out: links that lead out of the folder, or "
			"special files",
			left_out);
	remove_extract_folder(results);
	return ret;
}

void results__close(struct results *results)
{
	if (results->fd >= 0)
		close(results->fd);
	free(results->path);
	words__free(&results->sent);
	*results = (struct results){ .fd = -1 };
}
