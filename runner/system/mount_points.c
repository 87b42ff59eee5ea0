// SPDX-License-Identifier: GPL-2.0-only
/* Reads /proc/self/mountinfo. The fifth word of a line is the path; the type comes after " - ". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/system/mount_points.h"

/* Blanks and some other characters are written as a backslash and three octal digits. */
static void unescape(char *path)
{
	char *from, *to = path;
	unsigned int byte;

	for (from = path; *from; from++) {
		if (*from == '\\' && sscanf(from + 1, "%3o", &byte) == 1) {
			*to++ = byte;
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

static char *point_of(const char *line, const char *type)
{
	const char *found = strstr(line, " - ");
	size_t len = strlen(type);
	char *point;

	if (!found || strncmp(found + 3, type, len) || found[3 + len] != ' ' ||
	    sscanf(line, "%*s %*s %*s %*s %ms", &point) != 1)
		return NULL;
	unescape(point);
	return point;
}

/* The file system's options are the third word after " - "; those of the mount come before it. */
static char *options_of(const char *line, const char *wanted)
{
	const char *rest = strstr(line, " - ");
	char *point, *options = NULL;

	if (!rest || sscanf(line, "%*s %*s %*s %*s %ms", &point) != 1)
		return NULL;
	unescape(point);
	if (!strcmp(point, wanted) && sscanf(rest + 3, "%*s %*s %ms", &options) != 1)
		options = NULL;
	free(point);
	return options;
}

char *mount_points__options(const char *point)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, *options = NULL, *newer;
	size_t room = 0;

	/* The last mount hides earlier ones on the same path. */
	while (file && getline(&line, &room, file) >= 0) {
		newer = options_of(line, point);
		if (newer)
			free(options);
		options = newer ?: options;
	}
	free(line);
	if (file)
		fclose(file);
	return options;
}

char **mount_points__find(const char *type)
{
	char **points = calloc(1, sizeof(*points)), **grown, *line = NULL, *point;
	FILE *file = fopen("/proc/self/mountinfo", "re");
	size_t room = 0;
	int cnt = 0;

	while (points && file && getline(&line, &room, file) >= 0) {
		point = point_of(line, type);
		if (!point)
			continue;
		grown = reallocarray(points, cnt + 2, sizeof(*points));
		if (!grown) {
			free(point);
			break;
		}
		points = grown;
		points[cnt++] = point;
		points[cnt] = NULL;
	}
	free(line);
	if (file)
		fclose(file);
	return points;
}

void mount_points__free(char **points)
{
	int i;

	for (i = 0; points && points[i]; i++)
		free(points[i]);
	free(points);
}
