// SPDX-License-Identifier: GPL-2.0-only
/* vsock sockets in a sockmap, connected to each other on the same machine. */
#include <linux/vm_sockets.h>
#include <poll.h>
#include <sys/socket.h>

#include "network_helpers.h"
#include "sockmap_basic.h"
#include "sockmap_basic_verdict.skel.h"
#include "test_progs.h"
#include "testing_helpers.h"

/* Returns a listener on a port that the kernel picks, or a negative errno. */
static int listen_locally(struct sockaddr_vm *addr)
{
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0), err;
	socklen_t size_bytes = sizeof(*addr);

	*addr = (struct sockaddr_vm){
		.svm_family = AF_VSOCK,
		.svm_cid = VMADDR_CID_LOCAL,
		.svm_port = VMADDR_PORT_ANY,
	};
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)addr, sizeof(*addr)) || listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)addr, &size_bytes)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* A work item connects an accepted socket some time after accept(). */
static int wait_connected(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLOUT };

	return poll(&pollfd, 1, test__wait_timeout_ms()) == 1 && pollfd.revents == POLLOUT ?
		       0 :
		       -ENOTCONN;
}

static int connect_pair(struct socket_pair *pair)
{
	struct sockaddr_vm addr;
	int listener = listen_locally(&addr), err = 0;

	*pair = NO_SOCKET_PAIR;
	if (listener < 0)
		return listener;
	pair->from = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (pair->from < 0 || connect(pair->from, (struct sockaddr *)&addr, sizeof(addr)))
		err = -errno;
	if (!err)
		err = wait_readable(listener, test__wait_timeout_ms());
	if (!err) {
		pair->to = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		err = pair->to < 0 ? -errno : wait_connected(pair->from);
	}
	if (!err)
		err = wait_connected(pair->to);
	close(listener);
	if (err)
		sockmap_close_pair(pair);
	return err;
}

struct vsocks {
	struct sockmap_basic_verdict *skel;
	struct socket_pair pair;
	int map;
};

/* The caller closes it, also if this returns false. */
static bool open_vsocks(struct vsocks *vsocks)
{
	struct sockmap_basic_verdict *skel = sockmap_basic_verdict__open_and_load();
	int err;

	*vsocks = (struct vsocks){
		.skel = skel,
		.pair = NO_SOCKET_PAIR,
		.map = bpf_map_create(BPF_MAP_TYPE_SOCKMAP, "sockets", sizeof(__u32), sizeof(__u64),
				      2, NULL),
	};
	if (!ASSERT_OK_PTR(skel, "open and load") || !ASSERT_OK_FD(vsocks->map, "create map") ||
	    !ASSERT_OK(connect_pair(&vsocks->pair), "connect vsock pair"))
		return false;
	err = bpf_prog_attach(bpf_program__fd(skel->progs.judge_skb), vsocks->map,
			      BPF_SK_SKB_VERDICT, 0);
	if (!ASSERT_OK(err, "attach to sockmap"))
		return false;
	skel->bss->watched_cookie = socket_cookie(vsocks->pair.to);

	err = sockmap_put(vsocks->map, 0, vsocks->pair.to, BPF_NOEXIST);
	return ASSERT_OK(err, "add to sockmap");
}

static void close_vsocks(struct vsocks *vsocks)
{
	sockmap_close_pair(&vsocks->pair);
	if (vsocks->map >= 0)
		close(vsocks->map);
	sockmap_basic_verdict__destroy(vsocks->skel);
}

/* Closed when it goes out of scope. Call open_vsocks() on it before any return. */
#define auto_vsocks __attribute__((cleanup(close_vsocks)))

void sockmap_vsock_delete_on_close(void)
{
	auto_vsocks struct vsocks vsocks;

	if (open_vsocks(&vsocks) &&
	    ASSERT_OK(sockmap_put(vsocks.map, 1, vsocks.pair.from, BPF_NOEXIST), "other end") &&
	    sockmap_check_entry(vsocks.map, 0, socket_cookie(vsocks.pair.to), "before the close")) {
		close(vsocks.pair.to);
		vsocks.pair.to = -1;
		sockmap_check_entry(vsocks.map, 0, 0, "no entry after the close");
		sockmap_check_entry(vsocks.map, 1, socket_cookie(vsocks.pair.from),
				    "the other end stays");
	}
}

/* poll() must check the sockmap queue, where a verdict puts received data. */
void sockmap_vsock_poll(void)
{
	struct pollfd pollfd = { .events = POLLIN };
	auto_vsocks struct vsocks vsocks;

	if (!open_vsocks(&vsocks))
		return;
	pollfd.fd = vsocks.pair.to;
	ASSERT_EQ(poll(&pollfd, 1, 0), 0, "not readable before");
	if (!sockmap_send(vsocks.pair.from, "vsock", 5, "send") ||
	    !sockmap_wait_for_counter(&vsocks.skel->bss->watched_bytes, 5, "bytes seen") ||
	    !ASSERT_EQ(poll(&pollfd, 1, test__wait_timeout_ms()), 1, "wait until readable"))
		return;
	ASSERT_EQ(pollfd.revents, POLLIN, "readable");
	if (sockmap_receive(vsocks.pair.to, "vsock", 5, "receive"))
		ASSERT_EQ(poll(&pollfd, 1, 0), 0, "not readable after");
	ASSERT_EQ(vsocks.skel->bss->stray_bytes, 0, "bytes of other sockets");
}

/*
 * An unconnected socket has no transport to receive with. The kernel refuses it since 6.14 (commit
 * 8fb5bb169d17), and in stable kernels that have this fix.
 */
void sockmap_vsock_unconnected(void)
{
	auto_vsocks struct vsocks vsocks;
	auto_fd int unconnected = -1, listener = -1;
	struct sockaddr_vm addr;
	int err;

	if (!open_vsocks(&vsocks))
		return;
	unconnected = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!ASSERT_OK_FD(unconnected, "unconnected socket"))
		return;
	listener = listen_locally(&addr);
	err = sockmap_put(vsocks.map, 1, unconnected, BPF_ANY);
	if (!err && !kernel_is_at_least(6, 14)) {
		test__skip_reason(
			"this kernel takes an unconnected vsock into a sockmap; Linux refuses it since 6.14");
		return;
	}
	ASSERT_EQ(err, -EOPNOTSUPP, "unconnected socket");
	if (ASSERT_OK_FD(listener, "listener"))
		ASSERT_EQ(sockmap_put(vsocks.map, 1, listener, BPF_ANY), -EOPNOTSUPP, "listener");
	sockmap_check_entry(vsocks.map, 1, 0, "nothing in the map");
	ASSERT_OK(sockmap_put(vsocks.map, 1, vsocks.pair.from, BPF_ANY), "connected socket");
	sockmap_check_entry(vsocks.map, 1, socket_cookie(vsocks.pair.from), "connected socket");
}
