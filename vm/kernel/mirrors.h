/* SPDX-License-Identifier: GPL-2.0-only */
/* The Debian mirrors in the machine's own apt configuration. */
#ifndef VM_KERNEL_MIRRORS_H
#define VM_KERNEL_MIRRORS_H

enum mirror_kind { MIRROR_ARCHIVE, MIRROR_SECURITY, MIRROR_KINDS };

struct mirror {
	char *uri;       /* address of the mirror; NULL: there is no mirror of this kind */
	char *signed_by; /* path of the mirror's keyring, or NULL */
};

/** mirrors__find() - read the machine's apt configuration */
void mirrors__find(struct mirror mirrors[MIRROR_KINDS]);
void mirrors__free(struct mirror mirrors[MIRROR_KINDS]);

#endif
