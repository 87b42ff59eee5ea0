// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test side of packet capture (-m). It tells the capturing process which network namespace to
 * capture and to which subtest the next packets belong, and waits until that has taken effect.
 * Without -m it sends nothing.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/inside/capture_requests.h"
#include "runner/inside/channel.h"
#include "runner/records/capture.h"
#include "test_progs.h"

static void ask(enum capture_request_kind kind, uint64_t netns, int number, const char *name,
		const char *description)
{
	struct record record = {
		.header.type = RECORD_CAPTURE,
		.header.flags = RECORD_WANTS_ANSWER,
		.header.code = kind,
		.header.number = number,
		.header.address = netns,
		.texts = { name, description },
	};

	if (channel__setup()->is_captured)
		channel__send(&record);
}

void test__capture_netns(const char *name)
{
	struct stat identity;

	if (!stat("/proc/thread-self/ns/net", &identity))
		ask(CAPTURE_NETNS, identity.st_ino, 0, name, NULL);
}

void test__release_netns(int netns_fd)
{
	struct stat identity;

	if (!fstat(netns_fd, &identity))
		ask(CAPTURE_RELEASE, identity.st_ino, 0, NULL, NULL);
}

void capture_requests__begin(void)
{
	test__capture_netns(OWN_NETNS_NAME);
}

void capture_requests__enter_subtest(const char *name, const char *description, int number)
{
	ask(CAPTURE_SUBTEST, 0, number, name, description);
}

void capture_requests__leave_subtest(void)
{
	ask(CAPTURE_NO_SUBTEST, 0, 0, NULL, NULL);
}
