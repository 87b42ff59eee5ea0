/* SPDX-License-Identifier: GPL-2.0-only */
/* The programs and libraries of the host that the guest gets. */
#ifndef VM_DISK_USERLAND_H
#define VM_DISK_USERLAND_H

struct vmtest;
struct staging;

/**
 * userland__add() - bring the commands and the shared libraries of all programs into the guest
 * @command: first word of the command that will run in the guest
 *
 * Return: 0 or an exit status.
 */
int userland__add(struct vmtest *vm, struct staging *staging, const char *command);

#endif
