// SPDX-License-Identifier: GPL-2.0-only
/* Reads small files, including those of /proc, which have no known size. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/text_file.h"

char *text_file__read(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	if (file && getdelim(&text, &room, '\0', file) < 0) {
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	return text;
}

int text_file__read_at(int dir_fd, const char *path, char *text, size_t size_bytes)
{
	autoclose int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, size_bytes - 1);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	return 0;
}
