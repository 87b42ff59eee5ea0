/* SPDX-License-Identifier: GPL-2.0-only */
/* The temporary folder of a run, vm->scratch. */
#ifndef VM_HOST_SCRATCH_H
#define VM_HOST_SCRATCH_H

struct vmtest;

/** scratch__make() - make it, unless it is there, and remove those of dead launchers; 0 or an exit
 * status */
int scratch__make(struct vmtest *vm);

/** scratch__remove() - remove it, if it is there */
void scratch__remove(struct vmtest *vm);

/** scratch__parent() - the folder that temporary folders are made in: $TMPDIR or /tmp */
const char *scratch__parent(void);

#endif
