/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths. Symbolic links are followed when a path is looked at, and kept when it is rewritten. */
#ifndef VM_HOST_PATH_H
#define VM_HOST_PATH_H

#include <stdbool.h>

bool path__exists(const char *path);
bool path__is_folder(const char *path);

/** path__is_program() - true for a file, not a folder, that we may execute */
bool path__is_program(const char *path);

/** path__absolute() - the path from the root, without "." and ".."; freed by the caller */
char *path__absolute(const char *path);

/** path__if_exists() - @path, or NULL if there is nothing; @path is then freed */
char *path__if_exists(char *path);

#endif
