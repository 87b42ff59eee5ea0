/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_TEXT_TEXT_FILE_H
#define RUNNER_TEXT_TEXT_FILE_H

#include <stddef.h>

/**
 * text_file__read() - read a file without zero bytes, which may be one of /proc
 *
 * Return: a string to be freed by the caller; NULL if the file cannot be read or is empty.
 */
char *text_file__read(const char *path);

/**
 * text_file__read_at() - read the beginning of a small file in one read(2), which files of /proc
 * and
 *	cgroup2 require
 * @dir_fd, @path: as for openat(2)
 * @text, @size_bytes: the buffer; its content ends with a zero byte
 *
 * Return: 0 or a negative errno.
 */
int text_file__read_at(int dir_fd, const char *path, char *text, size_t size_bytes);

#endif
