// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers for tests with sockets, see network_helpers.h.
 *
 * Uses sockets on loopback in the network namespace of the caller. Does not assert or print, and
 * leaves no descriptor open after an error.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "network_helpers.h"

static long long monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Polls once even after the deadline, because an event that has happened counts even if late. */
static int wait_for_events(int fd, short events, long long deadline_ms)
{
	struct pollfd pollfd = { .fd = fd, .events = events };
	long long left_ms;
	int ready;

	do {
		left_ms = deadline_ms - monotonic_ms();
		ready = poll(&pollfd, 1, left_ms > 0 ? left_ms : 0);
	} while (ready < 0 && errno == EINTR);

	if (ready < 0)
		return -errno;
	if (!ready)
		return -ETIMEDOUT;
	return pollfd.revents & POLLNVAL ? -EBADF : 0;
}

int wait_readable(int fd, int timeout_ms)
{
	return wait_for_events(fd, POLLIN, monotonic_ms() + timeout_ms);
}

static bool is_stream(int fd)
{
	socklen_t size = sizeof(int);
	int type = 0;

	return !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) && type == SOCK_STREAM;
}

/*
 * poll() may report a socket as readable before its data is on the queue that recv() reads: TCP in
 * a sockmap counts bytes as unread while the verdict program handles them (since 6.4). poll() then
 * returns at once, so only this pause lets a thread of lower priority run.
 */
static void pause_1_ms(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static int receive_pieces(int fd, char *buf, long long deadline_ms, struct recv_pieces *pieces)
{
	bool stream = is_stream(fd);
	ssize_t got;
	int err;

	while (pieces->received_bytes < pieces->wanted_bytes) {
		err = wait_for_events(fd, POLLIN, deadline_ms);
		if (err)
			return err;

		got = recv(fd, buf + pieces->received_bytes,
			   pieces->wanted_bytes - pieces->received_bytes, MSG_DONTWAIT);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (got < 0) {
			pieces->empty_wakeups++;
			if (monotonic_ms() >= deadline_ms)
				return -ETIMEDOUT;
			pause_1_ms();
			continue;
		}
		if (!got && stream)
			return -ENODATA;

		if (pieces->count < RECV_MAX_PIECES)
			pieces->size_bytes[pieces->count] = got;
		pieces->count++;
		pieces->received_bytes += got;
	}
	return 0;
}

int recv_exact(int fd, void *buf, size_t len_bytes, int timeout_ms, struct recv_pieces *pieces)
{
	struct recv_pieces unwanted;
	long long start_ms = monotonic_ms();

	if (!pieces)
		pieces = &unwanted;
	*pieces = (struct recv_pieces){ .wanted_bytes = len_bytes };
	pieces->error = receive_pieces(fd, buf, start_ms + timeout_ms, pieces);
	pieces->waited_ms = monotonic_ms() - start_ms;
	return pieces->error;
}

/* Appends the part that fits; the text stays terminated. */
static void __attribute__((format(printf, 3, 4))) append(char *text, size_t size_bytes,
							 const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + used, size_bytes - used, fmt, args);
	va_end(args);
}

const char *recv_pieces_text(const struct recv_pieces *pieces, char *text, size_t size_bytes)
{
	unsigned int shown = pieces->count < RECV_MAX_PIECES ? pieces->count : RECV_MAX_PIECES;

	snprintf(text, size_bytes, "%zu of %zu bytes in %u piece%s", pieces->received_bytes,
		 pieces->wanted_bytes, pieces->count, pieces->count == 1 ? "" : "s");
	for (unsigned int i = 0; i < shown; i++)
		append(text, size_bytes, "%s%zu", i ? " + " : " (", pieces->size_bytes[i]);
	if (shown)
		append(text, size_bytes, "%s)", pieces->count > shown ? " + ..." : "");
	append(text, size_bytes, ", %u empty wakeup%s, %d ms: %s", pieces->empty_wakeups,
	       pieces->empty_wakeups == 1 ? "" : "s", pieces->waited_ms,
	       pieces->error ? strerrorname_np(-pieces->error) : "complete");
	return text;
}

int send_exact(int fd, const void *buf, size_t len_bytes, int timeout_ms)
{
	long long deadline_ms = monotonic_ms() + timeout_ms;
	bool stream = is_stream(fd);
	size_t sent_bytes = 0;
	ssize_t sent;
	int err;

	do {
		sent = send(fd, (const char *)buf + sent_bytes, len_bytes - sent_bytes,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (sent < 0) {
			err = wait_for_events(fd, POLLOUT, deadline_ms);
			if (err)
				return err;
			continue;
		}
		sent_bytes += sent;
		if (!stream)
			return sent_bytes == len_bytes ? 0 : -EMSGSIZE;
	} while (sent_bytes < len_bytes);
	return 0;
}

uint64_t socket_cookie(int fd)
{
	uint64_t cookie = 0;
	socklen_t size = sizeof(cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size))
		return 0;
	return cookie;
}

/* Returns a socket bound to loopback and a port that the kernel picks; @addr gets its address. */
static int bound_socket(int family, int type, struct sockaddr_storage *addr, socklen_t *len)
{
	int fd, err;

	memset(addr, 0, sizeof(*addr));
	addr->ss_family = family;
	if (family == AF_INET) {
		((struct sockaddr_in *)addr)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		*len = sizeof(struct sockaddr_in);
	} else if (family == AF_INET6) {
		((struct sockaddr_in6 *)addr)->sin6_addr = in6addr_loopback;
		*len = sizeof(struct sockaddr_in6);
	} else {
		return -EAFNOSUPPORT;
	}

	fd = socket(family, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)addr, *len) ||
	    getsockname(fd, (struct sockaddr *)addr, len)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

static int connect_datagram_pair(int fds[2], const struct sockaddr_storage addrs[2], socklen_t len)
{
	for (int i = 0; i < 2; i++)
		if (connect(fds[i], (const struct sockaddr *)&addrs[!i], len))
			return -errno;
	return 0;
}

/* Replaces the listener fds[1] with the accepted socket. */
static int connect_stream_pair(int fds[2], const struct sockaddr_storage addrs[2], socklen_t len,
			       long long deadline_ms)
{
	struct sockaddr_storage peer;
	socklen_t peer_len = sizeof(peer);
	int err, accepted;

	if (listen(fds[1], 1) || connect(fds[0], (const struct sockaddr *)&addrs[1], len))
		return -errno;
	err = wait_for_events(fds[1], POLLIN, deadline_ms);
	if (err)
		return err;
	memset(&peer, 0, sizeof(peer));
	accepted = accept4(fds[1], (struct sockaddr *)&peer, &peer_len, SOCK_CLOEXEC);
	if (accepted < 0)
		return -errno;
	close(fds[1]);
	fds[1] = accepted;
	/* Refuse a connection of another program in this namespace, which may come first. */
	return peer_len == len && !memcmp(&peer, &addrs[0], len) ? 0 : -ECONNREFUSED;
}

int connected_pair(int family, int type, int timeout_ms, int fds[2])
{
	long long deadline_ms = monotonic_ms() + timeout_ms;
	struct sockaddr_storage addrs[2];
	socklen_t len = 0;
	int err = 0;

	fds[0] = -1;
	fds[1] = -1;
	for (int i = 0; i < 2 && !err; i++) {
		fds[i] = bound_socket(family, type, &addrs[i], &len);
		if (fds[i] < 0)
			err = fds[i];
	}
	if (!err)
		err = type == SOCK_STREAM ? connect_stream_pair(fds, addrs, len, deadline_ms) :
					    connect_datagram_pair(fds, addrs, len);
	if (!err)
		return 0;

	for (int i = 0; i < 2; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
	return err;
}
