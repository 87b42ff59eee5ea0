// SPDX-License-Identifier: GPL-2.0-only
/* Checks the descriptors, and keeps them from tests. Sends and receives nothing. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/command_line/machine_sockets.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/number.h"

#define PEERS_NAME "TEST_PEERS"
#define HEAD_NAME  "TEST_HEAD"
#define FD_MAX     (INT_MAX / 10 - 1)

static char *take_variable(const char *name)
{
	const char *value = getenv(name);
	char *copy = value && *value ? strdup(value) : NULL;

	unsetenv(name);
	return copy;
}

/* Return: the descriptor, or a negative errno with a message. */
static int take_fd(const char *name, const char *text, size_t len, char *error, size_t size_bytes)
{
	int fd = number__parse(text, len, STDERR_FILENO + 1, FD_MAX), flags;

	if (fd < 0) {
		snprintf(error, size_bytes,
			 "%s has '%.*s', which is not the number of a descriptor above %d", name,
			 (int)len, text, STDERR_FILENO);
		return -EINVAL;
	}
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || (flags & O_ACCMODE) != O_RDWR) {
		snprintf(error, size_bytes,
			 "%s has descriptor %d, which is %s: it must be an open stream socket, or "
			 "another stream in both directions",
			 name, fd, flags < 0 ? "not open" : "not open for reading and writing");
		return -EBADF;
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

static int take_head(struct machine_sockets *sockets, char *error, size_t size_bytes)
{
	autofree char *text = take_variable(HEAD_NAME);
	int fd = text ? take_fd(HEAD_NAME, text, strlen(text), error, size_bytes) : 0;

	if (fd < 0)
		return fd;
	sockets->head_fd = fd;
	return 0;
}

static int add_peer(struct machine_sockets *sockets, int fd, char *error, size_t size_bytes)
{
	int i;

	for (i = 0; i < sockets->peers_cnt; i++) {
		if (sockets->peer_fds[i] != fd)
			continue;
		snprintf(error, size_bytes,
			 PEERS_NAME " has descriptor %d twice: each peer has its own", fd);
		return -EINVAL;
	}
	if (sockets->peers_cnt == PEERS_MAX) {
		snprintf(error, size_bytes, PEERS_NAME " has more than %d descriptors", PEERS_MAX);
		return -E2BIG;
	}
	sockets->peer_fds[sockets->peers_cnt++] = fd;
	return 0;
}

static int take_peers(struct machine_sockets *sockets, char *error, size_t size_bytes)
{
	autofree char *text = take_variable(PEERS_NAME);
	char *at = text;
	int fd, err = 0;

	while (at && !err) {
		size_t len = strcspn(at, ",");

		fd = take_fd(PEERS_NAME, at, len, error, size_bytes);
		err = fd < 0 ? fd : add_peer(sockets, fd, error, size_bytes);
		at = at[len] ? at + len + 1 : NULL;
	}
	return err;
}

int machine_sockets__take(struct machine_sockets *sockets, char *error, size_t size_bytes)
{
	int err = take_head(sockets, error, size_bytes);

	err = take_peers(sockets, error, size_bytes) ?: err;
	if (!err && sockets->head_fd && sockets->peers_cnt) {
		snprintf(error, size_bytes,
			 PEERS_NAME " and " HEAD_NAME " are both set: a runner is either the head "
				    "or a peer");
		err = -EINVAL;
	}
	return err;
}
