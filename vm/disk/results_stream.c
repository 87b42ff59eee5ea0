// SPDX-License-Identifier: GPL-2.0-only
/* The pieces are those of guest_results.c. Paths are opened step by step, without following links. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "vm/disk/results.h"
#include "vm/disk/results_stream.h"
#include "vm/guest/channel.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Return: true for a relative path without empty parts and parts that begin with "..". */
static bool is_harmless(const char *path)
{
	const char *part = path;

	for (; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
		if (!*part || *part == '/' || text__starts_with(part, "..") || !strcmp(part, ".") ||
		    text__starts_with(part, "./"))
			return false;
	return true;
}

/*
 * Open the folder that a path is in.
 *
 * @name: set to the last part of @path
 *
 * Return: a descriptor, or -errno.
 */
static int open_folder_of(int top_fd, char *path, bool make, char **name)
{
	int fd = fcntl(top_fd, F_DUPFD_CLOEXEC, 0);
	char *slash;

	*name = path;
	while (fd >= 0 && (slash = strchr(*name, '/'))) {
		int next;

		*slash = '\0';
		if (make)
			mkdirat(fd, *name, 0755);
		next = openat(fd, *name, FOLDER_FLAGS);
		next = next < 0 ? -errno : next;
		close(fd);
		fd = next;
		*slash = '/';
		*name = slash + 1;
	}
	return fd;
}

static int write_piece(int folder_fd, const char *name, const char *bytes, size_t len_bytes,
		       uint64_t offset)
{
	const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	autoclose int fd = openat(folder_fd, name, flags | (offset ? 0 : O_TRUNC), 0644);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	/* A piece in front of this one did not fit. */
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size < offset)
		return -EINVAL;
	while (len_bytes) {
		ssize_t n = pwrite(fd, bytes, len_bytes, offset);

		if (n <= 0)
			return n ? -errno : -ENOSPC;
		bytes += n;
		offset += n;
		len_bytes -= n;
	}
	return 0;
}

int results_stream__take(struct vmtest *vm, struct results *results, const void *payload,
			 size_t len_bytes)
{
	const char *bytes = payload;
	struct file_chunk chunk;
	autofree char *path = NULL;
	autoclose int folder_fd = -1;
	size_t head_bytes;
	char *name;
	int err = 0;

	if (len_bytes < sizeof(chunk))
		return -EPROTO;
	memcpy(&chunk, payload, sizeof(chunk));
	head_bytes = sizeof(chunk) + chunk.path_bytes;
	if (chunk.path_bytes > PATH_MAX || head_bytes > len_bytes)
		return -EPROTO;
	path = text__format("%.*s", (int)chunk.path_bytes, bytes + sizeof(chunk));
	if (!is_harmless(path) || results__is_reserved(path) ||
	    chunk.offset > (uint64_t)vm->opt.results_mib << 20)
		return -EPROTO;
	if (!results->path && results__open_default(results))
		return 0;
	folder_fd = open_folder_of(results->fd, path, !chunk.is_gone, &name);
	if (folder_fd < 0)
		return 0;
	if (!chunk.offset)
		words__add_once(&results->sent, path);
	if (chunk.is_gone)
		unlinkat(folder_fd, name, 0);
	else
		err = write_piece(folder_fd, name, bytes + head_bytes, len_bytes - head_bytes,
				  chunk.offset);
	if (err == -ENOSPC || err == -EDQUOT)
		results->full = true;
	return 0;
}

/* Return: size of a regular file in bytes, or -1. */
static int64_t size_of(int top_fd, const char *path)
{
	struct stat st;

	return fstatat(top_fd, path, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode) ? -1 :
											 st.st_size;
}

void results_stream__reconcile(struct results *results, int extracted_fd, bool is_complete)
{
	for (size_t i = 0; i < results->sent.count; i++) {
		char *path = results->sent.v[i], *name;
		int64_t sent = size_of(results->fd, path), extracted = size_of(extracted_fd, path);
		bool keep_sent = !is_complete && sent > extracted;
		autoclose int folder_fd =
			open_folder_of(keep_sent ? extracted_fd : results->fd, path, false, &name);

		if (folder_fd >= 0 && (keep_sent || (is_complete && extracted < 0)))
			unlinkat(folder_fd, name, 0);
	}
}
