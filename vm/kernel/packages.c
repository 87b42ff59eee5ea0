// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fetches Debian packages for the build with the private apt, and unpacks them into the cache, as
 * packages/<name>_<version>/.
 *
 * A package that is in the cache is used without asking the network, so that builds are repeatable.
 * Of a source package, only the original tarball is unpacked.
 */
#include <ctype.h>
#include <glob.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/apt.h"
#include "vm/kernel/cache.h"
#include "vm/kernel/packages.h"

struct package {
	struct apt *apt;
	const char *name;
	const char *suite;
	bool source;
	char *downloads;
	char *file;
};

/* Return: the first file that matches a pattern, freed by the caller; or NULL. */
static char *first_match(const char *pattern)
{
	glob_t found = {};
	char *match = NULL;

	glob(pattern, 0, NULL, &found);
	if (found.gl_pathc)
		match = text__copy(found.gl_pathv[0]);
	globfree(&found);
	return match;
}

/* Suite and kind are part of the stamp's name, because a package differs between suites. */
static char *stamp_path(const struct vmtest *vm, const struct package *package)
{
	return text__format("%s/packages/%s.%s%s", vm->cache, package->name, package->suite,
			    package->source ? ".source" : "");
}

static int unpack(struct vmtest *vm, const char *folder, void *data)
{
	struct package *package = data;

	if (package->source)
		return program__run_ok(vm,
				       &(struct program){
					       .argv = ARGV("tar", "-x", "-f", package->file, "-C",
							    (char *)folder, "--strip-components=1",
							    "--no-same-owner") },
				       "unpack a source package", EXIT_HOST_SETUP);
	return program__run_ok(vm,
			       &(struct program){ .argv = ARGV("dpkg-deb", "-x", package->file,
							       (char *)folder) },
			       "unpack a package", EXIT_HOST_SETUP);
}

/* Get the version from a name such as name_1%3a7.5.0-1_amd64.deb or name_1.7.0.orig.tar.gz. */
static char *version_of_file(const char *file)
{
	const char *base = strrchr(file, '/') + 1;
	const char *start = strchr(base, '_');
	size_t len;

	if (!start)
		return text__copy("unknown");
	start++;
	len = strcspn(start, "_");
	if (strstr(start, ".orig"))
		len = strstr(start, ".orig") - start;
	return text__format("%.*s", (int)len, start);
}

static int download(struct vmtest *vm, struct package *package)
{
	autowords struct words wanted = {};
	autofree char *pattern = text__format(package->source ? "%s/*.orig.tar.*[!c]" : "%s/*.deb",
					      package->downloads);
	int ret;

	message__say(vm, "fetching %s %s from %s", package->source ? "the source of" : "package",
		     package->name, package->suite);
	words__add(&wanted, "%s", package->name);
	ret = package->source ?
		      apt__download_source(vm, package->apt, package->name, package->downloads) :
		      apt__download(vm, package->apt, &wanted, package->downloads);
	if (ret)
		return ret;
	package->file = first_match(pattern);
	if (!package->file)
		return message__fail(EXIT_NO_KERNEL, "cannot unpack %s: apt downloaded no %s of it",
				     package->name,
				     package->source ? "original tarball" : "package");
	return 0;
}

static int fetch(struct vmtest *vm, struct package *package, char **folder)
{
	autofree char *version = NULL, *entry = NULL, *stamp = stamp_path(vm, package);
	int ret = download(vm, package);
	int err;

	if (ret)
		return ret;
	version = version_of_file(package->file);
	entry = text__format("packages/%s_%s%s", package->name, version,
			     package->source ? "_source" : "");
	ret = cache__fill(vm, entry, unpack, package);
	if (ret)
		return ret;
	*folder = text__format("%s/%s", vm->cache, entry);
	/* Write the stamp last: the folder that it names is then complete. */
	err = file__write_text(stamp, entry);
	return err ? message__fail(EXIT_HOST_SETUP, "cannot write %s: " ERRNO_FMT, stamp,
				   ERRNO_ARG(-err)) :
		     0;
}

static char *cached_folder(const struct vmtest *vm, const struct package *package)
{
	autofree char *stamp = stamp_path(vm, package);
	autofree char *entry = text_file__read(stamp);
	char *folder = entry ? text__format("%s/%s", vm->cache, text__trim(entry)) : NULL;

	if (folder && path__is_folder(folder))
		return folder;
	free(folder);
	return NULL;
}

static bool is_plain_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("+-.:", *c))
			return false;
	return isalnum((unsigned char)*name);
}

int packages__check_name(const char *name)
{
	if (is_plain_name(name))
		return 0;
	return message__fail(EXIT_USAGE_ERROR,
			     "cannot fetch '%s': not the name of a package or suite", name);
}

int packages__unpack_all(struct vmtest *vm, const char *folder, const char *into)
{
	autofree char *pattern = text__format("%s/*.deb", folder);
	glob_t found = {};
	int ret = 0;

	glob(pattern, 0, NULL, &found);
	for (size_t i = 0; !ret && i < found.gl_pathc; i++) {
		ret = program__run_ok(vm,
				      &(struct program){ .argv = ARGV("dpkg-deb", "-x",
								      found.gl_pathv[i],
								      (char *)into) },
				      "unpack a package", EXIT_HOST_SETUP);
		unlink(found.gl_pathv[i]);
	}
	globfree(&found);
	return ret;
}

int packages__fetch(struct vmtest *vm, const char *name, const char *suite, bool source)
{
	struct apt apt = { .lock_fd = -1 };
	struct package package = { .apt = &apt, .name = name, .suite = suite, .source = source };
	autowords struct words suites = {};
	char *folder;
	int ret = packages__check_name(name);

	ret = ret ? ret : packages__check_name(suite);
	if (ret)
		return ret;
	folder = cached_folder(vm, &package);
	if (!folder) {
		words__add(&suites, "%s", suite);
		ret = apt__open(vm, &apt, &suites, source);
		/* Use a fixed name, which apt's lock allows, and remove leftovers. */
		package.downloads = text__format("%s/apt/downloads", vm->cache);
		if (!ret && (folder__remove(package.downloads) || folder__make(package.downloads)))
			ret = message__fail(EXIT_HOST_SETUP, "cannot make the folder %s",
					    package.downloads);
		ret = ret ? ret : fetch(vm, &package, &folder);
		if (!ret)
			folder__remove(package.downloads);
		apt__close(&apt);
	}
	if (!ret)
		printf("%s\n", folder);
	free(folder);
	free(package.downloads);
	free(package.file);
	return ret;
}
