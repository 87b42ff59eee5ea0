// SPDX-License-Identifier: GPL-2.0-only
/* Marks processes by a resource limit. Kills processes that fork faster than /proc can be read. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/system/process_mark.h"

/* The kernel rounds this limit up to whole ticks, so a mark is well below the maximum. */
#define MARK_BASE        (1ULL << 62)
#define MARK_NUMBER_BITS 24
/* The chase ends when no process was found for this long. The event loop looks again later. */
#define QUIET_MS         3

uint64_t process_mark__make(unsigned int number)
{
	return MARK_BASE | (uint64_t)getpid() << MARK_NUMBER_BITS |
	       (number & ((1U << MARK_NUMBER_BITS) - 1));
}

bool process_mark__is_own(uint64_t mark)
{
	return mark >> MARK_NUMBER_BITS == process_mark__make(0) >> MARK_NUMBER_BITS;
}

void process_mark__set(uint64_t mark)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_RTTIME, &limit))
		return;
	limit.rlim_cur = mark;
	setrlimit(RLIMIT_RTTIME, &limit);
}

uint64_t process_mark__get(pid_t pid)
{
	static const char name[] = "Max realtime timeout";
	char path[64], text[4096];
	const char *line;
	uint64_t mark;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/limits", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 0)
		return 0;
	text[n] = '\0';
	line = strstr(text, name);
	mark = line ? strtoull(line + strlen(name), NULL, 10) : 0;
	return mark & MARK_BASE ? mark : 0;
}

/*
 * /proc lists processes by pid, and new processes have the highest pids. Reading on from the last
 * process that was found, which is listed again, takes no longer than a fork.
 */
void process_mark__chase(uint64_t mark, int limit_ms)
{
	int64_t end_ms = clock__now_ns() / NS_PER_MS + limit_ms,
		found_ms = clock__now_ns() / NS_PER_MS;
	DIR *dir = opendir("/proc");
	long at = 0, newest = 0;
	struct dirent *entry;
	pid_t pid, last = 0;

	while (dir && clock__now_ns() / NS_PER_MS < end_ms &&
	       clock__now_ns() / NS_PER_MS <= found_ms + QUIET_MS) {
		while (at = telldir(dir), entry = readdir(dir)) {
			pid = atoi(entry->d_name);
			if (pid <= 0 || pid == last)
				continue;
			newest = at;
			last = pid;
			if (process_mark__get(pid) == mark && !kill(pid, SIGKILL))
				found_ms = clock__now_ns() / NS_PER_MS;
		}
		seekdir(dir, newest);
	}
	if (dir)
		closedir(dir);
}
