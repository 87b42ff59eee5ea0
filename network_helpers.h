/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests with sockets: connected pairs on loopback, exact send and receive.
 *
 * Each wait ends when the awaited event happens or at the caller's deadline, in milliseconds (use
 * test__wait_timeout_ms()). It never just sleeps for a fixed time. Nothing here asserts: the test
 * decides what a negative errno means.
 */
#ifndef NETWORK_HELPERS_H
#define NETWORK_HELPERS_H

#include <stddef.h>
#include <stdint.h>

#include "network_namespaces.h"

#define RECV_MAX_PIECES 16

/*
 * The result of a receive. The sizes of the pieces are only for the failure text: a test that needs
 * certain sizes must call recv() itself.
 */
struct recv_pieces {
	size_t wanted_bytes;
	size_t received_bytes;
	unsigned int count;                 /* number of recv() calls that returned data */
	size_t size_bytes[RECV_MAX_PIECES]; /* sizes of the first pieces */
	unsigned int empty_wakeups;         /* number of times that poll() reported absent data */
	int waited_ms;
	int error; /* the return value of recv_exact() */
};

/**
 * connected_pair() - make two sockets that are connected to each other over loopback
 * @family: AF_INET or AF_INET6
 * @type: SOCK_STREAM or SOCK_DGRAM
 * @timeout_ms: deadline for the connection to be established on both ends
 * @fds: the two ends; both are blocking and close-on-exec, and the caller closes them
 *
 * The kernel picks both ports. The sockets of a datagram pair receive only from each other.
 *
 * Return: 0, or a negative errno; after an error @fds are -1.
 */
int connected_pair(int family, int type, int timeout_ms, int fds[2]);

/**
 * wait_readable() - wait until poll says that a descriptor is readable
 *
 * Return: 0, -ETIMEDOUT, or another negative errno.
 */
int wait_readable(int fd, int timeout_ms);

/**
 * recv_exact() - receive a given number of bytes
 * @fd: a connected socket, blocking or not
 * @buf: room for @len_bytes
 * @timeout_ms: one deadline for the whole receive
 * @pieces: describes what was received; filled in also after an error; may be NULL
 *
 * It waits in poll() and never in recv(): data can reach a socket by more than one queue, and a
 * recv() that sleeps on one queue may not see data that arrives on the other.
 *
 * Return: 0, -ETIMEDOUT, -ENODATA if the other end closed the stream before that, or another
 * negative errno.
 */
int recv_exact(int fd, void *buf, size_t len_bytes, int timeout_ms, struct recv_pieces *pieces);

/**
 * recv_pieces_text() - describe a receive, such as "2 of 10 bytes in 1 piece (2) ...", for a message
 *
 * Return: @text.
 */
const char *recv_pieces_text(const struct recv_pieces *pieces, char *text, size_t size_bytes);

/**
 * send_exact() - send a whole buffer; on a datagram socket, as one datagram
 *
 * Never raises SIGPIPE.
 *
 * Return: 0, -ETIMEDOUT, -EMSGSIZE for a datagram that was cut, or another negative errno.
 */
int send_exact(int fd, const void *buf, size_t len_bytes, int timeout_ms);

/**
 * socket_cookie() - get the cookie of a socket, which bpf_get_socket_cookie() returns to programs
 *
 * Return: the cookie, or 0 with errno; no socket has cookie 0.
 */
uint64_t socket_cookie(int fd);

#endif
