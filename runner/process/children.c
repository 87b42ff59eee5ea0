// SPDX-License-Identifier: GPL-2.0-only
/* Keeps track of the runner's children. Reads /proc. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/process/children.h"
#include "runner/system/process.h"

#define INHERITED_MAX 256
#define REAP_MS       100

int children__note_inherited(struct children *children)
{
	pid_t pids[INHERITED_MAX];
	int i, cnt = process__list(getpid(), -1, pids, INHERITED_MAX);

	for (i = 0; i < cnt && i < INHERITED_MAX; i++) {
		/* Skip a process that has ended in the meantime and has no start time. */
		if (children__add(children, pids[i]) == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

int children__add(struct children *children, pid_t pid)
{
	struct child *grown =
		reallocarray(children->known, children->known_cnt + 1, sizeof(*grown));
	int err;

	if (!grown)
		return -ENOMEM;
	children->known = grown;
	grown[children->known_cnt] = (struct child){ .pid = pid };
	err = process__start_time(pid, &grown[children->known_cnt].start);
	if (!err)
		children->known_cnt++;
	return err;
}

bool children__has(const struct children *children, pid_t pid)
{
	unsigned long long start;
	int i;

	for (i = 0; i < children->known_cnt; i++) {
		if (children->known[i].pid == pid && !process__start_time(pid, &start) &&
		    children->known[i].start == start)
			return true;
	}
	return false;
}

bool children__report_once(struct children *children, pid_t pid)
{
	pid_t *reported = children->reported_pids;
	int i;

	for (i = 0; i < CHILDREN_REPORTED_MAX; i++) {
		if (reported[i] == pid)
			return false;
	}
	memmove(reported, reported + 1, sizeof(*reported) * (CHILDREN_REPORTED_MAX - 1));
	reported[CHILDREN_REPORTED_MAX - 1] = pid;
	return true;
}

void children__reap(struct children *children, pid_t pid)
{
	int left_ms;

	for (left_ms = REAP_MS; left_ms; left_ms--) {
		if (waitpid(pid, NULL, WNOHANG))
			return;
		usleep(1000);
	}
	children__add(children, pid);
}

void children__free(struct children *children)
{
	free(children->known);
}
