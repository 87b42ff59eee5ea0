// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds Debian mirrors in the machine's apt sources, which may be deb822 files (*.sources) or
 * one-line files (*.list).
 *
 * An entry counts only if one of its suites is a suite of Debian, because machines also have
 * third-party sources. Options in square brackets other than signed-by are skipped.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runner/text/cleanup.h"
#include "vm/host/path.h"
#include "vm/host/text.h"
#include "vm/host/words.h"
#include "vm/kernel/mirrors.h"

#define APT_FOLDER     "/etc/apt"
#define DEBIAN_KEYRING "/usr/share/keyrings/debian-archive-keyring.gpg"

/* The suites of Debian. The name may be followed by "-updates" and so on. */
static const char *const debian_suites[] = {
	"bullseye", "bookworm",  "trixie",  "forky",    "sid",
	"stable",   "oldstable", "testing", "unstable",
};

static bool is_debian(const char *suite)
{
	for (size_t i = 0; i < ARRAY_SIZE(debian_suites); i++) {
		size_t len = strlen(debian_suites[i]);

		if (!strncmp(suite, debian_suites[i], len) &&
		    (!suite[len] || suite[len] == '-' || suite[len] == '/'))
			return true;
	}
	return false;
}

static void add_entry(struct mirror *mirrors, const char *uri, const char *signed_by,
		      const char *suite)
{
	struct mirror *mirror =
		&mirrors[strstr(suite, "-security") ? MIRROR_SECURITY : MIRROR_ARCHIVE];

	if (mirror->uri || !is_debian(suite))
		return;
	mirror->uri = text__copy(uri);
	if (signed_by && *signed_by == '/')
		mirror->signed_by = text__copy(signed_by);
	else if (path__exists(DEBIAN_KEYRING))
		mirror->signed_by = text__copy(DEBIAN_KEYRING);
}

/* The fields of a paragraph of a deb822 file that are used here. */
struct paragraph {
	struct words types, uris, suites;
	char *signed_by;
	bool disabled;
};

static void paragraph_end(struct mirror *mirrors, struct paragraph *p)
{
	if (!p->disabled && words__contain(&p->types, "deb") && p->uris.count)
		for (size_t i = 0; i < p->suites.count; i++)
			add_entry(mirrors, p->uris.v[0], p->signed_by, p->suites.v[i]);
	words__free(&p->types);
	words__free(&p->uris);
	words__free(&p->suites);
	free(p->signed_by);
	*p = (struct paragraph){};
}

static void read_deb822(struct mirror *mirrors, FILE *in)
{
	struct paragraph p = {};
	char *line = NULL, field[32] = "";
	size_t size = 0;

	while (getline(&line, &size, in) >= 0) {
		char *value = line;

		text__trim(line);
		if (*line == '#')
			continue;
		if (!*line) {
			paragraph_end(mirrors, &p);
			continue;
		}
		/* A line that starts with a space continues the field of the line before. */
		if (*line != ' ' && *line != '\t') {
			value = strchr(line, ':');
			if (!value)
				continue;
			*value++ = '\0';
			snprintf(field, sizeof(field), "%s", line);
		}
		value += strspn(value, " \t");
		if (!strcasecmp(field, "Types"))
			words__split(&p.types, value, " \t");
		else if (!strcasecmp(field, "URIs"))
			words__split(&p.uris, value, " \t");
		else if (!strcasecmp(field, "Suites"))
			words__split(&p.suites, value, " \t");
		else if (!strcasecmp(field, "Signed-By") && !p.signed_by)
			p.signed_by = text__copy(value);
		else if (!strcasecmp(field, "Enabled"))
			p.disabled = !strcasecmp(value, "no");
	}
	paragraph_end(mirrors, &p);
	free(line);
}

static void read_one_line_style(struct mirror *mirrors, FILE *in)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, in) >= 0) {
		autowords struct words words = {};
		const char *signed_by = NULL;
		size_t at = 1;

		text__trim(line);
		words__split(&words, line, " \t");
		if (words.count < 3 || strcmp(words.v[0], "deb"))
			continue;
		if (*words.v[at] == '[') {
			for (;; at++) {
				char *option = strstr(words.v[at], "signed-by=");
				bool last = strchr(words.v[at], ']');

				if (option) {
					signed_by = option + strlen("signed-by=");
					option[strcspn(option, "],")] = '\0';
				}
				if (last || at + 1 == words.count)
					break;
			}
			at++;
		}
		if (at + 1 < words.count)
			add_entry(mirrors, words.v[at], signed_by, words.v[at + 1]);
	}
	free(line);
}

static void read_file(struct mirror *mirrors, const char *path)
{
	FILE *in = fopen(path, "re");

	if (!in)
		return;
	if (text__ends_with(path, ".sources"))
		read_deb822(mirrors, in);
	else
		read_one_line_style(mirrors, in);
	fclose(in);
}

static int is_sources_file(const struct dirent *entry)
{
	return text__ends_with(entry->d_name, ".sources") ||
	       text__ends_with(entry->d_name, ".list");
}

void mirrors__find(struct mirror mirrors[MIRROR_KINDS])
{
	struct dirent **entries = NULL;
	int count;

	memset(mirrors, 0, MIRROR_KINDS * sizeof(*mirrors));
	read_file(mirrors, APT_FOLDER "/sources.list");
	count = scandir(APT_FOLDER "/sources.list.d", &entries, is_sources_file, alphasort);
	for (int i = 0; i < count; i++) {
		autofree char *path =
			text__format(APT_FOLDER "/sources.list.d/%s", entries[i]->d_name);

		read_file(mirrors, path);
		free(entries[i]);
	}
	free(entries);
}

void mirrors__free(struct mirror mirrors[MIRROR_KINDS])
{
	for (int i = 0; i < MIRROR_KINDS; i++) {
		free(mirrors[i].uri);
		free(mirrors[i].signed_by);
	}
	memset(mirrors, 0, MIRROR_KINDS * sizeof(*mirrors));
}
