// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns the word of -k into a kernel that can be booted.
 *
 * Files and build trees are used where they are; versions come from the cache or from Debian
 * packages (kernel_fetch.c). Never changes the file that it is given.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "vm/kernel/cache.h"
#include "vm/host/files.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/kernel_modules.h"
#include "vm/host/scratch.h"

static char *if_exists(char *path)
{
	if (path_exists(path))
		return path;
	free(path);
	return NULL;
}

/* For a kernel that an earlier vmtest has fetched: its index is one more file in the cache. */
static int index_cached_modules(struct vmtest *vm, const char *modules)
{
	autofree char *index = text_format("%s/modules.dep", modules);
	int lock_fd, ret;

	if (path_exists(index))
		return 0;
	ret = cache_lock(vm, "fill", &lock_fd);
	if (ret)
		return ret;
	ret = kernel_modules_index(vm, modules);
	close(lock_fd);
	return ret;
}

int kernel_from_cache(struct vmtest *vm, const char *release, struct kernel *kernel)
{
	kernel->release = text_copy(release);
	kernel->folder = text_format("%s/kernels/%s", vm->cache, release);
	kernel->image = text_format("%s/vmlinux", kernel->folder);
	kernel->config = if_exists(text_format("%s/config", kernel->folder));
	kernel->modules = if_exists(text_format("%s/modules", kernel->folder));
	return kernel->modules ? index_cached_modules(vm, kernel->modules) : 0;
}

/* An image that is given as a file. */
static int from_image(struct vmtest *vm, const char *path, struct kernel *kernel)
{
	autofree char *file = path_absolute(path);
	int ret = vm->scratch ? 0 : scratch_make(vm);

	if (ret)
		return ret;
	kernel->image = text_format("%s/vmlinux", vm->scratch);
	ret = kernel_unpack(vm, file, kernel->image);
	if (ret)
		return ret;
	kernel->release = kernel_image_release(kernel->image);
	if (!kernel->release)
		return fail(EXIT_NO_KERNEL, "cannot use %s as a kernel: no \"Linux version\" in it",
			    file);
	/* Without a PVH entry QEMU takes a bzImage only. */
	if (!kernel_image_has_pvh(kernel->image)) {
		free(kernel->image);
		kernel->image = text_copy(file);
	}
	return 0;
}

/* Its configuration and modules may be those that this machine has installed. */
static int from_file(struct vmtest *vm, const char *path, struct kernel *kernel)
{
	int ret = from_image(vm, path, kernel);

	if (ret)
		return ret;
	kernel->config = if_exists(text_format("/boot/config-%s", kernel->release));
	kernel->modules = if_exists(text_format("/lib/modules/%s", kernel->release));
	return 0;
}

/* All that belongs to the image comes from the tree, as it was built. */
static int add_files_of_tree(struct vmtest *vm, const char *tree, struct kernel *kernel)
{
	autofree char *folder = text_format("%s/modules", vm->scratch);
	bool found = false;
	int ret = kernel_modules_from_tree(vm, tree, folder, &found);

	kernel->config = if_exists(text_format("%s/.config", tree));
	if (!ret && found)
		kernel->modules = text_copy(folder);
	return ret;
}

static int from_tree(struct vmtest *vm, const char *tree, struct kernel *kernel)
{
	static const char *const images[] = { "vmlinux", "arch/x86/boot/bzImage" };

	for (size_t i = 0; i < ARRAY_SIZE(images); i++) {
		autofree char *image = if_exists(text_format("%s/%s", tree, images[i]));

		int ret = image ? from_image(vm, image, kernel) : 0;

		if (image)
			return ret ? ret : add_files_of_tree(vm, tree, kernel);
	}
	return fail(EXIT_NO_KERNEL,
		    "cannot find a kernel in the folder %s: neither vmlinux nor "
		    "arch/x86/boot/bzImage there; build the kernel first",
		    tree);
}

static int from_host(struct vmtest *vm, struct kernel *kernel)
{
	autofree char *image = NULL;
	struct utsname name;

	uname(&name);
	image = text_format("/boot/vmlinuz-%s", name.release);
	if (!path_exists(image))
		return fail(EXIT_NO_KERNEL,
			    "cannot find this machine's kernel: %s does not exist; "
			    "give a version or a file with -k",
			    image);
	return from_file(vm, image, kernel);
}

int kernel_find(struct vmtest *vm, const char *word, struct kernel *kernel)
{
	if (!word)
		return kernel_fetch_pinned(vm, kernel);
	if (!strcmp(word, "latest"))
		return kernel_fetch_version(vm, "", kernel);
	if (!strcmp(word, "host"))
		return from_host(vm, kernel);
	if (path_is_folder(word))
		return from_tree(vm, word, kernel);
	if (strchr(word, '/') || path_exists(word))
		return from_file(vm, word, kernel);
	if (isdigit((unsigned char)*word))
		return kernel_fetch_version(vm, word, kernel);
	return fail(EXIT_NO_KERNEL,
		    "cannot find kernel %s: neither a version (7.3), \"latest\", "
		    "\"host\", a file nor a build tree",
		    word);
}

bool kernel_has_option(const struct kernel *kernel, const char *option)
{
	autofree char *text = kernel->config ? file_read_text(kernel->config) : NULL;
	autofree char *line = text_format("\nCONFIG_%s=y\n", option);

	return text && strstr(text, line);
}

void kernel_free(struct kernel *kernel)
{
	free(kernel->release);
	free(kernel->image);
	free(kernel->folder);
	free(kernel->config);
	free(kernel->modules);
	*kernel = (struct kernel){};
}
