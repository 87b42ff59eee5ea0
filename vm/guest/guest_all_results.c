// SPDX-License-Identifier: GPL-2.0-only
/* Sends the results of a guest without disks to the launcher. Links and empty folders are left out. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/guest/channel.h"
#include "vm/guest/guest_log.h"
#include "vm/guest/guest_all_results.h"
#include "vm/guest/order.h"
#include "vm/host/text.h"

/* Bytes that may wait to be sent, and the time after which a launcher that takes none is gone. */
#define WAITING_BYTES_MAX (256 * 1024)
#define SEND_MS           30000

/* Return: true unless the launcher is gone. */
static bool send_frame(struct channel *channel, enum frame_type type, const void *data, size_t len)
{
	struct pollfd pfd = { .fd = channel->fd, .events = POLLOUT };

	if (channel__send(channel, type, 0, data, len))
		return false;
	while (queue__length(&channel->out) > WAITING_BYTES_MAX)
		if (poll(&pfd, 1, SEND_MS) <= 0 || channel__flush(channel))
			return false;
	return true;
}

static bool send_file(struct channel *channel, const char *path)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	const char *name = path + strlen(GUEST_RESULTS_FOLDER);
	char bytes[CHANNEL_PAYLOAD_BYTES];
	ssize_t n;

	if (fd < 0) {
		guest_log__say("cannot read the result %s: " ERRNO_FMT, path, ERRNO_ARG(errno));
		return true;
	}
	if (!send_frame(channel, FRAME_FILE, name, strlen(name)))
		return false;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		if (!send_frame(channel, FRAME_BYTES, bytes, n))
			return false;
	return true;
}

/* Return: true unless the launcher is gone. */
static bool send_folder(struct channel *channel, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool goes_on = true;

	while (dir && goes_on && (entry = readdir(dir))) {
		autofree char *path = text__format("%s/%s", folder, entry->d_name);
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") || lstat(path, &st))
			continue;
		if (S_ISDIR(st.st_mode))
			goes_on = send_folder(channel, path);
		else if (S_ISREG(st.st_mode))
			goes_on = send_file(channel, path);
	}
	if (dir)
		closedir(dir);
	return goes_on;
}

void guest_all_results__send(struct channel *channel)
{
	if (!send_folder(channel, GUEST_RESULTS_FOLDER))
		guest_log__say("cannot send all results: the launcher takes none");
}
