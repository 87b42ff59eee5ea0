/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The connections to the other machines of a run, which vmtest names in the environment:
 *
 *   TEST_PEERS=FD[,FD...]   this runner is the head: a socket for each peer
 *   TEST_HEAD=FD            this runner is a peer
 */
#ifndef RUNNER_COMMAND_LINE_MACHINE_SOCKETS_H
#define RUNNER_COMMAND_LINE_MACHINE_SOCKETS_H

#include <stddef.h>

#define PEERS_MAX 64

struct machine_sockets {
	int head_fd; /* of a peer: the socket to the head; 0: this is no peer */
	int peer_fds[PEERS_MAX];
	int peers_cnt; /* of the head: number of peers */
};

/**
 * machine_sockets__take() - read the variables and remove them from the environment, and let exec()
 *	close the descriptors
 * @error: receives a message, without newline
 *
 * Return: 0 or a negative errno.
 */
int machine_sockets__take(struct machine_sockets *sockets, char *error, size_t size_bytes);

#endif
