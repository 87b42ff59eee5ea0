// SPDX-License-Identifier: GPL-2.0-only
/* Looks for programs in $PATH and in other lists of folders. Starts no program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/system/program_path.h"

#define DEFAULT_FOLDERS "/usr/local/bin:/usr/bin:/bin"

char *program_path__find(const char *name, const char *folders)
{
	const char *folder = folders ?: getenv("PATH") ?: DEFAULT_FOLDERS;
	char *path;
	size_t len;

	for (; *folder; folder += len + (folder[len] == ':')) {
		len = strcspn(folder, ":");
		if (asprintf(&path, "%.*s/%s", (int)len, folder, name) < 0)
			return NULL;
		if (len && !access(path, X_OK))
			return path;
		free(path);
	}
	return NULL;
}
