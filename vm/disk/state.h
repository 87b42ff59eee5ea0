/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The history of test_progs, which goes into a guest with the results disk, and comes back.
 *
 * In the guest it is where test_progs looks for it: in the user's folder for state, which is
 * GUEST_STATE. The cache has a history for each kind of guest: if a guest with other options for
 * the kernel does not reach a subtest, that is no failure.
 */
#ifndef VM_DISK_STATE_H
#define VM_DISK_STATE_H

#include "vm/guest/order.h"

#define GUEST_STATE_NAME ".state"
#define GUEST_STATE      GUEST_RESULTS_FOLDER "/" GUEST_STATE_NAME

struct vmtest;

/**
 * state__put() - write the history, if there is one, to a results disk
 * @kind: all that distinguishes a kind of guest
 *
 * Return: 0 or an exit status.
 */
int state__put(struct vmtest *vm, const char *kind, const char *image);

/** state__take() - keep the history of a results disk that the guest has unmounted */
void state__take(struct vmtest *vm, const char *kind, const char *image);

#endif
