/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The modules that PID 1 loads from the initramfs: its channel to the launcher, disks, and ext4.
 *
 * The launcher puts each of them that the kernel has into the initramfs, together with those that it
 * needs. The file GUEST_MODULES_LIST has a line for each: its name, then the files below
 * GUEST_MODULES_FOLDER in the order in which they are to be loaded.
 */
#ifndef VM_GUEST_GUEST_MODULES_H
#define VM_GUEST_GUEST_MODULES_H

#define GUEST_MODULES_FOLDER "/modules"
#define GUEST_MODULES_LIST   GUEST_MODULES_FOLDER "/list"

/* The modules of the channel, and of the disks' file system. */
#define GUEST_CHANNEL_MODULES "virtio_pci virtio_console"
#define GUEST_EXT4_MODULES    "crc32c_generic ext4"

/**
 * guest_modules__load() - load modules that the initramfs has
 * @names: names, separated by blanks; a name that the initramfs does not have is skipped
 *
 * A module that cannot be loaded is reported on the console.
 */
void guest_modules__load(const char *names);

#endif
