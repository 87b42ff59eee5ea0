// SPDX-License-Identifier: GPL-2.0-only
/* Paths are opened step by step, without following links. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "vm/disk/result_files.h"
#include "vm/host/words.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW)

int result_files__open_folder(int top_fd, char *path, bool make, char **name)
{
	int fd = fcntl(top_fd, F_DUPFD_CLOEXEC, 0);
	char *slash;

	*name = path;
	while (fd >= 0 && (slash = strchr(*name, '/'))) {
		int next;

		*slash = '\0';
		if (make)
			mkdirat(fd, *name, 0755);
		next = openat(fd, *name, FOLDER_FLAGS | O_CLOEXEC);
		next = next < 0 ? -errno : next;
		close(fd);
		fd = next;
		*slash = '/';
		*name = slash + 1;
	}
	return fd;
}

/* Return: size of a regular file in bytes, or -1. */
static int64_t size_of(int top_fd, const char *path)
{
	struct stat st;

	return fstatat(top_fd, path, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode) ? -1 :
											 st.st_size;
}

void result_files__reconcile(const struct words *sent_paths, int results_fd, int extracted_fd,
			     bool is_complete)
{
	for (size_t i = 0; i < sent_paths->count; i++) {
		char *path = sent_paths->v[i], *name;
		int64_t sent = size_of(results_fd, path), extracted = size_of(extracted_fd, path);
		bool keep_sent = !is_complete && sent > extracted;
		autoclose int folder_fd =
			result_files__open_folder(keep_sent ? extracted_fd : results_fd, path,
						  false, &name);

		if (folder_fd >= 0 && (keep_sent || (is_complete && extracted < 0)))
			unlinkat(folder_fd, name, 0);
	}
}
