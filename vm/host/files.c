// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files and folders. Prints nothing; never follows a symbolic link when it removes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "vm/host/files.h"

char *file_read_text(const char *path)
{
	char *text = NULL, buffer[16384];
	size_t len_bytes, n;
	FILE *in = fopen(path, "re"), *out;

	if (!in)
		return NULL;
	out = open_memstream(&text, &len_bytes);
	while (out && (n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		fwrite(buffer, 1, n, out);
	fclose(in);
	if (out)
		fclose(out);
	return text;
}

int file_write(const char *path, const void *data, size_t len_bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int err = 0;

	if (fd < 0)
		return -errno;
	while (len_bytes && !err) {
		ssize_t n = write(fd, data, len_bytes);

		if (n < 0) {
			err = errno == EINTR ? 0 : -errno;
			continue;
		}
		data = (const char *)data + n;
		len_bytes -= n;
	}
	if (close(fd) && !err)
		err = -errno;
	return err;
}

int file_write_text(const char *path, const char *text)
{
	return file_write(path, text, strlen(text));
}

static int copy_contents(int from_fd, int to_fd, off_t len_bytes)
{
	while (len_bytes > 0) {
		ssize_t n = sendfile(to_fd, from_fd, NULL, len_bytes);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			break; /* The file became shorter: what is there was copied. */
		len_bytes -= n > 0 ? n : 0;
	}
	return 0;
}

int file_copy(const char *from, const char *to)
{
	int from_fd = open(from, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int to_fd, err;

	if (from_fd < 0)
		return -errno;
	if (fstat(from_fd, &st)) {
		err = -errno;
		goto out_from;
	}
	to_fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to_fd < 0) {
		err = -errno;
		goto out_from;
	}
	err = copy_contents(from_fd, to_fd, st.st_size);
	if (!err && (fchmod(to_fd, st.st_mode & 07777) ||
		     futimens(to_fd, (struct timespec[]){ st.st_atim, st.st_mtim })))
		err = -errno;
	if (close(to_fd) && !err)
		err = -errno;
out_from:
	close(from_fd);
	return err;
}

int file_link_or_copy(const char *from, const char *to)
{
	if (!link(from, to))
		return 0;
	/* Another file system, or a file of another user (fs.protected_hardlinks). */
	return file_copy(from, to);
}

int folder_make(const char *path)
{
	autofree char *part = text_copy(path);

	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0755) && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	if (mkdir(path, 0755) && errno != EEXIST)
		return -errno;
	return path_is_folder(path) ? 0 : -ENOTDIR;
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
	/* A folder that was staged read-only still has to go. */
	fchmod(fd, 0700);
	err = remove_contents(fd);
	if (unlinkat(folder_fd, name, AT_REMOVEDIR) && !err)
		err = -errno;
	return err;
}

int folder_remove(const char *path)
{
	return remove_at(AT_FDCWD, path);
}

int folder_lock(const char *path)
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

bool path_exists(const char *path)
{
	return !access(path, F_OK);
}

bool path_is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

char *path_absolute(const char *path)
{
	autowords struct words parts = {}, kept = {};
	autofree char *cwd = *path == '/' ? text_copy("/") : getcwd(NULL, 0);
	char *result = text_copy("");

	words_split(&parts, cwd ? cwd : "/", "/");
	words_split(&parts, path, "/");
	for (size_t i = 0; i < parts.count; i++) {
		if (!strcmp(parts.v[i], "."))
			continue;
		if (strcmp(parts.v[i], "..")) {
			words_add(&kept, "%s", parts.v[i]);
		} else if (kept.count) {
			free(kept.v[--kept.count]);
			kept.v[kept.count] = NULL;
		}
	}
	for (size_t i = 0; i < kept.count; i++) {
		char *longer = text_format("%s/%s", result, kept.v[i]);

		free(result);
		result = longer;
	}
	return *result ? result : (free(result), text_copy("/"));
}
