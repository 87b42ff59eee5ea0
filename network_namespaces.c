// SPDX-License-Identifier: GPL-2.0-only
/* Creates, enters and leaves network namespaces. Does not assert or print. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "network_namespaces.h"
#include "runner/system/loopback.h"
#include "test_progs.h"

struct netns_obj {
	int fd;
	int came_from; /* the creating thread's old namespace; -1: the thread did not stay in it */
};

static int own_netns(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int netns_leave(int came_from)
{
	int err = setns(came_from, CLONE_NEWNET) ? -errno : 0;

	close(came_from);
	return err;
}

int netns_enter(const struct netns_obj *netns)
{
	int came_from = own_netns(), err;

	if (came_from < 0 || !setns(netns->fd, CLONE_NEWNET))
		return came_from;
	err = -errno;
	close(came_from);
	return err;
}

/* Moves the thread to a new namespace, and sets @fd to it. Returns the thread's old namespace. */
static int enter_new(const char *name, int *fd)
{
	int came_from = own_netns(), err;

	if (came_from < 0)
		return came_from;
	if (unshare(CLONE_NEWNET)) {
		err = -errno;
		close(came_from);
		return err;
	}
	*fd = own_netns();
	err = *fd < 0 ? *fd : 0;
	if (!err) {
		test__capture_netns(name);
		err = loopback__bring_up();
	}
	if (!err)
		return came_from;
	if (*fd >= 0) {
		test__release_netns(*fd);
		close(*fd);
	}
	netns_leave(came_from);
	return err;
}

struct netns_obj *netns_new(const char *name, bool open)
{
	struct netns_obj *netns = calloc(1, sizeof(*netns));
	int came_from, err;

	if (!netns)
		return NULL;
	came_from = enter_new(name, &netns->fd);
	err = came_from < 0 ? came_from : 0;
	netns->came_from = -1;
	if (!err && open)
		netns->came_from = came_from;
	else if (!err)
		err = netns_leave(came_from);
	if (!err)
		return netns;
	if (came_from >= 0)
		netns_free(netns);
	else
		free(netns);
	errno = -err;
	return NULL;
}

void netns_free(struct netns_obj *netns)
{
	if (!netns)
		return;
	test__release_netns(netns->fd);
	if (netns->came_from >= 0)
		netns_leave(netns->came_from);
	close(netns->fd);
	free(netns);
}

int netns_fd(const struct netns_obj *netns)
{
	return netns->fd;
}
