// SPDX-License-Identifier: GPL-2.0-only
/*
 * The staging folder of the guest's root.
 *
 * Files are hard-linked where possible: nothing here or in mke2fs writes to them, and the image has
 * copies. Never follows a link out of the staging folder.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
#include "vm/disk/staging.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"

#define LINKS_LIMIT 40

static int host_error(int err, const char *what, const char *path)
{
	return message__fail(EXIT_HOST_SETUP, "cannot %s %s for the guest's root: " ERRNO_FMT "%s",
			     what, path, ERRNO_ARG(-err),
			     err == -ENOSPC ? "; name a roomier place with TMPDIR" : "");
}

static int add_file(struct staging *staging, const char *from, const char *to,
		    const struct stat *st)
{
	int err = file__link_or_copy(from, to);

	if (err == -EEXIST)
		return 0;
	/* A file that the user may not read cannot be needed by what the user runs. */
	if (err == -EACCES || err == -EPERM) {
		message__warn("%s left out of the guest: " ERRNO_FMT, from, ERRNO_ARG(-err));
		return 0;
	}
	if (err)
		return host_error(err, "copy", from);
	staging->files++;
	staging->bytes += st->st_size;
	return 0;
}

static int add_folder(struct staging *staging, const char *to, mode_t mode)
{
	if (!mkdir(to, (mode & 07777) | 0700))
		staging->files++;
	else if (errno != EEXIST)
		return host_error(-errno, "make the folder", to);
	else
		return 0;
	/* mkdir's mode went through the umask. */
	return chmod(to, (mode & 07777) | 0700) ? host_error(-errno, "change", to) : 0;
}

static int add_link(struct staging *staging, const char *from, const char *to, char *target)
{
	ssize_t len = readlink(from, target, PATH_MAX - 1);

	if (len < 0)
		return host_error(-errno, "read the link", from);
	target[len] = '\0';
	if (!symlink(target, to))
		staging->files++;
	else if (errno != EEXIST)
		return host_error(-errno, "make the link", to);
	return 0;
}

/*
 * Walks the path from the root; at the first link it is made, and the walk starts again with the
 * path that it leads to. @next receives that path, or NULL when the end was reached.
 */
static int walk(struct staging *staging, const char *path, char **next)
{
	autowords struct words parts = {};
	autofree char *prefix = text__copy("");

	words__split(&parts, path, "/");
	for (size_t i = 0; i < parts.count; i++) {
		autofree char *folder = prefix;
		autofree char *to = NULL;
		char target[PATH_MAX];
		struct stat st;
		int ret;

		prefix = text__format("%s/%s", folder, parts.v[i]);
		to = text__format("%s%s", staging->root, prefix);
		if (lstat(prefix, &st))
			return host_error(-errno, "find", prefix);
		if (S_ISLNK(st.st_mode)) {
			ret = add_link(staging, prefix, to, target);
			if (ret)
				return ret;
			*next = *target == '/' ? text__copy(target) :
						 text__format("%s/%s", folder, target);
			for (i++; i < parts.count; i++) {
				char *longer = text__format("%s/%s", *next, parts.v[i]);

				free(*next);
				*next = longer;
			}
			return 0;
		}
		ret = S_ISDIR(st.st_mode) ? add_folder(staging, to, st.st_mode) :
					    add_file(staging, prefix, to, &st);
		if (ret)
			return ret;
	}
	return 0;
}

int staging__add(struct vmtest *vm, struct staging *staging, const char *path)
{
	char *at = path__absolute(path);
	int ret = signals__interrupted(vm);

	for (int links = 0; at && !ret; links++) {
		char *next = NULL;

		if (links == LINKS_LIMIT)
			ret = host_error(-ELOOP, "follow", path);
		else
			ret = walk(staging, at, &next);
		free(at);
		at = next ? path__absolute(next) : NULL;
		free(next);
	}
	free(at);
	return ret;
}

static int add_entry(struct vmtest *vm, struct staging *staging, const char *from, const char *to,
		     bool (*skip)(const char *name, bool is_folder));

static int add_contents(struct vmtest *vm, struct staging *staging, const char *from,
			const char *to, bool (*skip)(const char *name, bool is_folder))
{
	DIR *dir = opendir(from);
	struct dirent *entry;
	int ret = 0;

	if (!dir && errno == EACCES) {
		message__warn("%s left out of the guest: " ERRNO_FMT, from, ERRNO_ARG(EACCES));
		return 0;
	}
	if (!dir)
		return host_error(-errno, "read the folder", from);
	while (!ret && (entry = readdir(dir))) {
		autofree char *source = text__format("%s/%s", from, entry->d_name);
		autofree char *target = text__format("%s/%s", to, entry->d_name);

		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			ret = add_entry(vm, staging, source, target, skip);
	}
	closedir(dir);
	return ret;
}

static int add_entry(struct vmtest *vm, struct staging *staging, const char *from, const char *to,
		     bool (*skip)(const char *name, bool is_folder))
{
	char target[PATH_MAX];
	struct stat st;
	int ret = signals__interrupted(vm);

	if (ret)
		return ret;
	/* Builds go on while the tree is read: what is gone again is no error. */
	if (lstat(from, &st))
		return errno == ENOENT ? 0 : host_error(-errno, "find", from);
	if (skip && skip(strrchr(from, '/') + 1, S_ISDIR(st.st_mode)))
		return 0;
	if (S_ISLNK(st.st_mode))
		return add_link(staging, from, to, target);
	if (S_ISREG(st.st_mode))
		return add_file(staging, from, to, &st);
	if (!S_ISDIR(st.st_mode))
		return 0;
	ret = add_folder(staging, to, st.st_mode);
	ret = ret ? ret : add_contents(vm, staging, from, to, skip);
	utimensat(AT_FDCWD, to, (struct timespec[]){ st.st_atim, st.st_mtim }, 0);
	return ret;
}

int staging__add_tree(struct vmtest *vm, struct staging *staging, const char *from, const char *to,
		      bool (*skip)(const char *name, bool is_folder))
{
	autofree char *target = text__format("%s%s", staging->root, to);
	int err = folder__make(target);

	if (err)
		return host_error(err, "make the folder", target);
	return add_contents(vm, staging, from, target, skip);
}

int staging__write(struct vmtest *vm, struct staging *staging, const char *path, const char *text)
{
	autofree char *target = text__format("%s%s", staging->root, path);
	autofree char *folder = text__copy(target);
	int err;

	*strrchr(folder, '/') = '\0';
	err = folder__make(folder);
	/* It may be a hard link to a file of the host: never write into that. */
	if (!err && unlink(target) && errno != ENOENT)
		err = -errno;
	err = err ? err : file__write_text(target, text);
	if (err)
		return host_error(err, "write", target);
	staging->files++;
	staging->bytes += strlen(text);
	return signals__interrupted(vm);
}
