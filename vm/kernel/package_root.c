// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fetches Debian packages with all that they depend on, and unpacks them into one folder of the
 * cache, as roots/<first package>-<hash of the request>.
 *
 * apt finds the dependencies, starting from a machine without packages. It takes essential packages
 * for granted, so they must be named. No script of a package runs, so what such scripts make is
 * absent: links of update-alternatives, users, caches.
 */
#include <stdio.h>
#include <string.h>

#include "runner/text/cleanup.h"
#include "vm/host/exit_status.h"
#include "vm/host/folder.h"
#include "vm/host/hash.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/apt.h"
#include "vm/kernel/cache.h"
#include "vm/kernel/package_root.h"
#include "vm/kernel/packages.h"

struct root {
	struct words names;
	struct words suites;
	struct apt apt;
};

/* The @fill function for cache__fill(). */
static int fill(struct vmtest *vm, const char *folder, void *data)
{
	struct root *root = data;
	autofree char *downloads = text__format("%s/apt/downloads", vm->cache);
	autofree char *partial = text__format("%s/partial", downloads);
	int ret;

	message__say(vm, "fetching %s and its dependencies", root->names.v[0]);
	if (folder__remove(downloads) || folder__make(partial))
		return message__fail(EXIT_HOST_SETUP, "cannot make the folder %s", partial);
	ret = apt__download_all(vm, &root->apt, &root->names, downloads);
	ret = ret ? ret : packages__unpack_all(vm, downloads, folder);
	folder__remove(downloads);
	return ret;
}

static int check_names(const struct words *names, const char *option)
{
	int ret = names->count ? 0 : message__fail(EXIT_USAGE_ERROR, "no name in %s", option);

	for (size_t i = 0; !ret && i < names->count; i++)
		ret = packages__check_name(names->v[i]);
	return ret;
}

static char *entry_of(const struct root *root)
{
	autofree char *names = words__join(&root->names, " ");
	autofree char *suites = words__join(&root->suites, " ");
	autofree char *request = text__format("%s from %s", names, suites);

	return text__format("roots/%s-%016llx", root->names.v[0],
			    hash__bytes(request, strlen(request)) + 0ULL);
}

static int fetch(struct vmtest *vm, struct root *root)
{
	autofree char *entry = entry_of(root);
	autofree char *folder = text__format("%s/%s", vm->cache, entry);
	int ret = 0;

	if (!path__is_folder(folder)) {
		ret = apt__open(vm, &root->apt, &root->suites, false);
		ret = ret ? ret : cache__fill(vm, entry, fill, root);
		apt__close(&root->apt);
	}
	if (!ret)
		printf("%s\n", folder);
	return ret;
}

int package_root__fetch(struct vmtest *vm, const char *names, const char *suites)
{
	struct root root = { .apt.lock_fd = -1 };
	int ret;

	words__split(&root.names, names, " ,");
	words__split(&root.suites, suites, ",");
	ret = check_names(&root.names, "--fetch-root");
	ret = ret ? ret : check_names(&root.suites, "--suite");
	ret = ret ? ret : fetch(vm, &root);
	words__free(&root.names);
	words__free(&root.suites);
	return ret;
}
