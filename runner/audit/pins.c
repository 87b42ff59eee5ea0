// SPDX-License-Identifier: GPL-2.0-only
/* Files and folders in the bpffs that the runner sees. Tests with a mount namespace have their own. */
#include <bpf/bpf.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runner/audit/record.h"
#include "runner/system/mount_points.h"
#include "test_progs.h"

/* [0]: whether it is a folder; [1] to [3]: mode, owner, group */
static void add_numbers(struct audit_object *object, const FTSENT *entry)
{
	object->numbers[0] = entry->fts_info == FTS_D;
	object->numbers[1] = entry->fts_statp->st_mode;
	object->numbers[2] = entry->fts_statp->st_uid;
	object->numbers[3] = entry->fts_statp->st_gid;
}

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
		if (entry->fts_level == FTS_ROOTLEVEL || entry->fts_info == FTS_DP ||
		    !strncmp(entry->fts_name, AUDIT_RECORD_PIN_PREFIX,
			     strlen(AUDIT_RECORD_PIN_PREFIX)))
			continue;
		object = audit_set__add(set, entry->fts_path, NULL);
		if (object)
			add_numbers(object, entry);
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
	audit_held__read(path, &object->holds_kind, &object->holds_id);
	if (object->holds_kind)
		audit_object__set_text(object, "%s %u", object->holds_kind->name, object->holds_id);
	close(fd);
}

/* A pin's times are those of its making; a folder's change with what is in it. */
static void look(struct audit_object *object)
{
	struct stat st;

	if (object->numbers[0] || lstat(object->key, &st))
		return;
	look_inside(object);
	audit_object__born(object, CLOCK_REALTIME,
			   st.st_ctim.tv_sec * 1000000000ULL + st.st_ctim.tv_nsec);
}

static int keep(struct audit_object *object)
{
	if (!object->numbers[0] && object->fd < 0)
		object->fd = bpf_obj_get(object->key);
	return object->numbers[0] || object->fd >= 0 ? 0 : -ENOENT;
}

static int undo(struct audit_object *object, const char *before)
{
	if (object->numbers[0])
		return rmdir(object->key) && errno != ENOENT ? -errno : 0;
	return unlink(object->key) && errno != ENOENT ? -errno : 0;
}

/* A link by name, or what cannot be opened, cannot be made again. */
static bool can_be_restored(const struct audit_object *object)
{
	int fd;

	if (object->numbers[0])
		return true;
	fd = S_ISREG(object->numbers[1]) ? bpf_obj_get(object->key) : -1;
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int make(struct audit_object *object)
{
	if (object->numbers[0])
		return mkdir(object->key, 0700) && errno != EEXIST ? -errno : 0;
	return object->fd < 0 ? -EBADF : bpf_obj_pin(object->fd, object->key);
}

static int redo(struct audit_object *object)
{
	int err = make(object);

	if (!err && (chown(object->key, object->numbers[2], object->numbers[3]) ||
		     chmod(object->key, object->numbers[1] & 07777)))
		err = -errno;
	return err;
}

const struct audit_kind audit_pins = {
	.name = "pin",
	.has_name = true,
	.isolation = ISOLATE_MOUNTNS,
	.scan = scan,
	.look = look,
	.can_be_restored = can_be_restored,
	.keep = keep,
	.undo = undo,
	.redo = redo,
};
