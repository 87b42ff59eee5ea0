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
	kernel->release = text__copy(release);
	kernel->folder = text__format("%s/kernels/%s", vm->cache, release);
	kernel->image = text__format("%s/vmlinux", kernel->folder);
	kernel->config = path__if_exists(text__format("%s/config", kernel->folder));
	kernel->modules = path__if_exists(text__format("%s/modules", kernel->folder));
	return kernel->modules ? index_cached_modules(vm, kernel->modules) : 0;
}

bool kernel__has_option(const struct kernel *kernel, const char *option)
{
	autofree char *text = kernel->config ? text_file__read(kernel->config) : NULL;
	autofree char *line = text__format("\nCONFIG_%s=y\n", option);

	return text && strstr(text, line);
}

int kernel__check_options(const struct kernel *kernel)
{
	/* PID 1 comes in an initramfs, and all else of the guest on NVMe disks with ext4. */
	static const char *const needed[] = { "BLK_DEV_INITRD", "BLK_DEV_NVME", "EXT4_FS",
					      "DEVTMPFS", "PCI" };
	autofree char *missing = text__copy("");

	for (size_t i = 0; kernel->config && i < ARRAY_SIZE(needed); i++)
		if (!kernel__has_option(kernel, needed[i]))
			text__append(&missing, " CONFIG_%s=y", needed[i]);
	if (!*missing)
		return 0;
	return message__fail(EXIT_NO_KERNEL,
			     "cannot boot %s: its configuration %s lacks%s; add them and build it "
			     "again",
			     kernel->image, kernel->config, missing);
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
