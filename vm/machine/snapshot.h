/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Saved guests: the state of a guest that has booted and waits for its order. A run that restores
 * one does not wait for a boot.
 *
 * A saved guest is kept in the image cache (vm/disk/image_cache.h). Its description has all that
 * the state depends on, so a restored guest is the one that a boot would lead to. The disks are not
 * part of it: they are plugged afterwards.
 */
#ifndef VM_MACHINE_SNAPSHOT_H
#define VM_MACHINE_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/disk/image_cache.h"

struct machine;
struct qemu;
struct vmtest;

/**
 * struct snapshot - a saved guest
 * @description: all that the state of the guest depends on, or NULL
 * @image: the state, if it was found
 */
struct snapshot {
	char *description;
	struct image image;
};

/* The initial value of a struct snapshot. */
#define SNAPSHOT_NONE ((struct snapshot){ .image = IMAGE_NONE })

/**
 * snapshot__find() - look for the saved guest of a machine
 * @machine: the machine
 * @initramfs_hash: hash of the initramfs
 * @snapshot: filled in; free it, also after an error
 *
 * A saved guest that is damaged is removed, with a warning.
 *
 * Return: 0 or an exit status.
 */
int snapshot__find(struct vmtest *vm, const struct machine *machine, uint64_t initramfs_hash,
		   struct snapshot *snapshot);

/** snapshot__is_found() - whether there is a guest to restore */
bool snapshot__is_found(const struct snapshot *snapshot);

/**
 * snapshot__save() - save a guest that waits for its order, and let it go on
 *
 * If this fails, the user is told, and the run goes on.
 */
void snapshot__save(struct vmtest *vm, struct snapshot *snapshot, struct qemu *qemu);

/** snapshot__discard() - remove a saved guest that cannot be restored */
void snapshot__discard(struct vmtest *vm, struct snapshot *snapshot);

void snapshot__free(struct snapshot *snapshot);

#endif
