/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs the command in the guest. */
#ifndef VM_GUEST_GUEST_COMMAND_H
#define VM_GUEST_GUEST_COMMAND_H

struct order;
struct channel;

/**
 * guest_command__run() - run the command and carry its streams over the channel until it ends
 *
 * Return: the exit status of the command, 128 + N after signal N.
 */
int guest_command__run(struct channel *channel, const struct order *order);

#endif
