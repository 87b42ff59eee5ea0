// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files and folders in the bpffs that the runner sees. A test with its own mount namespace has a
 * bpffs of its own.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runner/audit/open_objects.h"
#include "runner/system/mount_points.h"
#include "test_progs.h"

static int add_tree(struct audit_set *set, char *point)
{
	char *points[] = { point, NULL };
	FTS *tree = fts_open(points, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	struct audit_object *object;
	FTSENT *entry;
	int err = 0;

	while (tree && !err && (entry = fts_read(tree))) {
		if (entry->fts_level == FTS_ROOTLEVEL && entry->fts_errno)
			err = -entry->fts_errno;
		if (entry->fts_level == FTS_ROOTLEVEL || entry->fts_info == FTS_DP)
			continue;
		object = audit_set__add(set, entry->fts_path, NULL);
		if (object)
			object->pin.is_folder = entry->fts_info == FTS_D;
		else
			err = -ENOMEM;
	}
	if (tree)
		fts_close(tree);
	return err;
}

static int scan(struct audit_set *set)
{
	char **points = mount_points__find("bpf");
	int i, err = points ? 0 : -ENOMEM;

	for (i = 0; points && points[i] && !err; i++)
		err = add_tree(set, points[i]);
	mount_points__free(points);
	return err;
}

static void look_inside(struct audit_object *object)
{
	char path[64];
	int fd = bpf_obj_get(object->key);

	if (fd < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	open_objects__read(path, &object->holds_kind, &object->holds_id);
	if (object->holds_kind)
		audit_object__set_text(object, "%s %u", object->holds_kind->name, object->holds_id);
	close(fd);
}

/* The times of a pin never change after its creation. A folder's times change with its content. */
static void look(struct audit_object *object)
{
	struct stat st;

	if (object->pin.is_folder || lstat(object->key, &st))
		return;
	look_inside(object);
	audit_object__born(object, CLOCK_REALTIME,
			   st.st_ctim.tv_sec * 1000000000ULL + st.st_ctim.tv_nsec);
}

static int undo(const struct audit_object *object, const char *before)
{
	if (object->pin.is_folder)
		return rmdir(object->key) && errno != ENOENT ? -errno : 0;
	return unlink(object->key) && errno != ENOENT ? -errno : 0;
}

const struct audit_kind audit_pins = {
	.name = "pin",
	.has_name = true,
	.isolation = ISOLATE_MOUNTNS,
	.scan = scan,
	.look = look,
	.undo = undo,
};
