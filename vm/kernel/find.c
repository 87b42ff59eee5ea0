// SPDX-License-Identifier: GPL-2.0-only

#include <ctype.h>
#include <sys/utsname.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "runner/text/cleanup.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/scratch.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/kernel/find.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/kernel_archive.h"
#include "vm/kernel/kernel_fetch.h"
#include "vm/kernel/kernel_image.h"
#include "vm/kernel/kernel_modules.h"
/*
 * Finds the kernel that a word of -k names.
 *
 * Files and build trees are used where they are, and never changed. Kernels that are named by their
 * version come from the cache or from Debian packages (kernel_fetch.c).
 */

/* The places of a kernel in the folder of a build, QEMU's preferred one first. */
static const char *const images[] = { "vmlinux", "arch/x86/boot/bzImage",
				      "arch/x86_64/boot/bzImage" };

/* The places of other images of a build, with which a file may be given too. */
static const char *const other_images[] = { "arch/x86/boot/vmlinux.bin",
					    "arch/x86/boot/compressed/vmlinux",
					    "arch/x86/boot/compressed/vmlinux.bin" };

/*
 * The places of a configuration and of modules for an image. {dir} is the image's folder, {release}
 * the release. The first one counts.
 */
static const char *const config_places[] = {
	"{dir}/config-{release}",
	"{dir}/../{release}/config",
	"/boot/config-{release}",
	"/lib/modules/{release}/config",
	"/lib/modules/{release}/build/.config",
};
static const char *const module_places[] = {
	"{dir}/../{release}/modules",
	"{dir}/../{release}",
	"{dir}/../lib/modules/{release}",
	"/lib/modules/{release}",
};

static char *fill_in(const char *place, const char *dir, const char *release)
{
	char *path = text__copy("");

	while (*place) {
		if (text__starts_with(place, "{dir}")) {
			text__append(&path, "%s", dir);
			place += strlen("{dir}");
		} else if (text__starts_with(place, "{release}")) {
			text__append(&path, "%s", release);
			place += strlen("{release}");
		} else {
			text__append(&path, "%c", *place++);
		}
	}
	return path;
}

/* Only a folder with modules is meant, not one that happens to have the same name. */
static char *find_modules(const char *dir, const char *release)
{
	for (size_t i = 0; i < ARRAY_SIZE(module_places); i++) {
		autofree char *path = fill_in(module_places[i], dir, release);
		autofree char *index = text__format("%s/modules.dep", path);

		if (path__exists(index))
			return path__absolute(path);
	}
	return NULL;
}

static char *find_config(const char *dir, const char *release)
{
	for (size_t i = 0; i < ARRAY_SIZE(config_places); i++) {
		autofree char *path = fill_in(config_places[i], dir, release);

		if (path__exists(path))
			return path__absolute(path);
	}
	return NULL;
}

/* Find the configuration in the image itself (CONFIG_IKCONFIG=y). Return: 0 or an exit status. */
static int find_config_in_image(struct vmtest *vm, struct kernel *kernel)
{
	autofree char *vmlinux = text__format("%s/vmlinux", vm->scratch);
	autofree char *config = text__format("%s/config", vm->scratch);
	bool found;
	int ret = kernel_image__configuration(vm, vmlinux, config, &found);

	if (!ret && found)
		kernel->config = text__copy(config);
	return ret;
}

/*
 * Use an image.
 *
 * @beside: a bzImage of the same kernel, for a vmlinux that QEMU cannot boot; or NULL
 */
static int from_image(struct vmtest *vm, const char *path, const char *beside,
		      struct kernel *kernel)
{
	autofree char *file = path__absolute(path);
	autofree char *bzimage = NULL;
	int ret = vm->scratch ? 0 : scratch__make(vm);

	if (ret)
		return ret;
	kernel->image = text__format("%s/vmlinux", vm->scratch);
	ret = kernel_image__unpack(vm, file, kernel->image, &bzimage);
	if (ret)
		return ret;
	kernel->release = kernel_image__release(kernel->image);
	if (!kernel->release)
		return message__fail(EXIT_NO_KERNEL,
				     "cannot use %s as a kernel: no \"Linux version\" in it", file);
	if (kernel_image__has_pvh(kernel->image))
		return 0;
	/* QEMU cannot boot a vmlinux without a PVH entry. */
	if (!bzimage && !beside)
		return message__fail(EXIT_NO_KERNEL,
				     "cannot boot %s: QEMU boots a vmlinux only by its PVH entry, "
				     "and it has none; name the bzImage, or build it with "
				     "CONFIG_PVH=y",
				     file);
	free(kernel->image);
	kernel->image = bzimage ? text__copy(bzimage) : path__absolute(beside);
	return 0;
}

static char *bzimage_of_tree(const char *tree)
{
	for (size_t i = 1; i < ARRAY_SIZE(images); i++) {
		char *image = path__if_exists(text__format("%s/%s", tree, images[i]));

		if (image)
			return image;
	}
	return NULL;
}

/* Use an image of a build tree, with the configuration and the modules of the tree. */
static int from_tree_image(struct vmtest *vm, const char *image, const char *tree,
			   struct kernel *kernel)
{
	autofree char *bzimage = bzimage_of_tree(tree);
	autofree char *config = text__format("%s/.config", tree);
	int ret = from_image(vm, image, bzimage, kernel);

	if (ret)
		return ret;
	if (path__exists(config))
		kernel->config = path__absolute(config);
	else
		ret = find_config_in_image(vm, kernel);
	if (kernel_modules__are_in(tree))
		kernel->tree = path__absolute(tree);
	return ret;
}

/* Find the build tree of an image that is given as a file. Return: its path, or NULL. */
static char *tree_of_image(const char *file)
{
	const char *const *lists[] = { images, other_images };
	const size_t counts[] = { ARRAY_SIZE(images), ARRAY_SIZE(other_images) };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		for (size_t j = 0; j < counts[i]; j++) {
			autofree char *end = text__format("/%s", lists[i][j]);
			autofree char *config = NULL, *release = NULL;
			char *tree;

			if (!text__ends_with(file, end))
				continue;
			tree = text__format("%.*s", (int)(strlen(file) - strlen(end)), file);
			config = text__format("%s/.config", tree);
			release = text__format("%s/include/config/kernel.release", tree);
			if (path__exists(config) && path__exists(release))
				return tree;
			free(tree);
		}
	}
	return NULL;
}

/* Use a file as image, with the configuration and modules that this machine may have for it. */
static int from_file(struct vmtest *vm, const char *path, struct kernel *kernel)
{
	autofree char *file = path__absolute(path), *dir = text__copy(file), *real = NULL;
	autofree char *tree = tree_of_image(file);
	int ret;

	if (kernel_archive__is(file))
		return kernel_archive__open(vm, file, kernel);
	if (tree)
		return from_tree_image(vm, file, tree, kernel);
	ret = from_image(vm, file, NULL, kernel);
	if (ret)
		return ret;
	/* A link such as /vmlinuz names a file whose folder may have the rest. */
	real = realpath(file, NULL);
	for (int i = 0; i < 2 && !kernel->config; i++) {
		const char *image = i && real ? real : file;

		free(dir);
		dir = text__format("%.*s", (int)(text__last_part(image) - image - 1), image);
		kernel->config = find_config(dir, kernel->release);
		kernel->modules = kernel->modules ? kernel->modules :
						    find_modules(dir, kernel->release);
	}
	return kernel->config ? 0 : find_config_in_image(vm, kernel);
}

static int from_tree(struct vmtest *vm, const char *tree, struct kernel *kernel)
{
	for (size_t i = 0; i < ARRAY_SIZE(images); i++) {
		autofree char *image = path__if_exists(text__format("%s/%s", tree, images[i]));

		if (image)
			return from_tree_image(vm, image, tree, kernel);
	}
	return message__fail(EXIT_NO_KERNEL,
			     "cannot find a kernel in the folder %s: neither vmlinux nor "
			     "arch/x86/boot/bzImage there; build the kernel first",
			     tree);
}

static int from_host(struct vmtest *vm, struct kernel *kernel)
{
	autofree char *image = NULL;
	struct utsname name;

	uname(&name);
	image = text__format("/boot/vmlinuz-%s", name.release);
	if (!path__exists(image))
		return message__fail(EXIT_NO_KERNEL,
				     "cannot find this machine's kernel: %s does not exist; "
				     "give a version or a file with -k",
				     image);
	return from_file(vm, image, kernel);
}

/* Return: the version in words such as 6.1, v6.1, linux-6.1; or NULL. */
static const char *version_of(const char *word)
{
	if (text__starts_with(word, "linux-"))
		word += strlen("linux-");
	if (*word == 'v')
		word++;
	return isdigit((unsigned char)*word) ? word : NULL;
}

int find__kernel(struct vmtest *vm, const char *word, struct kernel *kernel)
{
	if (!word)
		return kernel_fetch__pinned(vm, kernel);
	if (!strcmp(word, "latest"))
		return kernel_fetch__version(vm, "", kernel);
	if (!strcmp(word, "host"))
		return from_host(vm, kernel);
	if (path__is_folder(word))
		return from_tree(vm, word, kernel);
	if (strchr(word, '/') || path__exists(word))
		return from_file(vm, word, kernel);
	if (version_of(word))
		return kernel_fetch__version(vm, version_of(word), kernel);
	return message__fail(EXIT_NO_KERNEL,
			     "cannot find kernel %s: neither a version (7.3), \"latest\", "
			     "\"host\", a file (bzImage, vmlinux, .deb, .rpm) nor a build tree",
			     word);
}
