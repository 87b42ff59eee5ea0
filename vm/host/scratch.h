/* SPDX-License-Identifier: GPL-2.0-only */
/* The temporary folder of a run, vm->scratch. */
#ifndef VM_HOST_SCRATCH_H
#define VM_HOST_SCRATCH_H

struct vmtest;

/**
 * scratch__make() - make vm->scratch, and remove the folders of dead launchers
 *
 * Return: 0 or an exit status.
 */
int scratch__make(struct vmtest *vm);

/** scratch__remove() - remove vm->scratch, if it exists */
void scratch__remove(struct vmtest *vm);

/** scratch__parent() - the folder that temporary folders are made in: $TMPDIR or /tmp */
const char *scratch__parent(void);

#endif
