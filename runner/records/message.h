/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages over a socket of packets, each with a descriptor if one is to go along. Who is asked for
 * something by such a message answers by closing that descriptor.
 */
#ifndef RUNNER_RECORDS_MESSAGE_H
#define RUNNER_RECORDS_MESSAGE_H

#include <stddef.h>
#include <sys/types.h>

/**
 * message__send() - send a message
 * @passed_fd: goes along, and stays the caller's as well; -1: none
 * @flags: of sendmsg(2); MSG_NOSIGNAL is added
 *
 * Safe in signal handlers, and in threads at once.
 *
 * Return: 0 or a negative errno.
 */
int message__send(int socket_fd, const void *message, size_t len_bytes, int passed_fd, int flags);

/**
 * message__receive() - as recv(2), with errno
 * @passed_fd: set to the descriptor that came along, close-on-exec and the caller's; -1: none
 */
ssize_t message__receive(int socket_fd, void *message, size_t size_bytes, int *passed_fd,
			 int flags);

/** message__answer() - answer the message that a descriptor came with, and close that */
void message__answer(int passed_fd);

#endif
