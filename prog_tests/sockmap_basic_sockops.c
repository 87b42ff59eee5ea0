// SPDX-License-Identifier: GPL-2.0-only
/* Sockets that a program puts into a sockmap when their connection is established. */
#include <fcntl.h>
#include <netinet/in.h>
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
	bss->update_results[ACTIVE] = bss->update_results[PASSIVE] = 1;
	return ASSERT_OK_FD(inserted->pair.from, "socket") &&
	       check_ends(inserted, false, false, "no entry before the connection") &&
	       ASSERT_OK(connect(inserted->pair.from, (struct sockaddr *)&inserted->addr,
				 sizeof(inserted->addr)),
			 "connect") &&
	       ASSERT_OK(wait_readable(inserted->listener, test__wait_timeout_ms()), "waiting") &&
	       ASSERT_OK(bss->update_results[ACTIVE], "put in what connects") &&
	       ASSERT_OK(bss->update_results[PASSIVE], "put in what is connected to") &&
	       ASSERT_EQ(bss->cookies[ACTIVE], socket_cookie(inserted->pair.from), "active end") &&
	       check_ends(inserted, true, true, "both ends are entries");
}

/* Accepts the connection, and then closes its ends one by one, with unread data. */
static bool destroy_accepted(struct inserted *inserted)
{
	struct socket_pair *pair = &inserted->pair;

	pair->to = accept4(inserted->listener, NULL, NULL, SOCK_CLOEXEC);
	if (!ASSERT_OK_FD(pair->to, "accept") ||
	    !ASSERT_EQ(inserted->skel->bss->cookies[PASSIVE], socket_cookie(pair->to),
		       "passive end") ||
	    !sockmap_send(pair->from, "there", 5, "send") ||
	    !sockmap_receive(pair->to, "there", 5, "receive") ||
	    !sockmap_send(pair->to, "unread", 6, "send what nobody reads"))
		return false;
	close(pair->to);
	pair->to = -1;
	if (!check_ends(inserted, true, false, "accepted end is gone"))
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

/* Each end reaches its last state once, and cannot be put into the map in that state. */
void sockmap_insert_sockops_and_destroy(void)
{
	struct inserted inserted;

	if (open_inserted(&inserted) && connect_unaccepted(&inserted) &&
	    destroy_accepted(&inserted) && connect_unaccepted(&inserted)) {
		destroy_unaccepted(&inserted);
		sockmap_wait_for_counter(&inserted.skel->bss->closed, 2 * ENDS, "ends closed");
		ASSERT_EQ(inserted.skel->bss->closed_refused, 2 * ENDS, "closed ends refused");
		check_ends(&inserted, false, false, "nothing comes back");
	}
	close_inserted(&inserted);
}
