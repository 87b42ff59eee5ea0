/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds a program as a shell would. Used by the runner and by vmtest. */
#ifndef RUNNER_SYSTEM_PROGRAM_PATH_H
#define RUNNER_SYSTEM_PROGRAM_PATH_H

/**
 * program_path__find() - look for an executable in a list of folders
 * @name: a name without a slash
 * @folders: separated by colons; empty ones are skipped; NULL: $PATH
 *
 * Return: a path to be freed by the caller, or NULL.
 */
char *program_path__find(const char *name, const char *folders);

#endif
