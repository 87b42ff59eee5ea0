// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets in a sockmap that receive by two channels at once.
 *
 * Two connected pairs, feeder -> redirecting and sender -> receiver. Both right-hand ends are in
 * the map. What reaches the receiver itself is passed ("native" bytes), and the kernel puts it on
 * the receiver's queue while the program's caller runs. What reaches the redirecting socket is
 * handed to the receiver by a work item, some time later. A receiver that wants both has to
 * accumulate: one receive returns what the work item has delivered by then.
 */
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "network_helpers.h"
#include "test_progs.h"
#include "testing_helpers.h"
#include "sockmap_basic.skel.h"

#define NATIVE_BYTES	 2
#define REDIRECTED_BYTES 8
#define ALL_BYTES	 (NATIVE_BYTES + REDIRECTED_BYTES)

/* Every byte differs, so that content shows order. */
static const char message[ALL_BYTES] = "01ABCDEFGH";

struct channels {
	struct sockmap_basic *skel;
	int feeder, redirecting;
	int sender, receiver;
};

static void close_channels(struct channels *channels)
{
	int fds[] = {
		channels->feeder, channels->redirecting, channels->sender, channels->receiver,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	sockmap_basic__destroy(channels->skel);
}

static bool open_pair(int family, int type, int *from, int *to)
{
	int fds[2];

	if (!ASSERT_OK(connected_pair(family, type, test__wait_timeout_ms(), fds), "connect pair"))
		return false;
	*from = fds[0];
	*to = fds[1];
	return true;
}

static bool put_socket(struct channels *channels, __u32 index, int fd, __u64 *cookie)
{
	__u64 value = fd;

	*cookie = socket_cookie(fd);
	return ASSERT_NEQ(*cookie, 0, "socket cookie") &&
	       ASSERT_OK(bpf_map__update_elem(channels->skel->maps.sockets, &index, sizeof(index),
					      &value, sizeof(value), BPF_NOEXIST),
			 "add to sockmap");
}

/* Close it whatever comes back. */
static bool open_channels(struct channels *channels, int family, int type)
{
	struct sockmap_basic *skel;

	*channels = (struct channels){
		.feeder = -1, .redirecting = -1, .sender = -1, .receiver = -1,
	};
	skel = sockmap_basic__open_and_load();
	if (!ASSERT_OK_PTR(skel, "open and load"))
		return false;
	channels->skel = skel;

	/* A link to a sockmap exists since 6.10 only; this attachment ends with the map. */
	return ASSERT_OK(bpf_prog_attach(bpf_program__fd(skel->progs.merge_channels),
					 bpf_map__fd(skel->maps.sockets), BPF_SK_SKB_VERDICT, 0),
			 "attach to sockmap") &&
	       open_pair(family, type, &channels->feeder, &channels->redirecting) &&
	       open_pair(family, type, &channels->sender, &channels->receiver) &&
	       put_socket(channels, 0, channels->redirecting,
			  &skel->bss->redirected_socket_cookie) &&
	       put_socket(channels, 1, channels->receiver, &skel->bss->passed_socket_cookie);
}

static int queued_bytes(int fd)
{
	int bytes = -1;

	return ioctl(fd, FIONREAD, &bytes) ? -errno : bytes;
}

/* How many bytes one receive would return now; leaves them queued. */
static int peeked_bytes(int fd)
{
	char buf[2 * ALL_BYTES];
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

/* Asked again and again: bytes that are moved from one queue to another wake no one. */
static bool wait_for_count(int (*count)(int fd), int fd, int expected, const char *name)
{
	struct awaited_count awaited = { .count = count, .fd = fd, .expected = expected };

	wait_until(has_count, &awaited, test__wait_timeout_ms());
	return ASSERT_EQ(awaited.actual, expected, name);
}

struct awaited_verdict {
	__u64 *bytes;
	__u64 expected;
};

static bool has_verdict(void *arg)
{
	struct awaited_verdict *awaited = arg;

	return __atomic_load_n(awaited->bytes, __ATOMIC_ACQUIRE) == awaited->expected;
}

static bool wait_for_verdict(__u64 *bytes, __u64 expected, const char *name)
{
	struct awaited_verdict awaited = { .bytes = bytes, .expected = expected };

	wait_until(has_verdict, &awaited, test__wait_timeout_ms());
	return ASSERT_EQ(*bytes, expected, name);
}

static bool send_all(int fd, const char *data, size_t len_bytes, const char *name)
{
	return ASSERT_OK(send_exact(fd, data, len_bytes, test__wait_timeout_ms()), name);
}

/*
 * Sends the native bytes and returns when they are on the queue that receive reads, which alone
 * makes the order of what follows certain.
 *
 * This holds on every kernel, with FIONREAD for sockmap or without. Both protocols take an skb
 * off the socket's own queue before they run the program (tcp_read_skb, udp_read_skb). So once
 * the program has seen the bytes they can only be peeked from where the verdict has put them.
 * The peek alone would not do, for it finds the socket's own queue too.
 */
static bool send_native(struct channels *channels)
{
	__u64 *passed = &channels->skel->bss->passed_bytes;
	__u64 before = *passed;

	return send_all(channels->sender, message, NATIVE_BYTES, "send native bytes") &&
	       wait_for_verdict(passed, before + NATIVE_BYTES, "native bytes seen by program") &&
	       wait_for_count(peeked_bytes, channels->receiver, NATIVE_BYTES,
			      "native bytes queued");
}

static bool send_redirected(struct channels *channels)
{
	return send_all(channels->feeder, message + NATIVE_BYTES, REDIRECTED_BYTES,
			"send redirected bytes");
}

/* Receives message[from..to) in whatever pieces it comes. */
static bool receive_message(int fd, size_t from, size_t to, const char *name)
{
	struct recv_pieces pieces;
	char buf[ALL_BYTES] = {};
	char text[256];
	int err;

	err = recv_exact(fd, buf, to - from, test__wait_timeout_ms(), &pieces);
	return assert__report(ASSERT_HERE, name, !err, "got %s",
			      recv_pieces_text(&pieces, text, sizeof(text))) &&
	       ASSERT_MEMEQ(buf, message + from, to - from, name);
}

/* Whatever was sent has been received: nothing is left, and the program has seen no more. */
static void check_totals(struct channels *channels, unsigned int rounds)
{
	ASSERT_EQ(peeked_bytes(channels->receiver), 0, "nothing left on receiver");
	ASSERT_EQ(peeked_bytes(channels->redirecting), 0, "nothing left on redirecting socket");
	ASSERT_EQ(channels->skel->bss->passed_bytes, rounds * NATIVE_BYTES, "passed bytes");
	ASSERT_EQ(channels->skel->bss->redirected_bytes, rounds * REDIRECTED_BYTES,
		  "redirected bytes");
	ASSERT_EQ(channels->skel->bss->stray_bytes, 0, "bytes of other sockets");
}

/*
 * FIONREAD looks at the queue of the sockmap since 7.0 (commit 929e30f93125). Before, a UDP
 * socket counts its own queue only, and a verdict program has emptied that one.
 */
static bool has_sockmap_fionread(void)
{
	struct channels channels;
	int queued = -1;

	if (open_channels(&channels, AF_INET, SOCK_DGRAM) && send_native(&channels))
		queued = queued_bytes(channels.receiver);
	close_channels(&channels);

	if (kernel_is_at_least(7, 0))
		return ASSERT_EQ(queued, NATIVE_BYTES, "FIONREAD on a UDP socket in a sockmap");
	return queued == NATIVE_BYTES;
}

static void multi_channels(int family, int type)
{
	bool fionread = has_sockmap_fionread();
	struct channels channels;

	if (!open_channels(&channels, family, type) || !send_native(&channels))
		goto out;
	if (fionread && !wait_for_count(queued_bytes, channels.receiver, NATIVE_BYTES, "FIONREAD"))
		goto out;
	if (!send_redirected(&channels))
		goto out;
	if (receive_message(channels.receiver, 0, ALL_BYTES, "receive both channels"))
		check_totals(&channels, 1);
out:
	close_channels(&channels);
}

/* One receive walks all messages that are queued, datagrams too (__sk_msg_recvmsg). */
static void receive_across_messages(void)
{
	struct channels channels;
	char buf[ALL_BYTES + 1];

	if (!open_channels(&channels, AF_INET, SOCK_DGRAM) || !send_native(&channels) ||
	    !send_redirected(&channels) ||
	    !wait_for_count(peeked_bytes, channels.receiver, ALL_BYTES, "both messages queued"))
		goto out;

	if (ASSERT_EQ(recv(channels.receiver, buf, sizeof(buf), MSG_DONTWAIT), ALL_BYTES,
		      "one receive of both messages"))
		ASSERT_MEMEQ(buf, message, ALL_BYTES, "content of both messages");
	check_totals(&channels, 1);
out:
	close_channels(&channels);
}

static bool skip_without_fionread(void)
{
	if (has_sockmap_fionread())
		return false;
	test__skip_reason("FIONREAD does not see the queue of a sockmap; it does since Linux 7.0");
	return true;
}

/* A stream has one number: all bytes that are queued. */
static void stream_fionread(void)
{
	struct channels channels;

	if (skip_without_fionread())
		return;
	if (open_channels(&channels, AF_INET, SOCK_STREAM) && send_native(&channels) &&
	    wait_for_count(queued_bytes, channels.receiver, NATIVE_BYTES, "native bytes") &&
	    send_redirected(&channels) &&
	    wait_for_count(queued_bytes, channels.receiver, ALL_BYTES, "both channels") &&
	    receive_message(channels.receiver, 0, 5, "receive a part") &&
	    ASSERT_EQ(queued_bytes(channels.receiver), ALL_BYTES - 5, "rest") &&
	    receive_message(channels.receiver, 5, ALL_BYTES, "receive the rest") &&
	    ASSERT_EQ(queued_bytes(channels.receiver), 0, "nothing left"))
		check_totals(&channels, 1);
	close_channels(&channels);
}

/* Datagrams keep their boundaries: FIONREAD is the first one's size, however many are queued. */
static void datagram_fionread(void)
{
	struct channels channels;

	if (skip_without_fionread())
		return;
	if (open_channels(&channels, AF_INET, SOCK_DGRAM) && send_native(&channels) &&
	    wait_for_count(queued_bytes, channels.receiver, NATIVE_BYTES, "first message") &&
	    send_redirected(&channels) &&
	    wait_for_count(peeked_bytes, channels.receiver, ALL_BYTES, "both messages queued") &&
	    ASSERT_EQ(queued_bytes(channels.receiver), NATIVE_BYTES, "first message of two") &&
	    receive_message(channels.receiver, 0, NATIVE_BYTES, "receive the first") &&
	    ASSERT_EQ(queued_bytes(channels.receiver), REDIRECTED_BYTES, "second message") &&
	    receive_message(channels.receiver, NATIVE_BYTES, ALL_BYTES, "receive the second") &&
	    ASSERT_EQ(queued_bytes(channels.receiver), 0, "nothing left"))
		check_totals(&channels, 1);
	close_channels(&channels);
}

/*
 * The amplifier: what made a single receive fail once in a while fails it every time.
 *
 * The work item that delivers redirected data runs in a kernel thread of normal priority on the
 * CPU where the data was sent. With the test pinned there at real-time priority, that thread runs
 * only while the test sleeps: never between sending and a receive that does not sleep.
 */
#define STARVED_ROUNDS 64

static bool starve_kernel_threads(void)
{
	const struct sched_param lowest_realtime = { .sched_priority = 1 };
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	if (!ASSERT_OK(sched_setaffinity(0, sizeof(here), &here), "stay on this CPU"))
		return false;
	if (!sched_setscheduler(0, SCHED_FIFO, &lowest_realtime))
		return true;
	if (errno == EPERM)
		test__skip_reason("no real-time priority: needs CAP_SYS_NICE, and with "
				  "CONFIG_RT_GROUP_SCHED a cgroup that has real-time runtime");
	else
		ASSERT_OK(-errno, "real-time priority");
	return false;
}

static void feed_kernel_threads(const cpu_set_t *affinity)
{
	const struct sched_param none = {};

	ASSERT_OK(sched_setscheduler(0, SCHED_OTHER, &none), "normal priority");
	ASSERT_OK(sched_setaffinity(0, sizeof(*affinity), affinity), "any CPU");
}

/*
 * The naive twin: one receive of everything, as soon as the first bytes are known to be there.
 *
 * Return: the bytes that it got, the rest having been received behind it; or -1.
 */
static int naive_round(struct channels *channels)
{
	char buf[ALL_BYTES] = {};
	ssize_t got;

	if (!send_native(channels) || !send_redirected(channels))
		return -1;
	got = recv(channels->receiver, buf, sizeof(buf), MSG_DONTWAIT);
	if (!ASSERT_GE(got, NATIVE_BYTES, "naive receive") ||
	    !ASSERT_MEMEQ(buf, message, got, "naive receive"))
		return -1;
	/* Nothing is lost: the naive receiver's mistake is to judge before it has it all. */
	if (!receive_message(channels->receiver, got, ALL_BYTES, "behind naive receive"))
		return -1;
	return got;
}

static void starved_channels(int type)
{
	unsigned int naive_failures = 0, round;
	struct channels channels;
	cpu_set_t affinity;
	int got = 0;

	if (!ASSERT_OK(sched_getaffinity(0, sizeof(affinity), &affinity), "affinity"))
		return;
	if (!open_channels(&channels, AF_INET, type) || !starve_kernel_threads())
		goto out;

	for (round = 0; round < STARVED_ROUNDS && got >= 0; round++) {
		got = naive_round(&channels);
		naive_failures += got < ALL_BYTES;
	}
	/* Else the amplifier is broken, and what follows proves nothing. */
	ASSERT_GT(naive_failures, 0, "naive receiver fails under starvation");
	printf("naive receiver: short in %u of %u rounds\n", naive_failures, round);

	for (round = 0; round < STARVED_ROUNDS && got >= 0; round++)
		if (!send_native(&channels) || !send_redirected(&channels) ||
		    !receive_message(channels.receiver, 0, ALL_BYTES, "accumulating receive"))
			got = -1;
	if (got >= 0)
		check_totals(&channels, 2 * STARVED_ROUNDS);
out:
	feed_kernel_threads(&affinity);
	close_channels(&channels);
}

void test_sockmap_basic(void)
{
	if (test__start_subtest("sockmap tcp multi channels"))
		multi_channels(AF_INET, SOCK_STREAM);
	if (test__start_subtest("sockmap udp multi channels"))
		multi_channels(AF_INET, SOCK_DGRAM);
	if (test__start_subtest("sockmap tcp6 multi channels"))
		multi_channels(AF_INET6, SOCK_STREAM);
	if (test__start_subtest("sockmap udp6 multi channels"))
		multi_channels(AF_INET6, SOCK_DGRAM);
	if (test__start_subtest("sockmap udp receive across messages"))
		receive_across_messages();
	if (test__start_subtest("sockmap tcp fionread"))
		stream_fionread();
	if (test__start_subtest("sockmap udp fionread"))
		datagram_fionread();
	if (test__start_subtest("sockmap tcp multi channels starved"))
		starved_channels(SOCK_STREAM);
	if (test__start_subtest("sockmap udp multi channels starved"))
		starved_channels(SOCK_DGRAM);
}
