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

#include "files.h"
#include "kernel.h"
#include "scratch.h"

static char *if_exists(char *path)
{
	if (path_exists(path))
		return path;
	free(path);
	return NULL;
}

void kernel_from_cache(const struct vmtest *vm, const char *release, struct kernel *kernel)
{
	kernel->release = text_copy(release);
	kernel->folder = text_format("%s/kernels/%s", vm->cache, release);
	kernel->image = text_format("%s/vmlinux", kernel->folder);
	kernel->config = if_exists(text_format("%s/config", kernel->folder));
	kernel->modules = if_exists(text_format("%s/modules", kernel->folder));
}

/* An image that is given as a file; its modules may be those that this machine has installed. */
static int from_file(struct vmtest *vm, const char *path, const char *config, struct kernel *kernel)
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
	kernel->config = config ? text_copy(config) :
				  if_exists(text_format("/boot/config-%s", kernel->release));
	kernel->modules = if_exists(text_format("/lib/modules/%s", kernel->release));
	return 0;
}

static int from_tree(struct vmtest *vm, const char *tree, struct kernel *kernel)
{
	static const char *const images[] = { "vmlinux", "arch/x86/boot/bzImage" };
	autofree char *config = if_exists(text_format("%s/.config", tree));

	for (size_t i = 0; i < ARRAY_SIZE(images); i++) {
		autofree char *image = if_exists(text_format("%s/%s", tree, images[i]));

		if (image)
			return from_file(vm, image, config, kernel);
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
	return from_file(vm, image, NULL, kernel);
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
		return from_file(vm, word, NULL, kernel);
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
