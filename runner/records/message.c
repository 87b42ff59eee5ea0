// SPDX-License-Identifier: GPL-2.0-only
/* Sends and receives messages with at most one descriptor. All buffers are on the stack. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner/records/message.h"

union ancillary {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int message__send(int socket_fd, const void *message, size_t len_bytes, int passed_fd, int flags)
{
	struct iovec piece = { .iov_base = (void *)message, .iov_len = len_bytes };
	struct msghdr header = { .msg_iov = &piece, .msg_iovlen = 1 };
	union ancillary control = {};
	ssize_t n;

	if (passed_fd >= 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &passed_fd, sizeof(int));
		header.msg_control = &control;
		header.msg_controllen = sizeof(control);
	}
	do {
		n = sendmsg(socket_fd, &header, flags | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

ssize_t message__receive(int socket_fd, void *message, size_t size_bytes, int *passed_fd, int flags)
{
	union ancillary control;
	struct iovec piece = { .iov_base = message, .iov_len = size_bytes };
	struct msghdr header = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *came;
	ssize_t n;

	*passed_fd = -1;
	n = recvmsg(socket_fd, &header, flags | MSG_CMSG_CLOEXEC);
	came = n < 0 ? NULL : CMSG_FIRSTHDR(&header);
	if (came && came->cmsg_level == SOL_SOCKET && came->cmsg_type == SCM_RIGHTS &&
	    came->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(passed_fd, CMSG_DATA(came), sizeof(int));
	return n;
}

/*
 * Closing the descriptor would be enough as an answer, unless a process that was forked meanwhile
 * holds a copy of this end of the pipe. A byte is therefore written as well.
 */
void message__answer(int passed_fd)
{
	if (passed_fd < 0)
		return;
	if (write(passed_fd, "", 1) != 1)
		errno = 0;
	close(passed_fd);
}
