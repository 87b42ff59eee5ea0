/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The temporary folder of a run.
 */
#ifndef VM_HOST_SCRATCH_H
#define VM_HOST_SCRATCH_H

#include "vm/host/vmtest.h"

/**
 * scratch_make() - Make the temporary folder and remove those of dead launchers.
 * @vm: context; scratch and scratch_fd are set
 *
 * Return: 0 or an exit status.
 */
int scratch_make(struct vmtest *vm);

/**
 * scratch_remove() - Remove the temporary folder.
 * @vm: context
 */
void scratch_remove(struct vmtest *vm);

/**
 * scratch_parent() - The folder that temporary folders are made in.
 *
 * Return: $TMPDIR or /tmp.
 */
const char *scratch_parent(void);

#endif
