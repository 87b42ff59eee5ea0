/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways in which the guest may get its disks.
 *
 * PID 1 tells the launcher the first way for which its kernel has the drivers, and the launcher
 * then plugs the disks in that way. So a guest without disks can be saved, and no configuration has
 * to be known. Disks of AHCI cannot be plugged: QEMU must have them from the start.
 */
#ifndef VM_GUEST_GUEST_DISKS_H
#define VM_GUEST_GUEST_DISKS_H

#include <stdbool.h>

/*
 * In the order of preference. The numbers are those of struct frame_disks. With DISKS_MEMORY the guest
 * has no disks: all its files are in the initramfs, and it sends its results at its end.
 */
enum disk_way {
	DISKS_NONE,
	DISKS_NVME,
	DISKS_VIRTIO_BLK,
	DISKS_VIRTIO_SCSI,
	DISKS_AHCI,
	DISKS_MEMORY,
	DISK_WAYS
};

/* A file of an initramfs that has all files of the guest. */
#define GUEST_MEMORY_MARK "/modules/all"

#define DISK_DRIVERS_MAX 2

/**
 * struct disk_driver - a driver that a way needs
 * @option: its option without CONFIG_
 * @module: its module, if the option is =m
 * @place: the folder that it has in sysfs
 */
struct disk_driver {
	const char *option;
	const char *module;
	const char *place;
};

/**
 * struct disk_way_facts - a way, besides VIRTIO_PCI, which the channel needs too
 * @name: name for messages
 * @drivers: its drivers, in the order in which they are loaded; the last option is NULL
 * @cold: QEMU must have the disks from the start
 */
struct disk_way_facts {
	const char *name;
	struct disk_driver drivers[DISK_DRIVERS_MAX + 1];
	bool cold;
};

/* The facts of each way; those of DISKS_NONE are empty. */
extern const struct disk_way_facts disk_ways[DISK_WAYS];

/**
 * guest_disks__choose() - find the first way for which this kernel has the drivers and the file
 *	system, and load them if they are modules
 *
 * If there is none, the reason is written to the console.
 *
 * Return: the way; DISKS_MEMORY if the kernel has the drivers of no other.
 */
enum disk_way guest_disks__choose(void);

/**
 * guest_disks__options() - name the options of all ways that have disks
 *
 * Return: a string that the caller frees.
 */
char *guest_disks__options(void);

/**
 * guest_disks__find() - find a disk by its serial number
 * @wanted: the serial number
 *
 * Return: the path of its device, which the caller frees; or NULL.
 */
char *guest_disks__find(const char *wanted);

#endif
