// SPDX-License-Identifier: GPL-2.0-only
/* Creates and removes the file of the journal. event_stream.c writes to it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/reports/journal_file.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"

/* The initial size of the file, several times what a run of the suite writes. */
#define ROOM_BYTES (1 << 20)

/*
 * A flush after the file has grown waits for the file system's own journal. If the file keeps its
 * size, the flush waits only for the data. The file is therefore filled with zeros at the
 * beginning. Readers stop at the first NUL.
 */
static void make_room(int fd)
{
	static const char zeros[64 << 10];
	size_t done;
	ssize_t n = 0;

	for (done = 0; done < ROOM_BYTES && n >= 0; done += n)
		n = write(fd, zeros, sizeof(zeros));
	fsync(fd);
	lseek(fd, 0, SEEK_SET);
}

/* Until the rename is on the disk, the file at @path is the journal of the earlier parts. */
static int put_in_place(const char *fresh, const char *path)
{
	autofree char *folder = strdup(path);
	char *slash = folder ? strrchr(folder, '/') : NULL;
	int fd;

	if (rename(fresh, path))
		return -errno;
	if (slash)
		slash[1] = '\0';
	fd = folder ? open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return 0;
}

/* Return: 0, or a negative errno if the events of the earlier parts are incomplete. */
static int create(struct event_stream *stream, const char *path, const char *text, size_t len_bytes)
{
	stream->journal_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (stream->journal_fd < 0)
		return -errno;
	make_room(stream->journal_fd);
	if (text)
		event_stream__copy(stream, stream->journal_fd, text, len_bytes);
	fdatasync(stream->journal_fd);
	return stream->error;
}

static int replace(struct event_stream *stream, const char *path, const char *text,
		   size_t len_bytes)
{
	autofree char *fresh = NULL;
	int err;

	if (asprintf(&fresh, "%s.new", path) < 0) {
		fresh = NULL;
		return -ENOMEM;
	}
	err = create(stream, fresh, text, len_bytes) ?: put_in_place(fresh, path);
	if (!err)
		return 0;
	unlink(fresh);
	if (stream->journal_fd >= 0)
		close(stream->journal_fd);
	stream->journal_fd = -1;
	stream->error = 0;
	return err;
}

int journal_file__open(struct event_stream *stream, const char *path, const char *text,
		       size_t len_bytes)
{
	int err;

	if (!path)
		return 0;
	err = replace(stream, path, text, len_bytes);
	/* A full disk may have no room for two journals: overwrite the old one. */
	if (err)
		err = create(stream, path, text, len_bytes);
	if (!err || stream->journal_fd >= 0)
		return 0;
	return error__fail(err, "cannot open the journal '%s': " ERRNO_FMT, path, ERRNO_ARG(err));
}

void journal_file__remove(struct event_stream *stream, const char *path)
{
	if (stream->journal_fd < 0)
		return;
	unlink(path);
	close(stream->journal_fd);
	stream->journal_fd = -1;
}
