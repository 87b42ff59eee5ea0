// SPDX-License-Identifier: GPL-2.0-only
/* Checks and rewrites paths. */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "vm/host/path.h"
#include "vm/host/text.h"
#include "vm/host/words.h"

bool path__exists(const char *path)
{
	return !access(path, F_OK);
}

bool path__is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

bool path__is_program(const char *path)
{
	return !access(path, X_OK) && !path__is_folder(path);
}

char *path__absolute(const char *path)
{
	autowords struct words parts = {}, kept = {};
	autofree char *cwd = *path == '/' ? text__copy("/") : getcwd(NULL, 0);
	autofree char *joined = NULL;

	words__split(&parts, cwd ? cwd : "/", "/");
	words__split(&parts, path, "/");
	for (size_t i = 0; i < parts.count; i++) {
		if (!strcmp(parts.v[i], "."))
			continue;
		if (strcmp(parts.v[i], "..")) {
			words__add(&kept, "%s", parts.v[i]);
		} else if (kept.count) {
			free(kept.v[--kept.count]);
			kept.v[kept.count] = NULL;
		}
	}
	joined = words__join(&kept, "/");
	return text__format("/%s", joined);
}

char *path__if_exists(char *path)
{
	if (path__exists(path))
		return path;
	free(path);
	return NULL;
}
