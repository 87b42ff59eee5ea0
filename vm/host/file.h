/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that read and write files; runner/text/text_file.h reads texts. They return 0 or -errno
 * and print nothing.
 */
#ifndef VM_HOST_FILE_H
#define VM_HOST_FILE_H

#include <stddef.h>

/**
 * file__read() - read a whole file
 * @bytes: set to the content, which the caller frees, also after an error
 * @len_bytes: set to its length
 */
int file__read(const char *path, char **bytes, size_t *len_bytes);

/** file__write() - create @path or replace its contents */
int file__write(const char *path, const void *data, size_t len_bytes);
int file__write_text(const char *path, const char *text);

#endif
