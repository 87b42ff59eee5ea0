// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that see the messages sent by a socket of a sockmap.
 *
 * A sender is connected to a bystander. The program redirects the sender's messages to a target,
 * one end of another connection. To prove that the bystander got none of them, the sender then
 * leaves the map and sends one more message, which the bystander must receive first.
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "network_helpers.h"
#include "progs/sockmap_basic.h"
#include "sockmap_basic.h"
#include "sockmap_basic_msg.skel.h"
#include "test_progs.h"
#include "testing_helpers.h"

static __u32 local_port(int fd)
{
	struct sockaddr_in addr = {};
	socklen_t size_bytes = sizeof(addr);

	ASSERT_OK(getsockname(fd, (struct sockaddr *)&addr, &size_bytes), "local address");
	return ntohs(addr.sin_port);
}

struct messages {
	struct sockmap_basic_msg *skel;
	struct socket_pair sending, target;
	struct bpf_program *program;
	int map;
};

/* The caller closes it, also if this returns false. */
static bool open_messages(struct messages *messages, enum bpf_map_type type)
{
	struct sockmap_basic_msg *skel = sockmap_basic_msg__open_and_load();
	bool hash = type == BPF_MAP_TYPE_SOCKHASH;

	*messages = (struct messages){
		.skel = skel,
		.sending = NO_SOCKET_PAIR,
		.target = NO_SOCKET_PAIR,
	};
	if (!ASSERT_OK_PTR(skel, "open and load") ||
	    !sockmap_open_pair(AF_INET, SOCK_STREAM, &messages->sending) ||
	    !sockmap_open_pair(AF_INET, SOCK_STREAM, &messages->target))
		return false;
	messages->program = hash ? skel->progs.redirect_by_hash : skel->progs.redirect_by_map;
	messages->map = bpf_map__fd(hash ? skel->maps.socket_hash : skel->maps.socket_map);
	skel->bss->watched_port = local_port(messages->sending.from);
	return true;
}

static void close_messages(struct messages *messages)
{
	sockmap_close_pair(&messages->sending);
	sockmap_close_pair(&messages->target);
	sockmap_basic_msg__destroy(messages->skel);
}

/* Closed when it goes out of scope. Call open_messages() on it before any return. */
#define auto_messages __attribute__((cleanup(close_messages)))

static __u32 messages_sent(struct messages *messages, int fd)
{
	__u32 count = 0;

	bpf_map__lookup_elem(messages->skel->maps.messages_sent, &fd, sizeof(fd), &count,
			     sizeof(count), 0);
	return count;
}

/* The program's helpers and user space must report the same about the sender. */
static void check_sender_asked(struct messages *messages, __u32 sent)
{
	struct socket_pair *sending = &messages->sending;
	__u64 netns_cookie = 0;
	socklen_t size_bytes = sizeof(netns_cookie);

	ASSERT_OK(getsockopt(sending->from, SOL_SOCKET, SO_NETNS_COOKIE, &netns_cookie,
			     &size_bytes),
		  "cookie of the network namespace");
	ASSERT_EQ(messages->skel->bss->netns_cookie, netns_cookie, "network namespace");
	ASSERT_EQ(messages->skel->bss->sender_port, local_port(sending->from), "sender's port");
	ASSERT_EQ(messages_sent(messages, sending->from), sent, "messages in sender's storage");
	ASSERT_EQ(messages_sent(messages, sending->to), 0, "messages in bystander's storage");
	ASSERT_EQ(messages_sent(messages, messages->target.to), 0, "messages in target's storage");
}

/* The program must be attached to the map. */
static void check_redirected(struct messages *messages)
{
	struct socket_pair *sending = &messages->sending, *target = &messages->target;
	struct sockmap_basic_msg__bss *bss = messages->skel->bss;
	const __u32 sender = SENDER;

	if (!ASSERT_OK(sockmap_put(messages->map, SENDER, sending->from, BPF_NOEXIST), "sender") ||
	    !ASSERT_OK(sockmap_put(messages->map, TARGET, target->to, BPF_NOEXIST), "target") ||
	    !sockmap_send(sending->from, "redirected", 10, "send") ||
	    !sockmap_receive(target->to, "redirected", 10, "receive on the target"))
		return;
	ASSERT_EQ(bss->messages, 1, "messages seen");
	ASSERT_EQ(bss->message_bytes, 10, "size of the message");
	check_sender_asked(messages, 1);
	if (!sockmap_send(sending->from, "more", 4, "send again") ||
	    !sockmap_receive(target->to, "more", 4, "receive again"))
		return;
	ASSERT_EQ(bss->messages, 2, "messages seen");
	ASSERT_EQ(bss->message_bytes, 14, "size of both messages");
	check_sender_asked(messages, 2);

	/* The target is in the map too, and the program passes what another port sends. */
	if (!sockmap_send(target->to, "stray", 5, "send from the target") ||
	    !sockmap_receive(target->from, "stray", 5, "receive from the target"))
		return;
	ASSERT_EQ(bss->stray_messages, 1, "messages of other sockets");
	ASSERT_EQ(bss->message_bytes, 14, "size of both messages");
	check_sender_asked(messages, 2);

	if (ASSERT_OK(bpf_map_delete_elem(messages->map, &sender), "take the sender out") &&
	    sockmap_send(sending->from, "plain", 5, "send past the program"))
		sockmap_receive(sending->to, "plain", 5, "nothing else on the bystander");
	ASSERT_EQ(sockmap_peeked_bytes(target->to), 0, "nothing left on the target");
	ASSERT_EQ(bss->messages, 2, "no further message seen");
	ASSERT_EQ(bss->stray_messages, 1, "messages of other sockets");
}

void sockmap_msg_helpers(enum bpf_map_type type)
{
	auto_messages struct messages messages;
	int program;

	if (!open_messages(&messages, type))
		return;
	program = bpf_program__fd(messages.program);
	if (!ASSERT_OK(bpf_prog_attach(program, messages.map, BPF_SK_MSG_VERDICT, 0), "attach"))
		return;
	sockmap_check_attached(messages.map, BPF_SK_MSG_VERDICT, program_id(program),
			       "attached program");
	check_redirected(&messages);
}

/* Without the link, the program does not see what the same socket in the same map sends. */
static void check_unlinked(struct messages *messages)
{
	struct socket_pair *sending = &messages->sending;

	sockmap_check_attached(messages->map, BPF_SK_MSG_VERDICT, 0, "nothing after the link");
	if (ASSERT_OK(sockmap_put(messages->map, SENDER, sending->from, BPF_NOEXIST),
		      "sender again") &&
	    sockmap_send(sending->from, "unlinked", 8, "send without link"))
		sockmap_receive(sending->to, "unlinked", 8, "receive without link");
	ASSERT_EQ(messages->skel->bss->messages, 2, "messages seen without link");
}

void sockmap_msg_helpers_with_link(enum bpf_map_type type)
{
	auto_messages struct messages messages;
	auto_link struct bpf_link *link = NULL;
	int program;

	if (!open_messages(&messages, type))
		return;
	program = bpf_program__fd(messages.program);
	link = bpf_program__attach_sockmap(messages.program, messages.map);
	if (!ASSERT_OK_PTR(link, "attach with link"))
		return;
	sockmap_check_attached(messages.map, BPF_SK_MSG_VERDICT, program_id(program),
			       "linked program");
	ASSERT_EQ(bpf_prog_attach(program, messages.map, BPF_SK_MSG_VERDICT, 0), -EBUSY,
		  "attach without link");
	check_redirected(&messages);
	if (detach(&link))
		check_unlinked(&messages);
}

/* Sends "0123456789", and returns the result of bpf_msg_pop_data() for this range. */
static int send_popped(struct messages *messages, __u32 start_bytes, __u32 len_bytes)
{
	struct sockmap_basic_msg__bss *bss = messages->skel->bss;
	__u32 messages_before = bss->messages, bytes_before = bss->message_bytes;

	bss->pop_start_bytes = start_bytes;
	bss->pop_len_bytes = len_bytes;
	bss->pop_result = 1;
	/* The program has run when send returns. */
	if (!sockmap_send(messages->sending.from, "0123456789", 10, "send") ||
	    !ASSERT_EQ(bss->messages, messages_before + 1, "messages seen") ||
	    !ASSERT_EQ(bss->message_bytes, bytes_before + 10, "bytes seen"))
		return 1;
	return bss->pop_result;
}

/* Asserts the result of bpf_msg_pop_data() for a range, and that @left arrives. */
static void check_pop(struct messages *messages, __u32 start_bytes, __u32 len_bytes, int expected,
		      const char *left, const char *name)
{
	if (ASSERT_EQ(send_popped(messages, start_bytes, len_bytes), expected, name))
		sockmap_receive(messages->sending.to, left, strlen(left), "receive what is left");
}

/* Old kernels accept a length that wraps around, and make the message longer. */
static bool skip_unless_wrapped_is_refused(struct messages *messages)
{
	int err = send_popped(messages, 4, UINT32_MAX - 1);

	if (err == 0 && !kernel_is_at_least(7, 1)) {
		test__skip_reason("this kernel's bpf_msg_pop_data() takes a range that wraps "
				  "around; Linux refuses such a range since 7.1");
		return true;
	}
	ASSERT_EQ(err, -EINVAL, "a length that wraps");
	return !sockmap_receive(messages->sending.to, "0123456789", 10, "receive all of it");
}

/* A range whose end wraps around must be refused like one beyond the end of the message. */
void sockmap_pop_data_overflow(void)
{
	auto_messages struct messages messages;
	int program;

	if (!open_messages(&messages, BPF_MAP_TYPE_SOCKMAP))
		return;
	program = bpf_program__fd(messages.skel->progs.pop_data);
	if (!ASSERT_OK(bpf_prog_attach(program, messages.map, BPF_SK_MSG_VERDICT, 0), "attach") ||
	    !ASSERT_OK(sockmap_put(messages.map, SENDER, messages.sending.from, BPF_NOEXIST),
		       "sender"))
		return;

	check_pop(&messages, 2, 3, 0, "0156789", "a range inside");
	check_pop(&messages, 8, 3, -EINVAL, "0123456789", "a range across the end");
	check_pop(&messages, 11, 1, -EINVAL, "0123456789", "a range behind the end");
	if (skip_unless_wrapped_is_refused(&messages))
		return;
	check_pop(&messages, UINT32_MAX, 2, -EINVAL, "0123456789", "a start that wraps");
	ASSERT_EQ(messages.skel->bss->stray_messages, 0, "messages of other sockets");
}
