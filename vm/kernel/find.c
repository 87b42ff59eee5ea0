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
#include "vm/kernel/kernel_fetch.h"
#include "vm/kernel/kernel_image.h"
#include "vm/kernel/kernel_modules.h"
/*
 * Finds the kernel that a word of -k names.
 *
 * Files and build trees are used where they are, and never changed. Kernels that are named by their
 * version come from the cache or from Debian packages (kernel_fetch.c).
 */

/* Use an image that is given as a file. */
static int from_image(struct vmtest *vm, const char *path, struct kernel *kernel)
{
	autofree char *file = path__absolute(path);
	int ret = vm->scratch ? 0 : scratch__make(vm);

	if (ret)
		return ret;
	kernel->image = text__format("%s/vmlinux", vm->scratch);
	ret = kernel_image__unpack(vm, file, kernel->image);
	if (ret)
		return ret;
	kernel->release = kernel_image__release(kernel->image);
	if (!kernel->release)
		return message__fail(EXIT_NO_KERNEL,
				     "cannot use %s as a kernel: no \"Linux version\" in it", file);
	/* QEMU cannot boot a vmlinux without a PVH entry: use the given file. */
	if (!kernel_image__has_pvh(kernel->image)) {
		free(kernel->image);
		kernel->image = text__copy(file);
	}
	return 0;
}

/* Use a file as image, with the configuration and modules that this machine may have for it. */
static int from_file(struct vmtest *vm, const char *path, struct kernel *kernel)
{
	int ret = from_image(vm, path, kernel);

	if (ret)
		return ret;
	kernel->config = path__if_exists(text__format("/boot/config-%s", kernel->release));
	kernel->modules = path__if_exists(text__format("/lib/modules/%s", kernel->release));
	return 0;
}

static int from_tree(struct vmtest *vm, const char *tree, struct kernel *kernel)
{
	static const char *const images[] = { "vmlinux", "arch/x86/boot/bzImage" };

	for (size_t i = 0; i < ARRAY_SIZE(images); i++) {
		autofree char *image = path__if_exists(text__format("%s/%s", tree, images[i]));

		if (!image)
			continue;
		kernel->config = path__if_exists(text__format("%s/.config", tree));
		if (kernel_modules__are_in(tree))
			kernel->tree = path__absolute(tree);
		return from_image(vm, image, kernel);
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
	if (isdigit((unsigned char)*word))
		return kernel_fetch__version(vm, word, kernel);
	return message__fail(EXIT_NO_KERNEL,
			     "cannot find kernel %s: neither a version (7.3), \"latest\", "
			     "\"host\", a file nor a build tree",
			     word);
}
