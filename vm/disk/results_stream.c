// SPDX-License-Identifier: GPL-2.0-only
/* The pieces are those of guest_results.c. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "vm/disk/result_files.h"
#include "vm/disk/results.h"
#include "vm/disk/results_stream.h"
#include "vm/guest/channel.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"

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

static int write_piece(int folder_fd, const char *name, const char *bytes, size_t len_bytes,
		       uint64_t offset)
{
	int truncate = offset ? 0 : O_TRUNC;
	autoclose int fd =
		openat(folder_fd, name,
		       O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | truncate, 0644);
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
	folder_fd = result_files__open_folder(results->fd, path, !chunk.is_gone, &name);
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
