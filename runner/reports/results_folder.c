// SPDX-License-Identifier: GPL-2.0-only
/* Makes the folder, and writes the logs of tests into it. A full disk costs logs, never results. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/command_line/machine_sockets.h"
#include "runner/reports/results_folder.h"
#include "runner/selection/registry.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/printable.h"

#define HIGH_FD_MIN 900

static const char *const fixed_files[] = { "report.json", "events.jsonl", "strace.log" };

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

static void name_kernel_log(char *name, size_t size_bytes, int machine)
{
	if (machine)
		snprintf(name, size_bytes, "kernel-%d.log", machine);
	else
		snprintf(name, size_bytes, "kernel.log");
}

/* A user may have named any folder, so only the logs of our tests are removed. */
static void remove_logs(int dir_fd)
{
	char name[NAME_MAX + 1];
	int i;

	for (i = 0; i < test_entries_cnt; i++) {
		name_log(name, sizeof(name), test_entries[i].name);
		unlinkat(dir_fd, name, 0);
	}
}

static void remove_kernel_logs(int dir_fd)
{
	char name[32];
	int i;

	for (i = 0; i <= PEERS_MAX; i++) {
		name_kernel_log(name, sizeof(name), i);
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
	/* The lock is held until the descriptor is closed. */
	if (err >= 0 && flock(folder->dir_fd, LOCK_EX | LOCK_NB))
		err = -EBUSY;
	if (err < 0) {
		if (err == -EBUSY)
			snprintf(error, size_bytes,
				 "the results folder '%s' is in use by another run", path);
		else
			snprintf(error, size_bytes,
				 "cannot make the results folder '%s': " ERRNO_FMT, path,
				 ERRNO_ARG(err));
		return err;
	}
	/*
	 * The descriptor stays open in tests. Its high number keeps the usual numbers free for the
	 * test's own files.
	 */
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
	remove_kernel_logs(folder->dir_fd);
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

FILE *results_folder__kernel_log(struct results_folder *folder, int machine)
{
	char name[32];
	FILE *file;

	name_kernel_log(name, sizeof(name), machine);
	file = results_folder__append(folder, name);
	if (!file)
		folder->error = folder->error ?: -errno;
	return file;
}

static struct results_log *find_log(struct results_folder *folder, const struct test_outcome *test)
{
	int i;

	for (i = 0; i < folder->logs_cnt; i++) {
		if (folder->logs[i].test == test)
			return &folder->logs[i];
	}
	return NULL;
}

static void open_log(struct results_folder *folder, const struct test_outcome *test)
{
	struct results_log *log = find_log(folder, NULL);
	char name[NAME_MAX + 1];

	if (!log) {
		log = reallocarray(folder->logs, folder->logs_cnt + 1, sizeof(*log));
		if (!log) {
			folder->error = folder->error ?: -ENOMEM;
			return;
		}
		folder->logs = log;
		log += folder->logs_cnt++;
	}
	name_log(name, sizeof(name), test->outcome.name);
	*log = (struct results_log){ .test = test, .room_bytes = RESULTS_LOG_MAX_BYTES };
	log->fd = openat(folder->logs_fd, name,
			 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (log->fd < 0)
		folder->error = folder->error ?: -errno;
}

static void close_log(struct results_folder *folder, const struct test_outcome *test)
{
	struct results_log *log = find_log(folder, test);

	if (!log)
		return;
	if (log->fd >= 0)
		close(log->fd);
	*log = (struct results_log){ .fd = -1 };
}

static void drop_log(struct results_folder *folder, const struct test_outcome *test)
{
	char name[NAME_MAX + 1];

	close_log(folder, test);
	name_log(name, sizeof(name), test->outcome.name);
	unlinkat(folder->logs_fd, name, 0);
}

static void write_log(struct results_folder *folder, const struct test_outcome *test,
		      const char *text, size_t len_bytes)
{
	static const char note[] = "\n[what came behind this was dropped]\n";
	struct results_log *log = find_log(folder, test);
	bool is_too_much;
	ssize_t n;

	if (!log || log->fd < 0 || !log->room_bytes)
		return;
	is_too_much = len_bytes > log->room_bytes;
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

/* Write a heading for a subtest, because all subtests of a test share one file. */
static void write_heading(struct results_folder *folder, const struct event *event)
{
	const struct outcome *subtest = event->where;
	autofree char *name = printable_line(subtest->name, strlen(subtest->name));
	autofree char *heading = NULL;
	int n = asprintf(&heading, "--- subtest %d: %s\n", subtest->number, name ?: "");

	if (n > 0)
		write_log(folder, event->test, heading, n);
	else
		heading = NULL;
}

void results_folder__listen(void *context, const struct event *event)
{
	struct results_folder *folder = context;

	if (!folder->path)
		return;
	switch (event->kind) {
	case EVENT_TEST_BEGIN:
		open_log(folder, event->test);
		break;
	case EVENT_SUBTEST_BEGIN:
		write_heading(folder, event);
		break;
	case EVENT_OUTPUT:
		write_log(folder, event->test, event->output.text, event->output.len_bytes);
		break;
	case EVENT_TEST_END:
	case EVENT_RERUN_CLEARED:
		close_log(folder, event->test);
		break;
	case EVENT_TEST_DROPPED:
		drop_log(folder, event->test);
		break;
	default:
		break;
	}
}

void results_folder__close(struct results_folder *folder)
{
	int i, fds[] = { folder->dir_fd, folder->logs_fd, folder->verifier_fd };

	for (i = 0; folder->path && i < 3; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	for (i = 0; i < folder->logs_cnt; i++) {
		if (folder->logs[i].fd >= 0)
			close(folder->logs[i].fd);
	}
	free(folder->logs);
	folder->logs = NULL;
	folder->logs_cnt = 0;
	free(folder->path);
	folder->path = NULL;
}
