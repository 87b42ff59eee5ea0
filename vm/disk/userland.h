/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_DISK_USERLAND_H
#define VM_DISK_USERLAND_H

struct vmtest;
struct staging;

/**
 * userland__add() - Bring commands and the shared libraries of all programs into the guest.
 * @vm: context
 * @staging: the staging folder
 * @command: the command's first word
 *
 * Return: 0 or an exit status.
 */
int userland__add(struct vmtest *vm, struct staging *staging, const char *command);

#endif
