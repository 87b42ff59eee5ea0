// SPDX-License-Identifier: GPL-2.0-only
/* Sets the loopback device up, which is down at first in a new network namespace and in a guest. */
#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "runner/system/loopback.h"
#include "runner/text/cleanup.h"

int loopback__bring_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		return -errno;
	return 0;
}
