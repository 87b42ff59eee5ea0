// SPDX-License-Identifier: GPL-2.0-only
/*
 * cgroups (version 2), except those of runners. systemd creates and removes cgroups all the time,
 * with names that end in ".scope", ".service" or ".slice". These cgroups and everything below them
 * are skipped.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/audit/kind.h"
#include "runner/system/cgroup.h"
#include "runner/text/text_file.h"

static bool is_left_out(const char *name)
{
	static const char *const endings[] = { ".scope", ".service", ".slice" };
	size_t i, len = strlen(name);

	if (!strncmp(name, CGROUP_BASE_PREFIX, strlen(CGROUP_BASE_PREFIX)))
		return true;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (len > strlen(endings[i]) &&
		    !strcmp(name + len - strlen(endings[i]), endings[i]))
			return true;
	}
	return false;
}

static int add_tree(struct audit_set *set, char *point)
{
	char *points[] = { point, NULL };
	FTS *tree = fts_open(points, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	FTSENT *entry;
	int err = 0;

	while (tree && !err && (entry = fts_read(tree))) {
		if (entry->fts_level == FTS_ROOTLEVEL && entry->fts_errno)
			err = -entry->fts_errno;
		if (entry->fts_info != FTS_D || entry->fts_level == FTS_ROOTLEVEL)
			continue;
		if (is_left_out(entry->fts_name))
			fts_set(tree, entry, FTS_SKIP);
		else
			err = audit_set__add(set, entry->fts_path, NULL) ? 0 : -ENOMEM;
	}
	if (tree)
		fts_close(tree);
	return err;
}

static int scan(struct audit_set *set)
{
	char *point = cgroup__mount_point();
	int err = point ? add_tree(set, point) : -ENOENT;

	free(point);
	return err;
}

/*
 * All processes of tests are dead, so a process that lives in the cgroup belongs to another
 * program.
 */
static bool is_of_others(const struct audit_object *object)
{
	int fd = open(object->key, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_populated = fd >= 0 && cgroup__is_populated(fd);

	if (fd >= 0)
		close(fd);
	return is_populated;
}

/*
 * A process may have moved into the cgroup after is_of_others(). It is not killed: rmdir() fails
 * with -EBUSY.
 */
static int undo(const struct audit_object *object, const char *before)
{
	return rmdir(object->key) && errno != ENOENT ? -errno : 0;
}

const struct audit_kind audit_cgroups = {
	.name = "cgroup",
	.has_name = true,
	.scan = scan,
	.is_of_others = is_of_others,
	.undo = undo,
};
