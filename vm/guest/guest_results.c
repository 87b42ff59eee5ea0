// SPDX-License-Identifier: GPL-2.0-only
/*
 * The results folder is watched with inotify. Every INTERVAL_MS, new bytes of changed files are sent.
 * A file that became shorter, or was replaced by another, is sent again from its beginning. An error
 * costs only that the host gets this file later: at the end, the launcher reads the whole disk.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "vm/guest/channel.h"
#include "vm/guest/guest_results.h"
#include "vm/guest/order.h"
#include "vm/host/memory.h"
#include "vm/host/text.h"

#define INTERVAL_MS 200
#define WATCHED     (IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR)

/**
 * struct guest_results_file - a file of the results
 * @path: relative to the results folder
 * @inode: number of the file that was sent last
 * @sent_bytes: how much of it was sent
 * @changed: there may be more to send
 */
struct guest_results_file {
	char *path;
	ino_t inode;
	uint64_t sent_bytes;
	bool changed;
};

static void scan(struct guest_results *results, const char *folder);

static char *join(const char *folder, const char *name)
{
	return *folder ? text__format("%s/%s", folder, name) : text__copy(name);
}

static char *absolute(const char *path)
{
	return text__format(GUEST_RESULTS_FOLDER "/%s", path);
}

static struct guest_results_file *get_file(struct guest_results *results, const char *path)
{
	struct guest_results_file *files;

	/* The last files are the most likely. */
	for (size_t i = results->file_count; i-- > 0;)
		if (!strcmp(results->files[i].path, path))
			return &results->files[i];
	files = memory__check(realloc(results->files, (results->file_count + 1) * sizeof(*files)));
	results->files = files;
	files[results->file_count] = (struct guest_results_file){ .path = text__copy(path) };
	return &files[results->file_count++];
}

static void mark(struct guest_results *results, const char *path)
{
	struct guest_results_file *file = get_file(results, path);

	if (file->changed)
		return;
	file->changed = true;
	if (!results->changed++)
		results->next_ms = clock__now_ms() + INTERVAL_MS;
}

/* The files with a leading dot in the top folder are the journal and the history. */
static bool is_sent(const char *folder, const char *name)
{
	return *folder || *name != '.';
}

static void add_folder(struct guest_results *results, const char *folder)
{
	autofree char *path = absolute(folder);
	int watch = inotify_add_watch(results->inotify_fd, path, WATCHED);

	if (watch < 0)
		return;
	for (size_t i = 0; i < results->folders.count; i++)
		if (results->watches[i] == watch)
			return;
	results->watches = memory__check(
		realloc(results->watches, (results->folders.count + 1) * sizeof(int)));
	results->watches[results->folders.count] = watch;
	words__add(&results->folders, "%s", folder);
	/* What was made before the watch was there. */
	scan(results, folder);
}

static void scan(struct guest_results *results, const char *folder)
{
	autofree char *top = absolute(folder);
	DIR *dir = opendir(top);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		autofree char *path = join(folder, entry->d_name);

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    !is_sent(folder, entry->d_name))
			continue;
		if (entry->d_type == DT_DIR)
			add_folder(results, path);
		else if (entry->d_type == DT_REG)
			mark(results, path);
	}
	if (dir)
		closedir(dir);
}

void guest_results__start(struct guest_results *results)
{
	*results = (struct guest_results){ .inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK) };
	if (results->inotify_fd >= 0)
		add_folder(results, "");
}

static void on_event(struct guest_results *results, const struct inotify_event *event)
{
	const char *folder = NULL;
	autofree char *path = NULL;

	/* The kernel has dropped events. */
	if (event->mask & IN_Q_OVERFLOW) {
		for (size_t i = 0; i < results->folders.count; i++)
			scan(results, results->folders.v[i]);
		return;
	}
	for (size_t i = 0; i < results->folders.count; i++)
		if (results->watches[i] == event->wd)
			folder = results->folders.v[i];
	if (!folder || !event->len || !is_sent(folder, event->name))
		return;
	path = join(folder, event->name);
	if (!(event->mask & IN_ISDIR))
		mark(results, path);
	else if (event->mask & (IN_CREATE | IN_MOVED_TO))
		add_folder(results, path);
}

void guest_results__note(struct guest_results *results)
{
	char buffer[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n;

	while ((n = read(results->inotify_fd, buffer, sizeof(buffer))) > 0) {
		for (char *at = buffer; at < buffer + n;) {
			const struct inotify_event *event = (const void *)at;

			on_event(results, event);
			at += sizeof(*event) + event->len;
		}
	}
}

int guest_results__wait_ms(const struct guest_results *results, int limit_ms)
{
	int64_t left_ms = results->next_ms - clock__now_ms();

	if (!results->changed || left_ms >= limit_ms)
		return limit_ms;
	return left_ms > 0 ? left_ms : 0;
}

/* Return: true if the file is up to date on the host, or cannot be sent; false if there is no room. */
static bool send_file(struct guest_results_file *file, struct channel *channel, int *err)
{
	autofree char *path = absolute(file->path);
	autoclose int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	size_t path_bytes = strlen(file->path);
	char payload[CHANNEL_PAYLOAD_BYTES];
	struct file_chunk chunk = { .path_bytes = path_bytes };
	struct stat st = {};
	size_t head_bytes = sizeof(chunk) + path_bytes;

	if (fd >= 0 && (fstat(fd, &st) || !S_ISREG(st.st_mode)))
		return true;
	if (path_bytes > PATH_MAX)
		return true;
	if (st.st_ino != file->inode || (uint64_t)st.st_size < file->sent_bytes)
		file->sent_bytes = 0;
	file->inode = st.st_ino;
	for (;;) {
		size_t room = channel__room(channel, STREAM_FILES);
		ssize_t n = 0;

		if (room <= head_bytes)
			return false;
		chunk.offset = file->sent_bytes;
		chunk.is_gone = fd < 0;
		memcpy(payload, &chunk, sizeof(chunk));
		memcpy(payload + sizeof(chunk), file->path, path_bytes);
		if (fd >= 0)
			n = pread(fd, payload + head_bytes, room - head_bytes, file->sent_bytes);
		/* An empty file is sent, too: offset 0 makes the file, or empties it. */
		if (n < 0 || (n == 0 && fd >= 0 && file->sent_bytes))
			return true;
		*err = channel__send(channel, FRAME_DATA, STREAM_FILES, payload, head_bytes + n);
		if (*err || n == 0)
			return true;
		file->sent_bytes += n;
	}
}

int guest_results__send(struct guest_results *results, struct channel *channel)
{
	int err = 0;

	if (!results->changed || clock__now_ms() < results->next_ms)
		return 0;
	for (size_t i = 0; !err && i < results->file_count; i++) {
		struct guest_results_file *file = &results->files[i];

		if (!file->changed)
			continue;
		if (!send_file(file, channel, &err))
			break;
		file->changed = false;
		results->changed--;
	}
	if (results->changed)
		results->next_ms = clock__now_ms() + INTERVAL_MS;
	return err;
}

void guest_results__end(struct guest_results *results)
{
	if (results->inotify_fd >= 0)
		close(results->inotify_fd);
	for (size_t i = 0; i < results->file_count; i++)
		free(results->files[i].path);
	free(results->files);
	free(results->watches);
	words__free(&results->folders);
	*results = (struct guest_results){ .inotify_fd = -1 };
}
