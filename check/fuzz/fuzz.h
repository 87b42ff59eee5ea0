/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What fuzz targets share. A target is a function that libFuzzer calls with bytes of its own
 * making; it says what must hold for all of them with INVARIANT().
 */
#ifndef CHECK_FUZZ_H
#define CHECK_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The stack that libFuzzer then shows has the line. */
#define INVARIANT(condition)      \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

/* The bytes that are not taken yet. */
struct input {
	const uint8_t *data;
	size_t size;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next byte, or 0 when there is none. */
static inline unsigned int input__byte(struct input *input)
{
	if (!input->size)
		return 0;
	input->size--;
	return *input->data++;
}

/* The next line without its end, as a string to be freed; NULL when there is none. */
static inline char *input__line(struct input *input)
{
	const uint8_t *end;
	size_t len;
	char *line;

	if (!input->size)
		return NULL;
	end = memchr(input->data, '\n', input->size);
	len = end ? (size_t)(end - input->data) : input->size;
	line = strndup((const char *)input->data, len);
	input->data += len + !!end;
	input->size -= len + !!end;
	return line;
}

/* All that is left, as a string to be freed; a NUL in it ends it. */
static inline char *input__rest(const struct input *input)
{
	return strndup((const char *)input->data, input->size);
}

/* All that is left as a file: its descriptor, and its path for those that take one. */
static inline int input__file(const struct input *input, char path[32])
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	INVARIANT(fd >= 0 && write(fd, input->data, input->size) == (ssize_t)input->size);
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
