// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks a kernel's configuration before anything is made for a guest.
 *
 * PID 1 comes in an initramfs, and all else of the guest on disks with ext4. An option may be built
 * in, or a module that the initramfs can have.
 */
#include <stdbool.h>
#include <stddef.h>

#include "runner/text/cleanup.h"
#include "vm/disk/guest_needs.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/text.h"
#include "vm/host/words.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/module_files.h"

static const struct {
	const char *option;
	const char *module; /* or NULL if the option has no module */
} needed[] = {
	{ "BLK_DEV_INITRD", NULL },
	{ "DEVTMPFS", NULL },
	{ "PCI", NULL },
	{ "EXT4_FS", "ext4" },
	{ "VIRTIO_PCI", "virtio_pci" },
	{ "VIRTIO_CONSOLE", "virtio_console" },
};

/* What a kernel lacks. */
struct lack {
	char *options; /* the options that all ways need */
	bool modules;  /* one of the missing options is a module whose file was not found */
};

/* Return: true if the kernel has the option, or may have it. */
static bool has(const struct kernel *kernel, const char *option, const char *module,
		struct lack *lack)
{
	enum kernel_option value = kernel__option(kernel, option);
	autowords struct words files = {};

	if (value == OPTION_MODULE && module) {
		if (module_files__add(kernel, module, &files))
			return true;
		lack->modules = true;
		return false;
	}
	return value != OPTION_UNSET;
}

static bool has_way(const struct kernel *kernel, enum disk_way way, struct lack *lack)
{
	for (const struct disk_driver *driver = disk_ways[way].drivers; driver->option; driver++)
		if (!has(kernel, driver->option, driver->module, lack))
			return false;
	return true;
}

/* Return: the first way that the kernel has; DISKS_NONE if it has none. */
static enum disk_way first_way(const struct kernel *kernel, struct lack *lack)
{
	for (enum disk_way way = DISKS_NONE + 1; way < DISK_WAYS; way++)
		if (has_way(kernel, way, lack))
			return way;
	return DISKS_NONE;
}

static void append_ways(char **text)
{
	for (enum disk_way way = DISKS_NONE + 1; way < DISK_WAYS; way++) {
		text__append(text, "%s", way > DISKS_NONE + 1 ? " or" : "");
		for (const struct disk_driver *driver = disk_ways[way].drivers; driver->option;
		     driver++)
			text__append(text, " CONFIG_%s=y", driver->option);
	}
}

int guest_needs__check(const struct kernel *kernel, enum disk_way *cold_disks)
{
	struct lack lack = {};
	autofree char *missing = text__copy("");
	enum disk_way way;

	for (size_t i = 0; kernel->config && i < ARRAY_SIZE(needed); i++)
		if (!has(kernel, needed[i].option, needed[i].module, &lack))
			text__append(&missing, " CONFIG_%s=y", needed[i].option);
	way = kernel->config ? first_way(kernel, &lack) : DISKS_NONE;
	*cold_disks = disk_ways[way].cold ? way : DISKS_NONE;
	if (kernel->config && way == DISKS_NONE) {
		text__append(&missing, "%s a driver for disks:", *missing ? ", and" : "");
		append_ways(&missing);
	}
	if (!*missing)
		return 0;
	return message__fail(EXIT_NO_KERNEL,
			     "cannot boot %s: its configuration %s lacks%s; %s them and build it "
			     "again%s",
			     kernel->image, kernel->config, missing, way ? "add" : "add one of",
			     lack.modules ? " (some are modules, but their files are not found)" :
					    "");
}
