// SPDX-License-Identifier: GPL-2.0-only
/* Helpers that the files of the test sockmap_basic share, see sockmap_basic.h. */
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "network_helpers.h"
#include "sockmap_basic.h"
#include "test_progs.h"
#include "testing_helpers.h"

bool sockmap_open_pair(int family, int type, struct socket_pair *pair)
{
	int fds[2];

	*pair = NO_SOCKET_PAIR;
	if (!ASSERT_OK(connected_pair(family, type, test__wait_timeout_ms(), fds), "connect pair"))
		return false;
	pair->from = fds[0];
	pair->to = fds[1];
	return true;
}

void sockmap_close_pair(struct socket_pair *pair)
{
	if (pair->from >= 0)
		close(pair->from);
	if (pair->to >= 0)
		close(pair->to);
	*pair = NO_SOCKET_PAIR;
}

int sockmap_queued_bytes(int fd)
{
	int bytes = -1;

	return ioctl(fd, FIONREAD, &bytes) ? -errno : bytes;
}

int sockmap_peeked_bytes(int fd)
{
	char buf[128];
	ssize_t got = recv(fd, buf, sizeof(buf), MSG_PEEK | MSG_DONTWAIT);

	if (got >= 0)
		return got;
	return errno == EAGAIN ? 0 : -errno;
}

struct awaited_count {
	int (*count)(int fd);
	int fd;
	int expected;
	int actual;
};

static bool has_count(void *arg)
{
	struct awaited_count *awaited = arg;

	awaited->actual = awaited->count(awaited->fd);
	return awaited->actual == awaited->expected;
}

bool sockmap_wait_for_count(int (*count)(int fd), int fd, int expected, const char *name)
{
	struct awaited_count awaited = { .count = count, .fd = fd, .expected = expected };

	wait_until(has_count, &awaited, test__wait_timeout_ms());
	return ASSERT_EQ(awaited.actual, expected, name);
}

struct awaited_counter {
	__u64 *counter;
	__u64 expected;
};

static bool has_counter(void *arg)
{
	struct awaited_counter *awaited = arg;

	return __atomic_load_n(awaited->counter, __ATOMIC_ACQUIRE) == awaited->expected;
}

bool sockmap_wait_for_counter(__u64 *counter, __u64 expected, const char *name)
{
	struct awaited_counter awaited = { .counter = counter, .expected = expected };

	wait_until(has_counter, &awaited, test__wait_timeout_ms());
	return ASSERT_EQ(*counter, expected, name);
}

bool sockmap_send(int fd, const void *data, size_t len_bytes, const char *name)
{
	return ASSERT_OK(send_exact(fd, data, len_bytes, test__wait_timeout_ms()), name);
}

bool sockmap_receive(int fd, const void *expected, size_t len_bytes, const char *name)
{
	struct recv_pieces pieces;
	char *buf = calloc(1, len_bytes);
	char text[256];
	bool ok;
	int err;

	if (!ASSERT_OK_PTR(buf, "memory to receive into"))
		return false;
	err = recv_exact(fd, buf, len_bytes, test__wait_timeout_ms(), &pieces);
	ok = ASSERT(!err, name, "got %s", recv_pieces_text(&pieces, text, sizeof(text))) &&
	     ASSERT_MEMEQ(buf, expected, len_bytes, name);
	free(buf);
	return ok;
}

int sockmap_put(int map, __u32 key, int fd, __u64 flags)
{
	__u64 value = fd;

	return bpf_map_update_elem(map, &key, &value, flags);
}

bool sockmap_check_entry(int map, __u32 key, __u64 cookie, const char *name)
{
	__u64 found = 0;
	int err = bpf_map_lookup_elem(map, &key, &found);

	if (!cookie)
		return ASSERT_EQ(err, -ENOENT, name);
	return ASSERT_OK(err, name) && ASSERT_EQ(found, cookie, name);
}

bool sockmap_check_attached(int map, enum bpf_attach_type type, __u32 id, const char *name)
{
	__u32 ids[2] = {}, count = ARRAY_SIZE(ids), flags = ~0;

	return ASSERT_OK(bpf_prog_query(map, type, 0, &flags, ids, &count), name) &&
	       ASSERT_EQ(count, id ? 1 : 0, name) && ASSERT_EQ(ids[0], id, name) &&
	       ASSERT_EQ(flags, 0, name);
}
