/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_TEXT_TEXT_FILE_H
#define RUNNER_TEXT_TEXT_FILE_H

/**
 * text_file__read() - the content of a file without zero bytes, also one of /proc
 *
 * Return: a string to be freed by the caller; NULL if it cannot be read or is empty.
 */
char *text_file__read(const char *path);

#endif
