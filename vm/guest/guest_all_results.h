/* SPDX-License-Identifier: GPL-2.0-only */
/* Sends all results of a guest without disks to the launcher, when the command has ended. */
#ifndef VM_GUEST_GUEST_ALL_RESULTS_H
#define VM_GUEST_GUEST_ALL_RESULTS_H

struct channel;

/**
 * guest_all_results__send() - send all files below GUEST_RESULTS_FOLDER
 *
 * For each file a FRAME_FILE with its path below that folder, then its bytes in FRAME_BYTES.
 */
void guest_all_results__send(struct channel *channel);

#endif
