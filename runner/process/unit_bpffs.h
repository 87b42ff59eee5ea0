/* SPDX-License-Identifier: GPL-2.0-only */
/* The bpffs of a test. */
#ifndef RUNNER_PROCESS_UNIT_BPFFS_H
#define RUNNER_PROCESS_UNIT_BPFFS_H

#include "runner/process/unit.h"

/**
 * unit__prepare_bpffs() - open an empty bpffs, mounted nowhere, in unit->bpffs, if the test gets one
 *
 * Without one, which is no error, the test mounts a new bpffs itself.
 */
void unit__prepare_bpffs(struct unit *unit);

#endif
