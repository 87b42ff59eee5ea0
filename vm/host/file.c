// SPDX-License-Identifier: GPL-2.0-only
/* Reads and writes files. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "vm/host/file.h"

int file__read(const char *path, char **bytes, size_t *len_bytes)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n = 1;

	*bytes = NULL;
	*len_bytes = 0;
	if (fd < 0 || fstat(fd, &st))
		return -errno;
	*bytes = malloc(st.st_size + 1);
	if (!*bytes)
		return -ENOMEM;
	while (n && *len_bytes < (size_t)st.st_size) {
		n = read(fd, *bytes + *len_bytes, st.st_size - *len_bytes);
		if (n < 0 && errno != EINTR)
			return -errno;
		*len_bytes += n > 0 ? n : 0;
	}
	return 0;
}

int file__write(const char *path, const void *data, size_t len_bytes)
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

int file__write_text(const char *path, const char *text)
{
	return file__write(path, text, strlen(text));
}
