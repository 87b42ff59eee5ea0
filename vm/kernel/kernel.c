// SPDX-License-Identifier: GPL-2.0-only
/* Gets the files of a kernel in the cache, and reads a kernel's configuration. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/text_file.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/kernel/cache.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/kernel_image.h"
#include "vm/kernel/kernel_modules.h"

/* Add the index to the modules of a kernel that an earlier version of vmtest has fetched. */
static int index_cached_modules(struct vmtest *vm, const char *modules)
{
	autofree char *index = text__format("%s/modules.dep", modules);
	int lock_fd, ret;

	if (path__exists(index))
		return 0;
	ret = cache__lock(vm, "fill", &lock_fd);
	if (ret)
		return ret;
	ret = kernel_modules__index(vm, modules);
	close(lock_fd);
	return ret;
}

int kernel__from_cache(struct vmtest *vm, const char *release, struct kernel *kernel)
{
	autofree char *folder = text__format("%s/kernels/%s", vm->cache, release);

	return kernel__from_folder(vm, folder, release, kernel);
}

int kernel__from_folder(struct vmtest *vm, const char *folder, const char *release,
			struct kernel *kernel)
{
	kernel->release = text__copy(release);
	kernel->folder = text__copy(folder);
	kernel->image = text__format("%s/vmlinux", kernel->folder);
	/* QEMU cannot boot a vmlinux without a PVH entry. */
	if (path__exists(kernel->image) && !kernel_image__has_pvh(kernel->image)) {
		free(kernel->image);
		kernel->image = text__format("%s/vmlinuz", kernel->folder);
	}
	kernel->config = path__if_exists(text__format("%s/config", kernel->folder));
	kernel->modules = path__if_exists(text__format("%s/modules", kernel->folder));
	return kernel->modules ? index_cached_modules(vm, kernel->modules) : 0;
}

enum kernel_option kernel__option(const struct kernel *kernel, const char *option)
{
	autofree char *text = kernel->config ? text_file__read(kernel->config) : NULL;
	autofree char *start = text__format("CONFIG_%s=", option);
	const char *at = text;

	if (!text)
		return OPTION_UNKNOWN;
	while ((at = strstr(at, start)) && at != text && at[-1] != '\n')
		at++;
	if (!at)
		return OPTION_UNSET;
	switch (at[strlen(start)]) {
	case 'm':
		return OPTION_MODULE;
	case 'n':
		return OPTION_UNSET;
	default:
		return OPTION_BUILT_IN;
	}
}

bool kernel__has_option(const struct kernel *kernel, const char *option)
{
	return kernel__option(kernel, option) == OPTION_BUILT_IN;
}

void kernel__free(struct kernel *kernel)
{
	free(kernel->release);
	free(kernel->image);
	free(kernel->folder);
	free(kernel->config);
	free(kernel->modules);
	free(kernel->tree);
	*kernel = (struct kernel){};
}
