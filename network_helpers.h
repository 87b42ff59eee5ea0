/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests with sockets: connected pairs on loopback, exact send and receive.
 *
 * Every wait has one deadline, given by the caller in milliseconds (test__wait_timeout_ms() is
 * the one to use), and ends with what it waited for, never after a fixed time. Nothing here
 * asserts: a test decides what a negative errno means to it.
 */
#ifndef NETWORK_HELPERS_H
#define NETWORK_HELPERS_H

#include <stddef.h>
#include <stdint.h>

#include "network_namespaces.h"

#define RECV_MAX_PIECES 16

/*
 * The result of a receive. Sizes of pieces are for the failure text: a protocol that promises
 * them is checked by a receive of its own.
 */
struct recv_pieces {
	size_t wanted_bytes;
	size_t received_bytes;
	unsigned int count;                 /* of receives that returned data */
	size_t size_bytes[RECV_MAX_PIECES]; /* of the first RECV_MAX_PIECES of them */
	unsigned int empty_wakeups;         /* readable according to poll, nothing there */
	int waited_ms;
	int error; /* 0 or a negative errno, as recv_exact() returned it */
};

/**
 * connected_pair() - two sockets connected to each other over loopback
 * @family: AF_INET or AF_INET6
 * @type: SOCK_STREAM or SOCK_DGRAM
 * @timeout_ms: deadline for the connection to be established on both ends
 * @fds: the two ends; both are blocking, close-on-exec, and the caller's to close
 *
 * The kernel picks both ports. A datagram pair receives from each other only.
 *
 * Return: 0, or a negative errno; @fds are -1 then.
 */
int connected_pair(int family, int type, int timeout_ms, int fds[2]);

/**
 * wait_readable() - wait until poll says that a descriptor is readable
 *
 * Return: 0, -ETIMEDOUT, or another negative errno.
 */
int wait_readable(int fd, int timeout_ms);

/**
 * recv_exact() - receive until a number of bytes is there
 * @fd: a connected socket, blocking or not
 * @buf: room for @len_bytes
 * @timeout_ms: one deadline for all of it
 * @pieces: what came, and how; filled in whatever happens; may be NULL
 *
 * Never blocks inside the receive itself: data can reach a socket by more than one queue, and a
 * receive that sleeps on one of them need not see what comes by the other.
 *
 * Return: 0, -ETIMEDOUT, -ENODATA when the other end closed the stream before that, or another
 * negative errno.
 */
int recv_exact(int fd, void *buf, size_t len_bytes, int timeout_ms, struct recv_pieces *pieces);

/**
 * recv_pieces_text() - "2 of 10 bytes in 1 piece (2) ..." for a failure message
 *
 * Return: @text.
 */
const char *recv_pieces_text(const struct recv_pieces *pieces, char *text, size_t size_bytes);

/**
 * send_exact() - send all of a buffer; on a datagram socket, as one datagram
 *
 * Never raises SIGPIPE.
 *
 * Return: 0, -ETIMEDOUT, -EMSGSIZE for a datagram that was cut, or another negative errno.
 */
int send_exact(int fd, const void *buf, size_t len_bytes, int timeout_ms);

/**
 * socket_cookie() - the number by which BPF programs know a socket (bpf_get_socket_cookie)
 *
 * Return: the cookie, or 0 with errno; no socket has cookie 0.
 */
uint64_t socket_cookie(int fd);

#endif
