/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Debian mirrors that the machine's own apt configuration names.
 */
#ifndef VM_KERNEL_MIRRORS_H
#define VM_KERNEL_MIRRORS_H

enum mirror_kind { MIRROR_ARCHIVE, MIRROR_SECURITY, MIRROR_KINDS };

/**
 * struct mirror - where packages come from
 * @uri: address, or NULL when there is none
 * @signed_by: path of the keyring, or NULL
 */
struct mirror {
	char *uri;
	char *signed_by;
};

/**
 * mirrors__find() - Read the machine's apt configuration.
 * @mirrors: one for each enum mirror_kind; to be freed with mirrors__free()
 */
void mirrors__find(struct mirror mirrors[MIRROR_KINDS]);

/**
 * mirrors__free() - Free what mirrors own.
 * @mirrors: the mirrors
 */
void mirrors__free(struct mirror mirrors[MIRROR_KINDS]);

#endif
