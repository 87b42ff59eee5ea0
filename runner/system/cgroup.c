// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps the processes of a test in a cgroup2. Every process that a test starts is born in it, and
 * cgroup.kill (5.14) kills all of them at once, double forks and new sessions included.
 *
 * The runner's cgroup is named test_progs.PID.START, after the pid and the start time of the
 * runner. The next runner can therefore tell the cgroup of a killed runner from that of a living
 * one. No controller is enabled.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "runner/system/cgroup.h"
#include "runner/system/mount_points.h"
#include "runner/system/process.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"

#define STALE_WAIT_MS 10000

char *cgroup__mount_point(void)
{
	char **points = mount_points__find("cgroup2"), *first = NULL;

	if (points && points[0])
		first = strdup(points[0]);
	mount_points__free(points);
	return first;
}

static char *find_own_path(void)
{
	char *line = NULL, *path = NULL;
	size_t room = 0;
	FILE *file = fopen("/proc/self/cgroup", "re");

	while (file && !path && getline(&line, &room, file) >= 0) {
		if (!strncmp(line, "0::/", 4))
			path = strndup(line + 4, strcspn(line + 4, "\n"));
	}
	free(line);
	if (file)
		fclose(file);
	return path;
}

static int write_file_at(int dir_fd, const char *name, const char *text)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int cgroup__kill(int cgroup_fd)
{
	return write_file_at(cgroup_fd, "cgroup.kill", "1");
}

int cgroup__freeze(int cgroup_fd, bool on)
{
	return write_file_at(cgroup_fd, "cgroup.freeze", on ? "1" : "0");
}

bool cgroup__is_populated(int cgroup_fd)
{
	char text[256];

	if (text_file__read_at(cgroup_fd, "cgroup.events", text, sizeof(text)))
		return false;
	return strstr(text, "populated 1");
}

/* cgroup2 tells the type of each entry. */
static bool is_child_dir(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && entry->d_type == DT_DIR;
}

int cgroup__pids(int cgroup_fd, int *pids, int max)
{
	int fd, pid, cnt = 0, child_fd;
	struct dirent *entry;
	FILE *file;
	DIR *dir;

	fd = openat(cgroup_fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	while (file && fscanf(file, "%d", &pid) == 1) {
		if (cnt < max)
			pids[cnt] = pid;
		cnt++;
	}
	if (file)
		fclose(file);
	fd = openat(cgroup_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	while (dir && (entry = readdir(dir))) {
		if (!is_child_dir(entry))
			continue;
		child_fd = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (child_fd < 0)
			continue;
		cnt += cgroup__pids(child_fd, cnt < max ? pids + cnt : NULL,
				    cnt < max ? max - cnt : 0);
		close(child_fd);
	}
	if (dir)
		closedir(dir);
	return cnt;
}

static int remove_tree(int parent_fd, const char *name)
{
	struct dirent *entry;
	DIR *dir;
	int fd;

	/* Most cgroups have no children, and go at once. */
	if (!unlinkat(parent_fd, name, AT_REMOVEDIR))
		return 0;
	fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	while (dir && (entry = readdir(dir))) {
		if (is_child_dir(entry))
			remove_tree(fd, entry->d_name);
	}
	if (dir)
		closedir(dir);
	if (unlinkat(parent_fd, name, AT_REMOVEDIR) && errno != ENOENT)
		return -errno;
	return 0;
}

/* If the runner of a cgroup is dead, kill the processes in the cgroup, and remove it. */
static void remove_if_stale(const char *parent, const char *name)
{
	unsigned long long start, now = 0;
	char *path;
	int pid;

	if (sscanf(name, CGROUP_BASE_PREFIX "%d.%llu", &pid, &start) != 2)
		return;
	if (!process__start_time(pid, &now) && now == start && !process__is_zombie(pid))
		return;
	if (asprintf(&path, "%s/%s", parent, name) < 0)
		return;
	cgroup__kill_and_remove(path);
	free(path);
}

static void remove_stale(const char *parent)
{
	int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (is_child_dir(entry))
			remove_if_stale(parent, entry->d_name);
	}
	if (dir)
		closedir(dir);
}

int cgroup_base__create(struct cgroup_base *base, char *error, size_t size_bytes)
{
	char *point = cgroup__mount_point(), *own = find_own_path(), *parent = NULL;
	unsigned long long start = 0;
	int err = 0;

	if (!point || !own) {
		snprintf(error, size_bytes,
			 "no cgroup2 is mounted here: mount -t cgroup2 none /sys/fs/cgroup");
		err = -ENOENT;
		goto out;
	}
	if (asprintf(&parent, "%s/%s", point, own) < 0) {
		parent = NULL;
		err = -ENOMEM;
		goto out;
	}
	remove_stale(parent);
	process__start_time(getpid(), &start);
	if (asprintf(&base->dir, "%s/" CGROUP_BASE_PREFIX "%d.%llu", parent, getpid(), start) < 0) {
		base->dir = NULL;
		err = -ENOMEM;
		goto out;
	}
	if (mkdir(base->dir, 0755)) {
		/* Do not return -ENOENT, which means a machine without cgroup2. */
		err = errno == ENOENT ? -EIO : -errno;
		snprintf(error, size_bytes, "cannot make the cgroup %s: %s", base->dir,
			 error__text(errno));
		free(base->dir);
		base->dir = NULL;
	}
out:
	free(point);
	free(own);
	free(parent);
	return err;
}

void cgroup_base__remove(struct cgroup_base *base, bool is_kept)
{
	/*
	 * Empty cgroups below a kept one are also kept: the test made them, and BPF programs of the
	 * test may be attached to them.
	 */
	if (base->dir && !is_kept)
		remove_tree(AT_FDCWD, base->dir);
	free(base->dir);
	base->dir = NULL;
}

int cgroup__kill_and_remove(const char *path)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), tries, err;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	cgroup__kill(fd);
	close(fd);
	for (tries = 0; (err = remove_tree(AT_FDCWD, path)) == -EBUSY && tries < STALE_WAIT_MS;
	     tries++)
		nanosleep(&pause, NULL);
	return err;
}

int cgroup_base__open_parent(const struct cgroup_base *base)
{
	char *path;
	int fd;

	if (!base->dir || asprintf(&path, "%s/..", base->dir) < 0)
		return -ENOENT;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(path);
	return fd < 0 ? -errno : fd;
}

void cgroup_base__remove_kept(const struct cgroup_base *base, int parent_fd, const char *name)
{
	const char *base_name = strrchr(base->dir, '/') + 1;
	int base_fd = openat(parent_fd, base_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int procs_fd = openat(parent_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);

	if (procs_fd >= 0 && write(procs_fd, "0", 1) == 1 && base_fd >= 0)
		remove_tree(base_fd, name);
	if (procs_fd >= 0)
		close(procs_fd);
	if (base_fd >= 0)
		close(base_fd);
	/* rmdir() fails while the runner runs, or if other kept cgroups are in there. */
	unlinkat(parent_fd, base_name, AT_REMOVEDIR);
}

/* Remount cgroup2 with all its options, because a remount turns off each option that it omits. */
static int make_writable(void)
{
	char *point = cgroup__mount_point();
	char *options = point ? mount_points__options(point) : NULL;
	struct statvfs st;
	int err = -ENOENT;

	if (options && !strncmp(options, "ro", 2) && !statvfs(point, &st))
		err = mount(NULL, point, NULL,
			    MS_REMOUNT | (st.f_flag & (ST_NOSUID | ST_NODEV | ST_NOEXEC)),
			    options[2] ? options + 3 : NULL) ?
			      -errno :
			      0;
	free(options);
	free(point);
	return err;
}

static int make_folder(const char *path)
{
	if (!mkdir(path, 0755))
		return 0;
	/* Make cgroup2 writable again: a test can make it read-only for all mount namespaces. */
	if (errno != EROFS || make_writable())
		return -errno;
	fprintf(stderr,
		"test_progs: cgroup2 was mounted read-only by one of the tests that have run; "
		"it can be written to again\n");
	return mkdir(path, 0755) ? -errno : 0;
}

int cgroup__create(const struct cgroup_base *base, const char *name)
{
	char *path;
	int fd;

	if (asprintf(&path, "%s/%s", base->dir, name) < 0)
		return -ENOMEM;
	fd = make_folder(path);
	if (!fd)
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		fd = -errno;
	free(path);
	return fd;
}

int cgroup__remove(const struct cgroup_base *base, const char *name)
{
	char *path;
	int err;

	if (asprintf(&path, "%s/%s", base->dir, name) < 0)
		return -ENOMEM;
	err = remove_tree(AT_FDCWD, path);
	free(path);
	return err;
}
