// SPDX-License-Identifier: GPL-2.0-only
/* Splits a file and a variable into words of a command line. The options check what they say. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/defaults.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/text.h"
#include "vm/host/words.h"

#define DEFAULT_FILE  ".vmtest"
#define FILE_VARIABLE "VMTEST_CONFIG"
#define VARIABLE      "VMTEST_OPTIONS"
#define WHITE_SPACE   " \t\r\n"

static void refuse(const char *place, const char *text)
{
	exit(message__fail(EXIT_USAGE_ERROR,
			   "cannot use \"%s\" in %s: give an option, such as --mem 4G; # begins a "
			   "comment",
			   text, place));
}

/* Add "--mem 4G" as --mem=4G, and "-k 6.12" as -k6.12, so that a line is never more than an option. */
static void add_line(char *line, const char *place, struct words *texts, struct words *places)
{
	char *text = text__trim(line + strspn(line, WHITE_SPACE));
	size_t len = strcspn(text, WHITE_SPACE "=");
	const char *value = text + len;

	if (!*text || *text == '#')
		return;
	if (*text != '-' || !strcmp(text, "-") || text__starts_with(text, "-- ") ||
	    !strcmp(text, "--"))
		refuse(place, text);
	if (*value != '=')
		value += strspn(value, WHITE_SPACE);
	words__add(texts, "%.*s%s%s", (int)len, text,
		   text[1] == '-' && *value && *value != '=' ? "=" : "", value);
	words__add(places, "%s", place);
}

static void read_file(const char *path, FILE *file, struct words *texts, struct words *places)
{
	autofree char *line = NULL;
	size_t size_bytes = 0;
	ssize_t len;

	for (unsigned int number = 1; (len = getline(&line, &size_bytes, file)) >= 0; number++) {
		autofree char *place = text__format("%s:%u", path, number);

		if (memchr(line, '\0', len))
			refuse(place, line);
		add_line(line, place, texts, places);
	}
}

void defaults__read(struct words *texts, struct words *places)
{
	const char *named = getenv(FILE_VARIABLE), *words = getenv(VARIABLE);
	const char *path = named && *named ? named : DEFAULT_FILE;
	FILE *file = fopen(path, "re");

	errno = file ? 0 : errno;
	if (file)
		read_file(path, file, texts, places);
	if ((file && ferror(file)) || (!file && (path == named || errno != ENOENT)))
		exit(message__fail(EXIT_USAGE_ERROR,
				   "cannot read the default options in %s: " ERRNO_FMT, path,
				   ERRNO_ARG(errno)));
	if (file)
		fclose(file);
	words__split(texts, words ? words : "", WHITE_SPACE);
	while (places->count < texts->count)
		words__add(places, VARIABLE);
}
