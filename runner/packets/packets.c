// SPDX-License-Identifier: GPL-2.0-only
/* Makes the folder of packets, and knows which tests -m names. Captures nothing. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/packets/packet_file.h"
#include "runner/packets/packets.h"
#include "runner/selection/registry.h"
#include "runner/text/error.h"
#include "test_progs.h"

/* Remove only the files of our tests, as results_folder.c does. */
static void remove_files(int dir_fd)
{
	struct dirent *entry;
	DIR *dir = fdopendir(fcntl(dir_fd, F_DUPFD_CLOEXEC, 0));
	int i;

	while (dir && (entry = readdir(dir))) {
		for (i = 0; i < test_entries_cnt; i++) {
			if (packet_file__is_of(entry->d_name, test_entries[i].name))
				unlinkat(dir_fd, entry->d_name, 0);
		}
	}
	if (dir)
		closedir(dir);
}

static int make_in_results(struct packets *packets, const char *results_path, int results_fd)
{
	if (asprintf(&packets->path, "%s/packets", results_path) < 0)
		return -ENOMEM;
	if (mkdirat(results_fd, "packets", 0755) && errno != EEXIST)
		return -errno;
	packets->dir_fd =
		openat(results_fd, "packets", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return packets->dir_fd < 0 ? -errno : 0;
}

/* Make a folder that outlives the run. It is in the runner's /tmp, which tests do not see. */
static int make_temporary(struct packets *packets)
{
	const char *folder = getenv("TMPDIR");

	if (!folder || !*folder)
		folder = "/tmp";
	if (asprintf(&packets->path, "%s/test_progs-packets.XXXXXX", folder) < 0)
		return -ENOMEM;
	if (!mkdtemp(packets->path))
		return -errno;
	packets->is_temporary = true;
	packets->dir_fd = open(packets->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return packets->dir_fd < 0 ? -errno : 0;
}

static int try_to_capture(void)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Return: true if any test is captured. A test in the initial network namespace is not. */
static bool are_wanted(const struct tests *tests, const struct selection *captured)
{
	int i;

	for (i = 0; captured && i < tests->cnt; i++) {
		const struct test_entry *test = tests->all[i].entry;

		if (selection__has_test(captured, test->name, 0) &&
		    registry__isolation(test) & ISOLATE_NETNS)
			return true;
	}
	return false;
}

int packets__open(struct packets *packets, const struct tests *tests,
		  const struct selection *captured, const char *results_path, int results_fd,
		  bool is_resumed)
{
	int err;

	if (!are_wanted(tests, captured))
		return 0;
	err = try_to_capture();
	if (err)
		return error__fail(err, "cannot capture packets (-m): " ERRNO_FMT "%s",
				   ERRNO_ARG(err),
				   err == -EPERM        ? "; it needs root, or CAP_NET_RAW" :
				   err == -EAFNOSUPPORT ? "; the kernel has no CONFIG_PACKET" :
							  "");
	err = results_path ? make_in_results(packets, results_path, results_fd) :
			     make_temporary(packets);
	if (err)
		return error__fail(err, "cannot make the folder '%s' for packets: " ERRNO_FMT,
				   packets->path ?: "", ERRNO_ARG(err));
	if (results_path && !is_resumed)
		remove_files(packets->dir_fd);
	return 0;
}

void packets__close(struct packets *packets)
{
	if (packets->dir_fd >= 0)
		close(packets->dir_fd);
	packets->dir_fd = -1;
	/* rmdir() removes the folder only if it is empty, because nothing was captured. */
	if (packets->is_temporary)
		rmdir(packets->path);
	packets->is_temporary = false;
	free(packets->path);
	packets->path = NULL;
}
