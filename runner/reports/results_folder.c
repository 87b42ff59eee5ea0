// SPDX-License-Identifier: GPL-2.0-only
/* Makes the files of a run. A disk that is full costs logs, never results. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/selection/registry.h"
#include "runner/reports/results_folder.h"

#define HIGH_FD_MIN 900

static const char *const fixed_files[] = { "report.json", "events.jsonl", "kernel.log",
					   "strace.log" };

static int make_parents(char *path)
{
	char *slash = path;

	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(path, 0755) && errno != EEXIST) {
			int err = -errno;

			*slash = '/';
			return err;
		}
		*slash = '/';
	}
	return 0;
}

static int make_dir(int at, const char *path)
{
	int nofollow = at == AT_FDCWD ? 0 : O_NOFOLLOW;

	if (mkdirat(at, path, 0755) && errno != EEXIST)
		return -errno;
	at = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | nofollow);
	return at < 0 ? -errno : at;
}

static void name_log(char *name, size_t size_bytes, const char *test)
{
	snprintf(name, size_bytes, "%.200s.log", test);
}

/* The folder may be anything that a user named: nothing but the logs of our tests goes. */
static void remove_logs(int dir_fd)
{
	char name[NAME_MAX + 1];
	int i;

	for (i = 0; i < test_entries_cnt; i++) {
		name_log(name, sizeof(name), test_entries[i].name);
		unlinkat(dir_fd, name, 0);
	}
}

int results_folder__open(struct results_folder *folder, const char *path, char *error,
			 size_t size_bytes)
{
	int err, high_fd;
	size_t i;

	folder->dir_fd = folder->logs_fd = folder->verifier_fd = -1;
	folder->path = strdup(path);
	err = folder->path ? make_parents(folder->path) : -ENOMEM;
	if (!err)
		err = folder->dir_fd = make_dir(AT_FDCWD, path);
	if (err >= 0)
		err = folder->logs_fd = make_dir(folder->dir_fd, "logs");
	if (err >= 0)
		err = folder->verifier_fd = make_dir(folder->dir_fd, "verifier");
	/* Held until it is closed. */
	if (err >= 0 && flock(folder->dir_fd, LOCK_EX | LOCK_NB))
		err = -EBUSY;
	if (err < 0) {
		if (err == -EBUSY)
			snprintf(error, size_bytes,
				 "the results folder '%s' is in use by another run", path);
		else
			snprintf(error, size_bytes, "cannot make the results folder '%s': %s", path,
				 strerror(-err));
		return err;
	}
	/* It stays open in tests, whose own descriptors are to have the usual numbers. */
	high_fd = fcntl(folder->verifier_fd, F_DUPFD_CLOEXEC, HIGH_FD_MIN);
	if (high_fd >= 0) {
		close(folder->verifier_fd);
		folder->verifier_fd = high_fd;
	}
	if (folder->is_resumed)
		return 0;
	remove_logs(folder->logs_fd);
	remove_logs(folder->verifier_fd);
	for (i = 0; i < sizeof(fixed_files) / sizeof(fixed_files[0]); i++)
		unlinkat(folder->dir_fd, fixed_files[i], 0);
	return 0;
}

FILE *results_folder__create(struct results_folder *folder, const char *name)
{
	int fd = openat(folder->dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
			0644);

	return fd < 0 ? NULL : fdopen(fd, "w");
}

FILE *results_folder__append(struct results_folder *folder, const char *name)
{
	int fd;

	if (!folder->is_resumed)
		return results_folder__create(folder, name);
	fd = openat(folder->dir_fd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	return fd < 0 ? NULL : fdopen(fd, "a");
}

void results_folder__open_log(struct results_folder *folder, struct results_log *log,
			      const char *test)
{
	char name[NAME_MAX + 1];

	*log = (struct results_log){ .fd = -1, .room_bytes = RESULTS_LOG_MAX_BYTES };
	if (!folder->path)
		return;
	name_log(name, sizeof(name), test);
	log->fd = openat(folder->logs_fd, name,
			 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (log->fd < 0)
		folder->error = folder->error ?: -errno;
}

void results_folder__log(struct results_folder *folder, struct results_log *log, const char *text,
			 size_t len_bytes)
{
	static const char note[] = "\n[what came behind this was dropped]\n";
	bool is_too_much = len_bytes > log->room_bytes;
	ssize_t n;

	if (log->fd < 0 || !log->room_bytes)
		return;
	if (is_too_much)
		len_bytes = log->room_bytes;
	while (len_bytes) {
		n = write(log->fd, text, len_bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			folder->error = folder->error ?: -errno;
			return;
		}
		text += n;
		len_bytes -= n;
		log->room_bytes -= n;
	}
	if (is_too_much && write(log->fd, note, strlen(note)) < 0)
		folder->error = folder->error ?: -errno;
}

void results_folder__close(struct results_folder *folder)
{
	int i, fds[] = { folder->dir_fd, folder->logs_fd, folder->verifier_fd };

	for (i = 0; folder->path && i < 3; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	free(folder->path);
	folder->path = NULL;
}
