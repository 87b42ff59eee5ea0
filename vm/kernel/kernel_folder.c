// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a folder of the cache with a kernel from the unpacked content of its packages.
 *
 * The places of files in packages have changed over the years, and differ between distributions.
 */
#include <errno.h>
#include <glob.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/kernel/kernel_folder.h"
#include "vm/kernel/kernel_image.h"
#include "vm/kernel/kernel_modules.h"

/* The places of files in packages; %s is the release. */
static const struct {
	const char *place;
	const char *name;
} places[] = {
	{ "usr/lib/modules/%s/vmlinuz.unsigned", "vmlinuz" },
	{ "usr/lib/modules/%s/vmlinuz", "vmlinuz" },
	{ "lib/modules/%s/vmlinuz", "vmlinuz" },
	{ "boot/vmlinuz-%s", "vmlinuz" },
	{ "usr/lib/modules/%s/config", "config" },
	{ "lib/modules/%s/config", "config" },
	{ "boot/config-%s", "config" },
	{ "usr/lib/modules/%s/System.map", "System.map" },
	{ "lib/modules/%s/System.map", "System.map" },
	{ "boot/System.map-%s", "System.map" },
	{ "usr/lib/modules/%s", "modules" },
	{ "lib/modules/%s", "modules" },
};

static char *with_release(const char *place, const char *release)
{
	const char *mark = strstr(place, "%s");

	return text__format("%.*s%s%s", (int)(mark - place), place, release, mark + strlen("%s"));
}

static void move_to_fixed_names(const char *unpacked, const char *folder, const char *release)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		autofree char *place = with_release(places[i].place, release);
		autofree char *from = text__format("%s/%s", unpacked, place);
		autofree char *to = text__format("%s/%s", folder, places[i].name);

		if (path__exists(from) && !path__exists(to))
			rename(from, to);
	}
}

static int index_modules(struct vmtest *vm, const char *folder)
{
	autofree char *modules = text__format("%s/modules", folder);
	autofree char *kernel = text__format("%s/kernel", modules);

	if (path__is_folder(kernel))
		return kernel_modules__index(vm, modules);
	folder__remove(modules); /* it only has the list of built-in modules */
	return 0;
}

char *kernel_folder__release(const char *unpacked)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const char *mark = strstr(places[i].place, "%s");
		autofree char *place = with_release(places[i].place, "*");
		autofree char *pattern = text__format("%s/%s", unpacked, place);
		size_t start = strlen(unpacked) + 1 + (mark - places[i].place);
		size_t rest = strlen(mark + strlen("%s"));
		char *release = NULL;
		glob_t found = {};

		if (strcmp(places[i].name, "vmlinuz"))
			continue;
		glob(pattern, 0, NULL, &found);
		if (found.gl_pathc)
			release = text__format("%.*s",
					       (int)(strlen(found.gl_pathv[0]) - start - rest),
					       found.gl_pathv[0] + start);
		globfree(&found);
		if (release)
			return release;
	}
	return NULL;
}

/* A vmlinuz that is a vmlinux is linked to. The folder is still to be renamed. */
static int make_link_relative(const char *vmlinux)
{
	struct stat st;

	if (lstat(vmlinux, &st) || !S_ISLNK(st.st_mode))
		return 0;
	if (unlink(vmlinux) || symlink("vmlinuz", vmlinux))
		return message__fail(EXIT_HOST_SETUP, "cannot link %s: " ERRNO_FMT, vmlinux,
				     ERRNO_ARG(errno));
	return 0;
}

int kernel_folder__fill(struct vmtest *vm, const char *folder, const char *unpacked,
			const char *release)
{
	autofree char *vmlinuz = text__format("%s/vmlinuz", folder);
	autofree char *vmlinux = text__format("%s/vmlinux", folder);
	autofree char *release_file = text__format("%s/release", folder);
	autofree char *release_text = text__format("%s\n", release);
	autofree char *bzimage = NULL;
	int ret;

	move_to_fixed_names(unpacked, folder, release);
	folder__remove(unpacked);
	if (!path__exists(vmlinuz))
		return message__fail(EXIT_NO_KERNEL,
				     "cannot use the packages of kernel %s: no image found "
				     "in them",
				     release);
	ret = kernel_image__unpack(vm, vmlinuz, vmlinux, &bzimage);
	ret = ret ? ret : make_link_relative(vmlinux);
	ret = ret ? ret : index_modules(vm, folder);
	if (!ret && file__write_text(release_file, release_text))
		ret = message__fail(EXIT_HOST_SETUP, "cannot write %s: " ERRNO_FMT, release_file,
				    ERRNO_ARG(errno));
	return ret;
}
