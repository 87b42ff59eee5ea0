/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths. The checks follow symbolic links; path__absolute() does not resolve them. */
#ifndef VM_HOST_PATH_H
#define VM_HOST_PATH_H

#include <stdbool.h>

bool path__exists(const char *path);
bool path__is_folder(const char *path);

/** path__is_program() - true for a file (not a folder) that this user may execute */
bool path__is_program(const char *path);

/** path__absolute() - make a path absolute, without "." and ".."; the caller frees the result */
char *path__absolute(const char *path);

/** path__if_exists() - return @path if it exists; otherwise free @path, and return NULL */
char *path__if_exists(char *path);

#endif
