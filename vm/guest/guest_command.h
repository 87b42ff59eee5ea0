/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_GUEST_GUEST_COMMAND_H
#define VM_GUEST_GUEST_COMMAND_H

struct order;
struct channel;

/**
 * guest_command__run() - Run the command and carry its streams until it ends.
 * @channel: the channel to the launcher
 * @order: the command
 *
 * Return: its exit status, 128 + N after signal N.
 */
int guest_command__run(struct channel *channel, const struct order *order);

#endif
