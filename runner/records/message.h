/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages over a SOCK_SEQPACKET socket, each with an optional descriptor. The receiver of a
 * request answers it by closing the descriptor that came along.
 */
#ifndef RUNNER_RECORDS_MESSAGE_H
#define RUNNER_RECORDS_MESSAGE_H

#include <stddef.h>
#include <sys/types.h>

/**
 * message__send() - send a message
 * @passed_fd: a descriptor to send along, which the caller keeps; -1: none
 * @flags: flags of sendmsg(2); MSG_NOSIGNAL is added
 *
 * Safe in signal handlers, and in several threads at the same time.
 *
 * Return: 0 or a negative errno.
 */
int message__send(int socket_fd, const void *message, size_t len_bytes, int passed_fd, int flags);

/**
 * message__receive() - receive a message, with the return value and errno of recvmsg(2)
 * @passed_fd: set to the descriptor that came along, which is close-on-exec and belongs to the
 *	caller; -1: none
 */
ssize_t message__receive(int socket_fd, void *message, size_t size_bytes, int *passed_fd,
			 int flags);

/**
 * message__answer() - answer a message: write to the descriptor that came with it, and close it
 */
void message__answer(int passed_fd);

#endif
