// SPDX-License-Identifier: GPL-2.0-only
/* Chooses the way in which the guest gets its disks, and finds the disks. */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/text_file.h"
#include "vm/guest/guest_disks.h"
#include "vm/guest/guest_log.h"
#include "vm/guest/guest_modules.h"
#include "vm/host/text.h"
#include "vm/host/words.h"

/* The page with the serial number of a SCSI disk begins with a header of this length (SPC-4). */
#define VPD_HEADER_BYTES 4
#define VPD_BYTES_MAX    256

#define SCSI_DISK { "BLK_DEV_SD", "sd_mod", "/sys/bus/scsi/drivers/sd" }

const struct disk_way_facts disk_ways[DISK_WAYS] = {
	[DISKS_NVME] = { "NVMe",
			 { { "BLK_DEV_NVME", "nvme", "/sys/bus/pci/drivers/nvme" } },
			 false },
	[DISKS_VIRTIO_BLK] = { "virtio-blk",
			       { { "VIRTIO_BLK", "virtio_blk",
				   "/sys/bus/virtio/drivers/virtio_blk" } },
			       false },
	[DISKS_VIRTIO_SCSI] = { "virtio-scsi",
				{ { "SCSI_VIRTIO", "virtio_scsi",
				    "/sys/bus/virtio/drivers/virtio_scsi" },
				  SCSI_DISK },
				false },
	[DISKS_AHCI] = { "AHCI",
			 { { "SATA_AHCI", "ahci", "/sys/bus/pci/drivers/ahci" }, SCSI_DISK },
			 true },
	[DISKS_MEMORY] = { "memory", {}, true },
};

static bool has_driver(const struct disk_driver *driver)
{
	return !access(driver->place, F_OK);
}

static bool has_way(const struct disk_way_facts *facts)
{
	for (const struct disk_driver *driver = facts->drivers; driver->option; driver++) {
		if (!has_driver(driver))
			guest_modules__load(driver->module);
		if (!has_driver(driver))
			return false;
	}
	return true;
}

static bool has_ext4(void)
{
	autofree char *list = text_file__read("/proc/filesystems");

	return list && strstr(list, "\text4\n");
}

/* Add the parameters of the kernel's command line that keep drivers out. */
static void append_blacklists(char **reason)
{
	static const char *const parameters[] = { "initcall_blacklist=", "module_blacklist=",
						  "modprobe.blacklist=" };
	autofree char *line = text_file__read("/proc/cmdline");
	autowords struct words words = {};

	words__split(&words, line ? line : "", " \n");
	for (size_t i = 0; i < words.count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(parameters); j++)
			if (text__starts_with(words.v[i], parameters[j]))
				text__append(reason, "; its command line has %s", words.v[i]);
}

char *guest_disks__options(void)
{
	char *text = text__copy("");

	for (enum disk_way way = DISKS_NONE + 1; way < DISKS_MEMORY; way++) {
		const struct disk_driver *drivers = disk_ways[way].drivers;

		text__append(&text, "%s", way == DISKS_NONE + 1 ? "" : ", or ");
		for (size_t i = 0; drivers[i].option; i++)
			text__append(&text, "%sCONFIG_%s", i ? " with " : "", drivers[i].option);
	}
	return text;
}

/* Tell why there will be no disks. */
static void tell_lack(void)
{
	autofree char *options = guest_disks__options();
	autofree char *reason = text__format("the kernel has no driver for disks (%s)", options);

	append_blacklists(&reason);
	guest_log__say("%s", reason);
}

enum disk_way guest_disks__choose(void)
{
	if (!access(GUEST_MEMORY_MARK, F_OK))
		return DISKS_MEMORY;
	if (!has_ext4())
		guest_modules__load(GUEST_EXT4_MODULES);
	if (!has_ext4()) {
		guest_log__say(
			"the kernel has no ext4, the file system of the disks (CONFIG_EXT4_FS)");
		return DISKS_MEMORY;
	}
	for (enum disk_way way = DISKS_NONE + 1; way < DISKS_MEMORY; way++)
		if (has_way(&disk_ways[way]))
			return way;
	tell_lack();
	return DISKS_MEMORY;
}

/* NVMe has the serial number in device/, virtio-blk beside it. */
static const char *const serial_places[] = { "device/serial", "serial" };

static bool has_text(const char *path, const char *wanted)
{
	autofree char *text = text_file__read(path);

	return text && !strcmp(text__trim(text), wanted);
}

/* SCSI disks, and the kernel for those of AHCI, have the serial number in a page of binary data. */
static bool has_scsi_serial(const char *name, const char *wanted)
{
	autofree char *path = text__format("/sys/block/%s/device/vpd_pg80", name);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	char page[VPD_BYTES_MAX];
	ssize_t n = fd < 0 ? -1 : read(fd, page, sizeof(page));

	return n > VPD_HEADER_BYTES &&
	       memmem(page + VPD_HEADER_BYTES, n - VPD_HEADER_BYTES, wanted, strlen(wanted));
}

static bool has_serial(const char *name, const char *wanted)
{
	for (size_t i = 0; i < ARRAY_SIZE(serial_places); i++) {
		autofree char *path = text__format("/sys/block/%s/%s", name, serial_places[i]);

		if (has_text(path, wanted))
			return true;
	}
	return has_scsi_serial(name, wanted);
}

char *guest_disks__find(const char *wanted)
{
	DIR *dir = opendir("/sys/block");
	struct dirent *entry;
	char *found = NULL;

	while (dir && !found && (entry = readdir(dir)))
		if (*entry->d_name != '.' && has_serial(entry->d_name, wanted))
			found = text__format("/dev/%s", entry->d_name);
	if (dir)
		closedir(dir);
	return found;
}
