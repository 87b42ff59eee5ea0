// SPDX-License-Identifier: GPL-2.0-only
/* Sockets that a program puts into a sockmap when their connection is established. */
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "network_helpers.h"
#include "progs/sockmap_basic.h"
#include "sockmap_basic.h"
#include "sockmap_basic_sockops.skel.h"
#include "test_progs.h"
#include "testing_helpers.h"

struct inserted {
	struct sockmap_basic_sockops *skel;
	struct bpf_link *link;
	struct sockaddr_in addr; /* of the listener */
	int cgroup, listener;
	struct socket_pair pair; /* the connecting and the accepted socket */
	int map;
};

static bool listen_locally(struct inserted *inserted)
{
	socklen_t size_bytes = sizeof(inserted->addr);
	struct sockaddr *addr = (struct sockaddr *)&inserted->addr;

	inserted->addr.sin_family = AF_INET;
	inserted->addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	inserted->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return ASSERT_OK_FD(inserted->listener, "listener") &&
	       ASSERT_OK(bind(inserted->listener, addr, size_bytes), "bind") &&
	       ASSERT_OK(listen(inserted->listener, 1), "listen") &&
	       ASSERT_OK(getsockname(inserted->listener, addr, &size_bytes), "listener's address");
}

/* The caller closes it, also if this returns false. */
static bool open_inserted(struct inserted *inserted)
{
	struct sockmap_basic_sockops *skel = sockmap_basic_sockops__open_and_load();
	char path[512];

	*inserted = (struct inserted){
		.skel = skel,
		.cgroup = -1,
		.listener = -1,
		.pair = NO_SOCKET_PAIR,
	};
	if (!ASSERT_OK_PTR(skel, "open and load") || !listen_locally(inserted) ||
	    !ASSERT_OK(own_cgroup(path, sizeof(path)), "own cgroup"))
		return false;
	inserted->map = bpf_map__fd(skel->maps.ends);
	skel->bss->watched_port = ntohs(inserted->addr.sin_port);
	inserted->cgroup = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!ASSERT_OK_FD(inserted->cgroup, path))
		return false;
	inserted->link = bpf_program__attach_cgroup(skel->progs.insert_ends, inserted->cgroup);
	return ASSERT_OK_PTR(inserted->link, "attach to cgroup");
}

static void close_inserted(struct inserted *inserted)
{
	bpf_link__destroy(inserted->link);
	sockmap_close_pair(&inserted->pair);
	if (inserted->listener >= 0)
		close(inserted->listener);
	if (inserted->cgroup >= 0)
		close(inserted->cgroup);
	sockmap_basic_sockops__destroy(inserted->skel);
}

static bool check_ends(struct inserted *inserted, bool active, bool passive, const char *name)
{
	__u64 *cookies = inserted->skel->bss->cookies;

	return sockmap_check_entry(inserted->map, ACTIVE, active ? cookies[ACTIVE] : 0, name) &&
	       sockmap_check_entry(inserted->map, PASSIVE, passive ? cookies[PASSIVE] : 0, name);
}

/* Connects, but does not accept: both ends are established, and so they are in the map. */
static bool connect_unaccepted(struct inserted *inserted)
{
	struct sockmap_basic_sockops__bss *bss = inserted->skel->bss;

	inserted->pair.from = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bss->cookies[ACTIVE] = bss->cookies[PASSIVE] = -1ULL;
	bss->callback_flags[ACTIVE] = bss->callback_flags[PASSIVE] = 0;
	bss->update_results[ACTIVE] = bss->update_results[PASSIVE] = 1;
	return ASSERT_OK_FD(inserted->pair.from, "socket") &&
	       check_ends(inserted, false, false, "no entry before the connection") &&
	       ASSERT_OK(connect(inserted->pair.from, (struct sockaddr *)&inserted->addr,
				 sizeof(inserted->addr)),
			 "connect") &&
	       ASSERT_OK(wait_readable(inserted->listener, test__wait_timeout_ms()), "waiting") &&
	       ASSERT_OK(bss->update_results[ACTIVE], "put in what connects") &&
	       ASSERT_OK(bss->update_results[PASSIVE], "put in what is connected to") &&
	       ASSERT_EQ(bss->callback_flags[ACTIVE], BPF_SOCK_OPS_STATE_CB_FLAG, "active end") &&
	       ASSERT_EQ(bss->callback_flags[PASSIVE], BPF_SOCK_OPS_STATE_CB_FLAG, "passive end") &&
	       ASSERT_EQ(bss->cookies[ACTIVE], socket_cookie(inserted->pair.from), "active end") &&
	       check_ends(inserted, true, true, "both ends are entries");
}

/* A connection to another port, in the same cgroup. */
static bool connect_elsewhere(struct inserted *inserted)
{
	auto_pair struct socket_pair pair = NO_SOCKET_PAIR;
	struct sockmap_basic_sockops__bss *bss = inserted->skel->bss;

	return sockmap_open_pair(AF_INET, SOCK_STREAM, &pair) &&
	       ASSERT_EQ(bss->cookies[ACTIVE], 0, "nothing that connects to another port") &&
	       ASSERT_EQ(bss->cookies[PASSIVE], 0, "nothing that another port accepts");
}

static bool accept_passive(struct inserted *inserted)
{
	struct socket_pair *pair = &inserted->pair;

	pair->to = accept4(inserted->listener, NULL, NULL, SOCK_CLOEXEC);
	return ASSERT_OK_FD(pair->to, "accept") &&
	       ASSERT_EQ(inserted->skel->bss->cookies[PASSIVE], socket_cookie(pair->to),
			 "passive end");
}

/* Connects once more while both keys are taken: the entries stay. */
static bool connect_again(struct inserted *inserted)
{
	struct sockmap_basic_sockops__bss *bss = inserted->skel->bss;
	const __u64 first[ENDS] = { bss->cookies[ACTIVE], bss->cookies[PASSIVE] };
	auto_pair struct socket_pair second = NO_SOCKET_PAIR;

	bss->cookies[ACTIVE] = bss->cookies[PASSIVE] = -1ULL;
	second.from = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!ASSERT_OK_FD(second.from, "second socket") ||
	    !ASSERT_OK(connect(second.from, (struct sockaddr *)&inserted->addr,
			       sizeof(inserted->addr)),
		       "connect again") ||
	    !ASSERT_OK(wait_readable(inserted->listener, test__wait_timeout_ms()), "waiting"))
		return false;
	second.to = accept4(inserted->listener, NULL, NULL, SOCK_CLOEXEC);
	if (!ASSERT_OK_FD(second.to, "accept again") ||
	    !ASSERT_EQ(bss->cookies[PASSIVE], socket_cookie(second.to), "second passive end"))
		return false;
	close(second.to);
	second.to = -1;
	return sockmap_wait_for_counter(&bss->changes[ACTIVE][TCP_CLOSE_WAIT], 1,
					"closed by peer") &&
	       ASSERT_EQ(bss->cookies[ACTIVE], socket_cookie(second.from), "second active end") &&
	       ASSERT_EQ(bss->update_results[ACTIVE], -EEXIST, "active end's key is taken") &&
	       ASSERT_EQ(bss->update_results[PASSIVE], -EEXIST, "passive end's key is taken") &&
	       sockmap_check_entry(inserted->map, ACTIVE, first[ACTIVE], "first active end") &&
	       sockmap_check_entry(inserted->map, PASSIVE, first[PASSIVE], "first passive end");
}

/* Closes the ends of the accepted connection one by one, with unread data. */
static bool destroy_accepted(struct inserted *inserted)
{
	struct socket_pair *pair = &inserted->pair;
	const __u64 active = socket_cookie(pair->from);

	if (!sockmap_send(pair->from, "there", 5, "send") ||
	    !sockmap_receive(pair->to, "there", 5, "receive") ||
	    !sockmap_send(pair->to, "unread", 6, "send what nobody reads"))
		return false;
	close(pair->to);
	pair->to = -1;
	if (!sockmap_wait_for_counter(&inserted->skel->bss->changes[ACTIVE][TCP_CLOSE_WAIT], 2,
				      "closed by peer") ||
	    !sockmap_check_entry(inserted->map, ACTIVE, active, "connecting end stays") ||
	    !sockmap_check_entry(inserted->map, PASSIVE, 0, "accepted end is gone"))
		return false;
	close(pair->from);
	pair->from = -1;
	return check_ends(inserted, false, false, "connecting end is gone");
}

/* The passive end never had a descriptor: the close of the listener destroys it. */
static void destroy_unaccepted(struct inserted *inserted)
{
	close(inserted->listener);
	inserted->listener = -1;
	sockmap_check_entry(inserted->map, PASSIVE, 0, "unaccepted end is gone");
	close(inserted->pair.from);
	inserted->pair.from = -1;
	check_ends(inserted, false, false, "both ends are gone");
}

/* Each end reaches its last state once, and cannot be put into the map when its state changes. */
static void check_changes(struct sockmap_basic_sockops__bss *bss, __u64 connections)
{
	for (unsigned int end = 0; end < ENDS; end++) {
		ASSERT_EQ(bss->ends_established[end], connections, "ends established");
		sockmap_wait_for_counter(&bss->changes[end][TCP_CLOSE], connections, "ends closed");
		for (unsigned int state = 0; state < STATES; state++)
			ASSERT_EQ(bss->refused[end][state], bss->changes[end][state], "refused");
		ASSERT_EQ(bss->changes[end][0], 0, "changes that are none");
	}
	/* Where both ends had a descriptor, the passive end was closed first. */
	ASSERT_EQ(bss->changes[PASSIVE][TCP_CLOSE_WAIT], 0, "passive ends closed by their peer");
}

void sockmap_insert_sockops_and_destroy(void)
{
	struct inserted inserted;

	if (open_inserted(&inserted) && connect_elsewhere(&inserted) &&
	    connect_unaccepted(&inserted) && accept_passive(&inserted) &&
	    connect_again(&inserted) && destroy_accepted(&inserted) &&
	    connect_unaccepted(&inserted)) {
		destroy_unaccepted(&inserted);
		check_changes(inserted.skel->bss, 3);
		check_ends(&inserted, false, false, "nothing comes back");
	}
	close_inserted(&inserted);
}
