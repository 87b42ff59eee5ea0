// SPDX-License-Identifier: GPL-2.0-only
/*
 * cgroups (version 2) outside of those of runners. What systemd makes and removes all the time it
 * names ".scope", ".service" and ".slice", and it is passed over with all below it.
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

/* The processes of tests are dead: who lives in it is somebody else's. */
static bool is_foreign(const struct audit_object *object)
{
	int fd = open(object->key, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_populated = fd >= 0 && cgroup__is_populated(fd);

	if (fd >= 0)
		close(fd);
	return is_populated;
}

/* Whoever has moved into it since is_foreign() was asked must not die: -EBUSY. */
static int undo(struct audit_object *object, const char *before)
{
	return rmdir(object->key) && errno != ENOENT ? -errno : 0;
}

/* One with settings of its own would come back without them. */
static bool can_be_restored(const struct audit_object *object)
{
	static const struct {
		const char *file, *value;
	} defaults[] = {
		{ "cgroup.freeze", "0" },
		{ "cgroup.max.depth", "max" },
		{ "cgroup.max.descendants", "max" },
		{ "cgroup.subtree_control", "" },
		{ "cgroup.type", "domain" },
		{ "cpu.max", "max 100000" },
		{ "cpu.weight", "100" },
		{ "cpuset.cpus", "" },
		{ "cpuset.mems", "" },
		{ "io.max", "" },
		{ "io.weight", "default 100" },
		{ "memory.high", "max" },
		{ "memory.low", "0" },
		{ "memory.max", "max" },
		{ "memory.min", "0" },
		{ "memory.swap.max", "max" },
		{ "pids.max", "max" },
	};
	char path[4096], *text;
	struct stat st;
	bool is_default = !stat(object->key, &st) && st.st_uid == geteuid();
	size_t i;

	for (i = 0; is_default && i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", object->key, defaults[i].file);
		text = text_file__read(path);
		if (text)
			text[strcspn(text, "\n")] = '\0';
		is_default = !text || !strcmp(text, defaults[i].value);
		free(text);
	}
	return is_default;
}

static int redo(struct audit_object *object)
{
	return mkdir(object->key, 0755) && errno != EEXIST ? -errno : 0;
}

const struct audit_kind audit_cgroups = {
	.name = "cgroup",
	.has_name = true,
	.scan = scan,
	.is_foreign = is_foreign,
	.can_be_restored = can_be_restored,
	.undo = undo,
	.redo = redo,
};
