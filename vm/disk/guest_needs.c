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
	{ "VIRTIO_PCI", "virtio_pci" },
	{ "VIRTIO_CONSOLE", "virtio_console" },
};

/*
 * Return: true if the kernel has the option. If it is a module whose file is not found, @lost_module
 * is set.
 */
static bool has(const struct kernel *kernel, const char *option, const char *module,
		bool *lost_module)
{
	enum kernel_option value = kernel__option(kernel, option);
	autowords struct words files = {};

	if (value == OPTION_MODULE && module) {
		if (module_files__add(kernel, module, &files))
			return true;
		*lost_module = true;
		return false;
	}
	return value != OPTION_UNSET;
}

static bool has_way(const struct kernel *kernel, enum disk_way way, bool *lost_module)
{
	for (const struct disk_driver *driver = disk_ways[way].drivers; driver->option; driver++)
		if (!has(kernel, driver->option, driver->module, lost_module))
			return false;
	return true;
}

/* Return: the first way that the kernel has; DISKS_NONE if it has none. */
static enum disk_way first_way(const struct kernel *kernel, bool *lost_module)
{
	for (enum disk_way way = DISKS_NONE + 1; way < DISKS_MEMORY; way++)
		if (has_way(kernel, way, lost_module))
			return way;
	return DISKS_NONE;
}

/* Refuse the kernel, with all that it lacks. */
static int refuse(const struct kernel *kernel, const char *missing, bool lost_module)
{
	return message__fail(EXIT_NO_KERNEL,
			     "cannot boot %s: its configuration %s lacks%s; add them and build it "
			     "again%s",
			     kernel->image, kernel->config, missing,
			     lost_module ? " (some are modules, but their files are not found)" :
					   "");
}

int guest_needs__check(const struct kernel *kernel, enum disk_way *cold_disks)
{
	autofree char *missing = text__copy(""), *disks = text__copy(""), *options = NULL;
	bool lost_module = false;
	enum disk_way way;

	*cold_disks = DISKS_NONE;
	if (!kernel->config)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!has(kernel, needed[i].option, needed[i].module, &lost_module))
			text__append(&missing, " CONFIG_%s=y", needed[i].option);
	if (!has(kernel, "EXT4_FS", "ext4", &lost_module))
		text__append(&disks, " CONFIG_EXT4_FS=y");
	way = first_way(kernel, &lost_module);
	if (way == DISKS_NONE) {
		options = guest_disks__options();
		text__append(&disks, "%s a driver for disks (%s)", *disks ? ", and" : "", options);
	}
	if (*missing) {
		text__append(&missing, "%s%s", *disks ? ", and" : "", disks);
		return refuse(kernel, missing, lost_module);
	}
	*cold_disks = *disks ? DISKS_MEMORY : disk_ways[way].cold ? way : DISKS_NONE;
	if (*disks)
		message__warn(
			"the guest has all files in its memory, and a panic loses its results, because "
			"%s lacks%s",
			kernel->config, disks);
	return 0;
}
