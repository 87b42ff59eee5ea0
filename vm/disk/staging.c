// SPDX-License-Identifier: GPL-2.0-only
/* Makes the list of the files on a disk of the guest. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/disk/staging.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"

#define LINKS_LIMIT 40
#define FIRST_SIZE  1024

static int host_error(int err, const char *what, const char *path)
{
	return message__fail(EXIT_HOST_SETUP, "cannot %s %s for the guest's disk: " ERRNO_FMT, what,
			     path, ERRNO_ARG(-err));
}

/* A node of the tree. It has an index, because the list moves in memory when it grows. */
struct place {
	char *path;
	size_t index;
};

static int compare_places(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->path, ((const struct place *)b)->path);
}

/* Return: the entry of the list at this path; a new entry if there is none, and @is_new is set. */
static struct staged *entry_at(struct staging *staging, const char *path, bool *is_new)
{
	struct place key = { .path = (char *)path };
	void *node = tfind(&key, &staging->paths, compare_places);
	struct place *place;

	*is_new = !node;
	if (node)
		return &staging->v[(*(struct place **)node)->index];
	if (staging->count == staging->size) {
		staging->size = staging->size ? 2 * staging->size : FIRST_SIZE;
		staging->v = reallocarray(staging->v, staging->size, sizeof(*staging->v));
	}
	place = malloc(sizeof(*place));
	if (!staging->v || !place)
		abort();
	staging->v[staging->count] = (struct staged){ .to = text__copy(path) };
	*place = (struct place){ staging->v[staging->count].to, staging->count };
	if (!tsearch(place, &staging->paths, compare_places))
		abort();
	return &staging->v[staging->count++];
}

static bool is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

static void add_file(struct staging *staging, const char *from, const char *to,
		     const struct stat *status)
{
	struct staged *staged;
	bool is_new;

	/* Skip a file that the user may not read: the user's programs cannot need it. */
	if (faccessat(AT_FDCWD, from, R_OK, AT_EACCESS)) {
		message__warn("%s left out of the guest: " ERRNO_FMT, from, ERRNO_ARG(errno));
		return;
	}
	staged = entry_at(staging, to, &is_new);
	if (!is_new)
		return;
	staged->kind = STAGED_FILE;
	staged->from = text__copy(from);
	staged->status = *status;
	staging->bytes += status->st_size;
	if (is_later(&status->st_mtim, &staging->changed))
		staging->changed = status->st_mtim;
	if (is_later(&status->st_ctim, &staging->changed))
		staging->changed = status->st_ctim;
}

static void add_folder(struct staging *staging, const char *to, const struct stat *status)
{
	struct staged *staged;
	bool is_new;

	staged = entry_at(staging, to, &is_new);
	if (is_new) {
		staged->kind = STAGED_FOLDER;
		staged->status = *status;
	}
}

static void put_link(struct staging *staging, const char *path, const char *target)
{
	struct staged *staged;
	bool is_new;

	staged = entry_at(staging, path, &is_new);
	if (is_new) {
		staged->kind = STAGED_LINK;
		staged->from = text__copy(target);
	}
}

/* @target: room for PATH_MAX bytes, filled in */
static int add_link(struct staging *staging, const char *from, const char *to, char *target)
{
	ssize_t len = readlink(from, target, PATH_MAX - 1);

	if (len < 0)
		return host_error(-errno, "read the link", from);
	target[len] = '\0';
	put_link(staging, to, target);
	return 0;
}

/*
 * Add the files and folders on a path, from the root to the first link. @next is set to the path
 * that the link leads to, from which the caller goes on, or stays NULL if there is no link.
 */
static int walk(struct staging *staging, const char *path, char **next)
{
	autowords struct words parts = {};
	autofree char *prefix = text__copy("");

	words__split(&parts, path, "/");
	for (size_t i = 0; i < parts.count; i++) {
		autofree char *folder = prefix;
		char target[PATH_MAX];
		struct stat st;
		int ret;

		prefix = text__format("%s/%s", folder, parts.v[i]);
		if (lstat(prefix, &st))
			return host_error(-errno, "find", prefix);
		if (S_ISLNK(st.st_mode)) {
			ret = add_link(staging, prefix, prefix, target);
			if (ret)
				return ret;
			*next = *target == '/' ? text__copy(target) :
						 text__format("%s/%s", folder, target);
			for (i++; i < parts.count; i++)
				text__append(next, "/%s", parts.v[i]);
			return 0;
		}
		if (S_ISDIR(st.st_mode))
			add_folder(staging, prefix, &st);
		else
			add_file(staging, prefix, prefix, &st);
	}
	return 0;
}

int staging__add(struct vmtest *vm, struct staging *staging, const char *path)
{
	char *at = path__absolute(path);
	int ret = signals__interrupted(vm);

	for (int links = 0; at && !ret; links++) {
		char *next = NULL;

		if (links == LINKS_LIMIT)
			ret = host_error(-ELOOP, "follow", path);
		else
			ret = walk(staging, at, &next);
		free(at);
		at = next ? path__absolute(next) : NULL;
		free(next);
	}
	free(at);
	return ret;
}

static void add_parent(struct staging *staging, const char *path)
{
	autofree char *parent = text__copy(path);

	*strrchr(parent, '/') = '\0';
	if (*parent)
		staging__add_folder(staging, parent, 0755);
}

int staging__add_file(struct staging *staging, const char *from, const char *to)
{
	struct stat st;

	if (stat(from, &st))
		return host_error(-errno, "find", from);
	add_parent(staging, to);
	add_file(staging, from, to, &st);
	return 0;
}

void staging__add_folder(struct staging *staging, const char *path, mode_t mode)
{
	const struct stat above = { .st_mode = S_IFDIR | 0755 };
	const struct stat status = { .st_mode = S_IFDIR | mode };
	autofree char *part = text__copy(path);

	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		add_folder(staging, part, &above);
		*slash = '/';
	}
	add_folder(staging, path, &status);
}

static int add_entry(struct vmtest *vm, struct staging *staging, const char *from, const char *to,
		     bool (*skip)(const char *path, bool is_folder));

static int add_contents(struct vmtest *vm, struct staging *staging, const char *from,
			const char *to, bool (*skip)(const char *path, bool is_folder))
{
	struct dirent **entries;
	/* Sort by name: the description must not depend on the order in the file system. */
	int count = scandir(from, &entries, NULL, alphasort), ret = 0;

	if (count < 0 && errno == EACCES) {
		message__warn("%s left out of the guest: " ERRNO_FMT, from, ERRNO_ARG(EACCES));
		return 0;
	}
	if (count < 0)
		return errno == ENOENT ? 0 : host_error(-errno, "read the folder", from);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		autofree char *source = text__format("%s/%s", from, name);
		autofree char *target = text__format("%s/%s", to, name);

		if (!ret && strcmp(name, ".") && strcmp(name, ".."))
			ret = add_entry(vm, staging, source, target, skip);
		free(entries[i]);
	}
	free(entries);
	return ret;
}

static int add_entry(struct vmtest *vm, struct staging *staging, const char *from, const char *to,
		     bool (*skip)(const char *path, bool is_folder))
{
	char target[PATH_MAX];
	struct stat st;
	int ret = signals__interrupted(vm);

	if (ret)
		return ret;
	/* A file that is gone is not an error, because builds may go on while the tree is read. */
	if (lstat(from, &st))
		return errno == ENOENT ? 0 : host_error(-errno, "find", from);
	if (skip && skip(from, S_ISDIR(st.st_mode)))
		return 0;
	if (S_ISLNK(st.st_mode))
		return add_link(staging, from, to, target);
	if (S_ISREG(st.st_mode))
		add_file(staging, from, to, &st);
	if (!S_ISDIR(st.st_mode))
		return 0;
	add_folder(staging, to, &st);
	return add_contents(vm, staging, from, to, skip);
}

int staging__add_tree(struct vmtest *vm, struct staging *staging, const char *from, const char *to,
		      bool (*skip)(const char *path, bool is_folder))
{
	if (*to)
		staging__add_folder(staging, to, 0755);
	return add_contents(vm, staging, from, to, skip);
}

void staging__add_link(struct staging *staging, const char *path, const char *target)
{
	add_parent(staging, path);
	put_link(staging, path, target);
}

void staging__write(struct staging *staging, const char *path, const char *text)
{
	struct staged *staged;
	bool is_new;

	add_parent(staging, path);
	staged = entry_at(staging, path, &is_new);
	free(staged->from);
	staged->kind = STAGED_TEXT;
	staged->from = text__copy(text);
	staging->bytes += strlen(text);
}

char *staging__describe(const struct staging *staging)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	for (size_t i = 0; i < staging->count; i++) {
		const struct staged *staged = &staging->v[i];
		const struct stat *st = &staged->status;

		fprintf(out, "%d %s %o", staged->kind, staged->to, st->st_mode);
		if (staged->kind == STAGED_FILE)
			fprintf(out, " %s %llu %llu:%llu %lld.%09ld %lld.%09ld", staged->from,
				st->st_size + 0ULL, st->st_dev + 0ULL, st->st_ino + 0ULL,
				st->st_mtim.tv_sec + 0LL, st->st_mtim.tv_nsec,
				st->st_ctim.tv_sec + 0LL, st->st_ctim.tv_nsec);
		else if (staged->from)
			fprintf(out, " %s", staged->from);
		fputc('\n', out);
	}
	if (fclose(out))
		abort();
	return text;
}

void staging__free(struct staging *staging)
{
	tdestroy(staging->paths, free);
	for (size_t i = 0; i < staging->count; i++) {
		free(staging->v[i].to);
		free(staging->v[i].from);
	}
	free(staging->v);
	*staging = (struct staging){};
}
