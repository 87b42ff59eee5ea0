/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands to a running QEMU, over its monitor (QMP: one JSON object a line, both ways). */
#ifndef VM_MACHINE_MONITOR_H
#define VM_MACHINE_MONITOR_H

#include <stdbool.h>

#include "vm/guest/channel.h"

struct json_object;

/**
 * struct monitor - the connection to QEMU's monitor
 * @fd: socket, or -1
 * @in: received bytes that are not yet a whole line
 * @is_open: QEMU has been told to leave the negotiation of capabilities
 */
struct monitor {
	int fd;
	struct queue in;
	bool is_open;
};

/**
 * monitor__call() - send a command and wait for its answer
 * @command: a command of QMP, such as "stop"
 * @arguments: arguments of the command, or NULL; released by this function
 * @error: on failure set to the reason, which the caller frees
 *
 * Return: 0, or -errno: -EREMOTEIO if QEMU refused the command, -ETIMEDOUT, -ENOTCONN.
 */
int monitor__call(struct monitor *monitor, const char *command, struct json_object *arguments,
		  char **error);

/**
 * monitor__wait_migrated() - wait until QEMU has saved or restored the guest
 *
 * QEMU must have been told to send migration events. @error and the result are as of
 * monitor__call().
 */
int monitor__wait_migrated(struct monitor *monitor, char **error);

/** monitor__tell() - send a command, and do not wait for its answer */
void monitor__tell(struct monitor *monitor, const char *command);

/** monitor__close() - close the socket and free the memory */
void monitor__close(struct monitor *monitor);

#endif
