/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_TEXT_PRINTABLE_H
#define RUNNER_TEXT_PRINTABLE_H

#include <stddef.h>

/**
 * printable() - make bytes of a test safe to show on a terminal and to put into JSON
 * @bytes: any bytes, zero bytes included
 * @len_bytes: number of @bytes
 *
 * Tabs, newlines and valid UTF-8 stay. Every other control byte and every byte that is not valid
 * UTF-8 becomes `\xNN`.
 *
 * Return: a string to be freed by the caller; NULL when out of memory.
 */
char *printable(const char *bytes, size_t len_bytes);

/** printable_line() - as printable(), but for a part of a line: escapes tabs and newlines too */
char *printable_line(const char *bytes, size_t len_bytes);

#endif
