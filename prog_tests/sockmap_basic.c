// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests sockets in a sockmap that receive data over two channels at once.
 *
 * There are two connected pairs, feeder -> redirecting and sender -> receiver. Both right-hand ends
 * are in the map. Data for the receiver itself is passed ("native" bytes): the kernel puts it on
 * the receiver's queue at once. Data for the redirecting socket is redirected to the receiver: a
 * work item delivers it some time later. To get both, the receiver has to call recv() until it has
 * all: one call returns only the data that the work item has delivered by then.
 */
#include <sched.h>
#include <sys/socket.h>

#include "network_helpers.h"
#include "progs/sockmap_basic.h"
#include "sockmap_basic.h"
#include "test_progs.h"
#include "testing_helpers.h"
#include "sockmap_basic.skel.h"

#define NATIVE_BYTES     2
#define REDIRECTED_BYTES 8
#define ALL_BYTES        (NATIVE_BYTES + REDIRECTED_BYTES)

/* All bytes differ, so that the content shows the order. */
static const char message[ALL_BYTES] = "01ABCDEFGH";

struct channels {
	struct sockmap_basic *skel;
	int feeder, redirecting;
	int sender, receiver;
};

static void close_channels(struct channels *channels)
{
	int fds[] = {
		channels->feeder,
		channels->redirecting,
		channels->sender,
		channels->receiver,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	sockmap_basic__destroy(channels->skel);
}

/* Closed when it goes out of scope. Call open_channels() on it before any return. */
#define auto_channels __attribute__((cleanup(close_channels)))

static bool open_pair(int family, int type, int *from, int *to)
{
	struct socket_pair pair;
	bool ok = sockmap_open_pair(family, type, &pair);

	*from = pair.from;
	*to = pair.to;
	return ok;
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

static bool attach_program(struct channels *channels, struct bpf_program *program,
			   enum bpf_attach_type type)
{
	/* Links to sockmaps exist only since 6.10. This attachment ends with the map. */
	return ASSERT_OK(bpf_prog_attach(bpf_program__fd(program),
					 bpf_map__fd(channels->skel->maps.sockets), type, 0),
			 "attach to sockmap");
}

static bool attach_programs(struct channels *channels, bool parser)
{
	struct sockmap_basic *skel = channels->skel;

	if (!parser)
		return attach_program(channels, skel->progs.merge_channels, BPF_SK_SKB_VERDICT);
	return attach_program(channels, skel->progs.whole_skb, BPF_SK_SKB_STREAM_PARSER) &&
	       attach_program(channels, skel->progs.merge_streams, BPF_SK_SKB_STREAM_VERDICT);
}

/* The caller closes it, also if this returns false. */
static bool open_channels_with(struct channels *channels, int family, int type, bool parser)
{
	struct sockmap_basic *skel;

	*channels = (struct channels){
		.feeder = -1,
		.redirecting = -1,
		.sender = -1,
		.receiver = -1,
	};
	skel = sockmap_basic__open_and_load();
	if (!ASSERT_OK_PTR(skel, "open and load"))
		return false;
	channels->skel = skel;

	return attach_programs(channels, parser) &&
	       open_pair(family, type, &channels->feeder, &channels->redirecting) &&
	       open_pair(family, type, &channels->sender, &channels->receiver) &&
	       put_socket(channels, REDIRECT_SOURCE, channels->redirecting,
			  &skel->bss->redirected_socket_cookie) &&
	       put_socket(channels, REDIRECT_TARGET, channels->receiver,
			  &skel->bss->passed_socket_cookie);
}

static bool open_channels(struct channels *channels, int family, int type)
{
	return open_channels_with(channels, family, type, false);
}

/*
 * Sends the native bytes and returns when they are on the queue that recv() reads. Only then the
 * order of the following data is certain.
 *
 * This works on every kernel, also without FIONREAD for sockmap. Both protocols take an skb off the
 * socket's own queue before they run the program (tcp_read_skb, udp_read_skb). So after the program
 * has seen the bytes, a peek can find them only on the queue of the verdict. A peek alone would not
 * be enough, because it also finds bytes on the socket's own queue.
 */
static bool send_native(struct channels *channels)
{
	__u64 *passed = &channels->skel->bss->passed_bytes;
	__u64 before = *passed;

	return sockmap_send(channels->sender, message, NATIVE_BYTES, "send native bytes") &&
	       sockmap_wait_for_counter(passed, before + NATIVE_BYTES,
					"native bytes seen by program") &&
	       sockmap_wait_for_count(sockmap_peeked_bytes, channels->receiver, NATIVE_BYTES,
				      "native bytes queued");
}

static bool send_redirected(struct channels *channels)
{
	return sockmap_send(channels->feeder, message + NATIVE_BYTES, REDIRECTED_BYTES,
			    "send redirected bytes");
}

/* Receives message[from..to) in any number of pieces. */
static bool receive_message(int fd, size_t from, size_t to, const char *name)
{
	return sockmap_receive(fd, message + from, to - from, name);
}

/* Checks that all data was received, and that the program has seen no other data. */
static void check_totals(struct channels *channels, unsigned int rounds)
{
	ASSERT_EQ(sockmap_peeked_bytes(channels->receiver), 0, "nothing left on receiver");
	ASSERT_EQ(sockmap_peeked_bytes(channels->redirecting), 0,
		  "nothing left on redirecting socket");
	ASSERT_EQ(channels->skel->bss->passed_bytes, rounds * NATIVE_BYTES, "passed bytes");
	ASSERT_EQ(channels->skel->bss->redirected_bytes, rounds * REDIRECTED_BYTES,
		  "redirected bytes");
	ASSERT_EQ(channels->skel->bss->stray_bytes, 0, "bytes of other sockets");
}

/*
 * Since 7.0 (commit 929e30f93125), FIONREAD counts the queue of the sockmap. Before, a UDP socket
 * counts only its own queue, which is empty after the verdict program ran.
 */
static int fionread_sees_sockmap(void)
{
	auto_channels struct channels channels;
	int queued = -1;

	if (open_channels(&channels, AF_INET, SOCK_DGRAM) && send_native(&channels))
		queued = sockmap_queued_bytes(channels.receiver);
	return queued < 0 ? -EIO : queued == NATIVE_BYTES;
}

static void multi_channels(int family, int type)
{
	bool fionread = fionread_sees_sockmap() > 0;
	auto_channels struct channels channels;

	if (!open_channels(&channels, family, type) || !send_native(&channels))
		return;
	if (fionread && !sockmap_wait_for_count(sockmap_queued_bytes, channels.receiver,
						NATIVE_BYTES, "FIONREAD"))
		return;
	if (!send_redirected(&channels))
		return;
	if (receive_message(channels.receiver, 0, ALL_BYTES, "receive both channels"))
		check_totals(&channels, 1);
}

static bool take_out(struct channels *channels, __u32 index)
{
	return ASSERT_OK(bpf_map__delete_elem(channels->skel->maps.sockets, &index, sizeof(index),
					      0),
			 "take out of sockmap");
}

/* Takes a socket out of the map, and checks that it receives data like an ordinary socket. */
static bool goes_on(struct channels *channels, __u32 index, int from, int to)
{
	return take_out(channels, index) &&
	       sockmap_send(from, message, ALL_BYTES, "send past the map") &&
	       receive_message(to, 0, ALL_BYTES, "receive past the map") &&
	       ASSERT_EQ(sockmap_queued_bytes(to), 0, "FIONREAD past the map");
}

/*
 * Both sockets leave the map and work as ordinary ones: redirected data that the receiver read has
 * not moved its position in its own stream. With @undelivered, the redirecting socket leaves before
 * its data is received; the data stays on the receiver's queue.
 */
static void recover_channels(bool parser, bool undelivered)
{
	auto_channels struct channels channels;
	bool ok;

	ok = open_channels_with(&channels, AF_INET, SOCK_STREAM, parser) &&
	     send_native(&channels) && send_redirected(&channels) &&
	     sockmap_wait_for_count(sockmap_peeked_bytes, channels.receiver, ALL_BYTES,
				    "both channels queued");
	if (undelivered)
		ok = ok && goes_on(&channels, 0, channels.feeder, channels.redirecting) &&
		     receive_message(channels.receiver, 0, ALL_BYTES, "receive what was left");
	else
		ok = ok && receive_message(channels.receiver, 0, ALL_BYTES, "receive in the map") &&
		     goes_on(&channels, 0, channels.feeder, channels.redirecting);
	if (ok && goes_on(&channels, 1, channels.sender, channels.receiver))
		check_totals(&channels, 1);
}

/* One recv() returns all messages that are queued, even datagrams (__sk_msg_recvmsg). */
static void receive_across_messages(void)
{
	auto_channels struct channels channels;
	char buf[ALL_BYTES + 1];

	if (!open_channels(&channels, AF_INET, SOCK_DGRAM) || !send_native(&channels) ||
	    !send_redirected(&channels) ||
	    !sockmap_wait_for_count(sockmap_peeked_bytes, channels.receiver, ALL_BYTES,
				    "both messages queued"))
		return;

	if (ASSERT_EQ(recv(channels.receiver, buf, sizeof(buf), MSG_DONTWAIT), ALL_BYTES,
		      "one receive of both messages"))
		ASSERT_MEMEQ(buf, message, ALL_BYTES, "content of both messages");
	check_totals(&channels, 1);
}

/* FIONREAD of a stream is the number of all queued bytes. */
static void stream_fionread(void)
{
	auto_channels struct channels channels;

	if (open_channels(&channels, AF_INET, SOCK_STREAM) && send_native(&channels) &&
	    sockmap_wait_for_count(sockmap_queued_bytes, channels.receiver, NATIVE_BYTES,
				   "native bytes") &&
	    send_redirected(&channels) &&
	    sockmap_wait_for_count(sockmap_queued_bytes, channels.receiver, ALL_BYTES,
				   "both channels") &&
	    receive_message(channels.receiver, 0, 5, "receive a part") &&
	    ASSERT_EQ(sockmap_queued_bytes(channels.receiver), ALL_BYTES - 5, "rest") &&
	    receive_message(channels.receiver, 5, ALL_BYTES, "receive the rest") &&
	    ASSERT_EQ(sockmap_queued_bytes(channels.receiver), 0, "nothing left"))
		check_totals(&channels, 1);
}

/* FIONREAD of datagrams is the size of the first one, however many are queued. */
static void datagram_fionread(void)
{
	auto_channels struct channels channels;

	if (open_channels(&channels, AF_INET, SOCK_DGRAM) && send_native(&channels) &&
	    sockmap_wait_for_count(sockmap_queued_bytes, channels.receiver, NATIVE_BYTES,
				   "first message") &&
	    send_redirected(&channels) &&
	    sockmap_wait_for_count(sockmap_peeked_bytes, channels.receiver, ALL_BYTES,
				   "both messages queued") &&
	    ASSERT_EQ(sockmap_queued_bytes(channels.receiver), NATIVE_BYTES,
		      "first message of two") &&
	    receive_message(channels.receiver, 0, NATIVE_BYTES, "receive the first") &&
	    ASSERT_EQ(sockmap_queued_bytes(channels.receiver), REDIRECTED_BYTES,
		      "second message") &&
	    receive_message(channels.receiver, NATIVE_BYTES, ALL_BYTES, "receive the second") &&
	    ASSERT_EQ(sockmap_queued_bytes(channels.receiver), 0, "nothing left"))
		check_totals(&channels, 1);
}

/*
 * Starvation makes a rare failure certain: a single recv() misses redirected bytes every
 * time.
 *
 * The work item that delivers redirected data runs in a kernel thread of normal priority, on the
 * CPU where the data was sent. The test is pinned to that CPU at real-time priority. So the thread
 * runs only while the test sleeps: never between a send and a recv() that does not sleep.
 */
#define STARVED_ROUNDS 64

static bool starve_kernel_threads(void)
{
	const struct sched_param lowest_realtime = { .sched_priority = 1 };

	if (!sched_setscheduler(0, SCHED_FIFO, &lowest_realtime))
		return true;
	if (errno == EPERM)
		test__skip_reason("no real-time priority: needs CAP_SYS_NICE, and with "
				  "CONFIG_RT_GROUP_SCHED a cgroup that has real-time runtime");
	else
		ASSERT_OK(-errno, "real-time priority");
	return false;
}

static void feed_kernel_threads(void)
{
	const struct sched_param none = {};

	ASSERT_OK(sched_setscheduler(0, SCHED_OTHER, &none), "normal priority");
}

/*
 * The naive way: one recv() for everything, as soon as the first bytes are there.
 *
 * Return: the number of bytes that this recv() got, or -1. It also receives the rest.
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
	/* No data is lost: the mistake of the naive receiver is to check before it has all data. */
	if (!receive_message(channels->receiver, got, ALL_BYTES, "behind naive receive"))
		return -1;
	return got;
}

static void starved_channels(int type)
{
	unsigned int naive_failures = 0, round;
	auto_channels struct channels channels;
	cpu_set_t affinity;
	int got = 0;

	if (!open_channels(&channels, AF_INET, type) || !stay_on_cpu(&affinity))
		return;
	if (!starve_kernel_threads())
		goto out;

	for (round = 0; round < STARVED_ROUNDS && got >= 0; round++) {
		got = naive_round(&channels);
		naive_failures += got < ALL_BYTES;
	}
	/* If the naive way never fails, starvation does not work, and the rest proves nothing. */
	ASSERT_GT(naive_failures, 0, "naive receiver fails under starvation");
	printf("naive receiver: short in %u of %u rounds\n", naive_failures, round);

	for (round = 0; round < STARVED_ROUNDS && got >= 0; round++)
		if (!send_native(&channels) || !send_redirected(&channels) ||
		    !receive_message(channels.receiver, 0, ALL_BYTES, "accumulating receive"))
			got = -1;
	if (got >= 0)
		check_totals(&channels, 2 * STARVED_ROUNDS);
out:
	feed_kernel_threads();
	leave_cpu(&affinity);
}

static void multi_channels_subtests(void)
{
	if (test__start_subtest("sockmap tcp multi channels"))
		multi_channels(AF_INET, SOCK_STREAM);
	if (test__start_subtest("sockmap udp multi channels"))
		multi_channels(AF_INET, SOCK_DGRAM);
	if (test__start_subtest("sockmap tcp6 multi channels"))
		multi_channels(AF_INET6, SOCK_STREAM);
	if (test__start_subtest("sockmap udp6 multi channels"))
		multi_channels(AF_INET6, SOCK_DGRAM);
	if (test__start_subtest("sockmap tcp multi channels recover"))
		recover_channels(false, false);
	if (test__start_subtest("sockmap tcp multi channels recover with strp"))
		recover_channels(true, false);
	if (test__start_subtest("sockmap tcp multi channels recover undelivered"))
		recover_channels(false, true);
	if (test__start_subtest("sockmap tcp multi channels recover undelivered with strp"))
		recover_channels(true, true);
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

static void maps_subtests(void)
{
	if (test__start_subtest("sockmap create_update_free"))
		sockmap_create_update_free(BPF_MAP_TYPE_SOCKMAP);
	if (test__start_subtest("sockhash create_update_free"))
		sockmap_create_update_free(BPF_MAP_TYPE_SOCKHASH);
	if (test__start_subtest("sockmap update"))
		sockmap_update(BPF_MAP_TYPE_SOCKMAP);
	if (test__start_subtest("sockhash update"))
		sockmap_update(BPF_MAP_TYPE_SOCKHASH);
	if (test__start_subtest("sockmap update in unsafe context"))
		sockmap_update_in_unsafe_context();
	if (test__start_subtest("sockmap copy"))
		sockmap_copy(BPF_MAP_TYPE_SOCKMAP);
	if (test__start_subtest("sockhash copy"))
		sockmap_copy(BPF_MAP_TYPE_SOCKHASH);
	if (test__start_subtest("sockmap unconnected af_unix"))
		sockmap_unconnected_unix();
	if (test__start_subtest("sockmap one socket to many map entries"))
		sockmap_one_socket_to_many_entries();
	if (test__start_subtest("sockmap one socket to many maps"))
		sockmap_one_socket_to_many_maps();
	if (test__start_subtest("sockmap same socket replace"))
		sockmap_same_socket_replace();
	if (test__start_subtest("sockmap tcp delete on close"))
		sockmap_delete_on_close();
	if (test__start_subtest("sockmap insert sockops and destroy"))
		sockmap_insert_sockops_and_destroy();
}

static void attach_subtests(void)
{
	if (test__start_subtest("sockmap skb_verdict attach")) {
		sockmap_attach_excludes(BPF_SK_SKB_VERDICT, BPF_SK_SKB_STREAM_VERDICT);
		sockmap_attach_excludes(BPF_SK_SKB_STREAM_VERDICT, BPF_SK_SKB_VERDICT);
	}
	if (test__start_subtest("sockmap skb_verdict attach_with_link"))
		sockmap_attach_with_link();
	if (test__start_subtest("sockmap msg_verdict progs query"))
		sockmap_query(BPF_SK_MSG_VERDICT);
	if (test__start_subtest("sockmap stream_parser progs query"))
		sockmap_query(BPF_SK_SKB_STREAM_PARSER);
	if (test__start_subtest("sockmap stream_verdict progs query"))
		sockmap_query(BPF_SK_SKB_STREAM_VERDICT);
	if (test__start_subtest("sockmap skb_verdict progs query"))
		sockmap_query(BPF_SK_SKB_VERDICT);
}

static void msg_subtests(void)
{
	if (test__start_subtest("sockmap sk_msg load helpers"))
		sockmap_msg_helpers(BPF_MAP_TYPE_SOCKMAP);
	if (test__start_subtest("sockhash sk_msg load helpers"))
		sockmap_msg_helpers(BPF_MAP_TYPE_SOCKHASH);
	if (test__start_subtest("sockmap sk_msg attach sockmap helpers with link"))
		sockmap_msg_helpers_with_link(BPF_MAP_TYPE_SOCKMAP);
	if (test__start_subtest("sockhash sk_msg attach sockhash helpers with link"))
		sockmap_msg_helpers_with_link(BPF_MAP_TYPE_SOCKHASH);
	if (test__start_subtest("sockmap msg_verdict pop_data overflow"))
		sockmap_pop_data_overflow();
}

static void verdict_subtests(void)
{
	if (test__start_subtest("sockmap skb_verdict shutdown"))
		sockmap_shutdown();
	if (test__start_subtest("sockmap skb_verdict fionread"))
		sockmap_fionread();
	if (test__start_subtest("sockmap skb_verdict fionread on drop"))
		sockmap_fionread_on_drop();
	if (test__start_subtest("sockmap no_verdict fionread"))
		sockmap_fionread_without_verdict();
	if (test__start_subtest("sockmap tcp fionread pre-insert"))
		sockmap_fionread_pre_insert();
	if (test__start_subtest("sockmap skb_verdict change tail"))
		sockmap_change_tail();
	if (test__start_subtest("sockmap skb_verdict msg_f_peek"))
		sockmap_peek();
	if (test__start_subtest("sockmap skb_verdict msg_f_peek with link"))
		sockmap_peek_with_link();
	if (test__start_subtest("sockmap with zc"))
		sockmap_zerocopy();
	if (test__start_subtest("sockmap recover"))
		sockmap_recover(false);
	if (test__start_subtest("sockmap recover with strp"))
		sockmap_recover(true);
	if (test__start_subtest("sockmap recover undelivered with strp"))
		sockmap_recover_undelivered();
}

static void vsock_subtests(void)
{
	if (test__start_subtest("sockmap vsock delete on close"))
		sockmap_vsock_delete_on_close();
	if (test__start_subtest("sockmap skb_verdict vsock poll"))
		sockmap_vsock_poll();
	if (test__start_subtest("sockmap vsock unconnected"))
		sockmap_vsock_unconnected();
}

TEST_NEEDS(sockmap_basic, NEED_MAP_TYPE(SOCKMAP, "4.14", IF_CONFIG("INET")),
	   NEED_MAP_TYPE(SOCKHASH, "4.18", IF_CONFIG("INET")),
	   NEED_PROG_TYPE(SK_SKB, "4.14", IF_CONFIG("BPF_STREAM_PARSER")),
	   NEED_PROG_TYPE(SK_MSG, "4.17", IF_CONFIG("NET_SOCK_MSG")));
/* The objects of all subtests but those that only use maps. */
SUBTEST_NEEDS(sockmap_basic, "*channels*", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "*fionread*", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "* across messages", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "* create_update_free", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "* update*", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "* copy", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "* insert sockops *", NEED_BTF, NEED_CGROUP,
	      NEED_PROG_TYPE(SOCK_OPS, "4.13", IF_CONFIG("CGROUP_BPF")));
SUBTEST_NEEDS(sockmap_basic, "*verdict*", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "* progs query", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "* sk_msg *", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "* with zc", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "* recover*", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "*vsock*", NEED_BTF);
SUBTEST_NEEDS(sockmap_basic, "sockmap tcp6 *", NEED_FAMILY(INET6, IF_CONFIG("IPV6")));
SUBTEST_NEEDS(sockmap_basic, "sockmap udp6 *", NEED_FAMILY(INET6, IF_CONFIG("IPV6")));
SUBTEST_NEEDS(sockmap_basic, "* update*", NEED_PROG_TYPE(SK_LOOKUP, "5.9", IF_CONFIG("INET")));
SUBTEST_NEEDS(sockmap_basic, "* in unsafe context",
	      NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17", IF_CONFIG("BPF_EVENTS")));
SUBTEST_NEEDS(sockmap_basic, "* copy",
	      NEED_ITERATOR("sockmap", "5.10", IF_CONFIG("BPF_EVENTS,INET")));
SUBTEST_NEEDS(sockmap_basic, "* multi channels starved", NEED_CAPABILITY(CAP_SYS_NICE));
SUBTEST_NEEDS(sockmap_basic, "sockmap tcp fionread",
	      NEED_PROBE("FIONREAD of a sockmap's queue", "7.0", fionread_sees_sockmap));
SUBTEST_NEEDS(sockmap_basic, "sockmap udp fionread",
	      NEED_PROBE("FIONREAD of a sockmap's queue", "7.0", fionread_sees_sockmap));
SUBTEST_NEEDS(sockmap_basic, "* with link",
	      NEED_LINK_TYPE(SOCKMAP, "6.10", IF_CONFIG("NET_SOCK_MSG")));
SUBTEST_NEEDS(sockmap_basic, "*_with_link",
	      NEED_LINK_TYPE(SOCKMAP, "6.10", IF_CONFIG("NET_SOCK_MSG")));
SUBTEST_NEEDS(sockmap_basic, "*vsock*",
	      NEED_MODULE("vsock_loopback", IF_CONFIG("VSOCKETS_LOOPBACK")),
	      NEED_KERNEL_FUNC("vsock_bpf_update_proto", "6.4", STABLE, IN_MODULE("vsock")));

void test_sockmap_basic(void)
{
	multi_channels_subtests();
	maps_subtests();
	attach_subtests();
	msg_subtests();
	verdict_subtests();
	vsock_subtests();
}
