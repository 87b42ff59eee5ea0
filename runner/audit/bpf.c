// SPDX-License-Identifier: GPL-2.0-only
/* BPF links, programs and maps, by id. The kernel does not reuse an id until the next boot. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runner/audit/kind.h"
#include "runner/system/cgroup.h"

/* The limit of a list in a cgroup (BPF_CGROUP_MAX_PROGS). */
#define ATTACHED_MAX 64

static int scan_ids(struct audit_set *set, int (*next)(__u32 id, __u32 *next_id))
{
	char key[16];
	__u32 id = 0;

	while (!next(id, &id)) {
		snprintf(key, sizeof(key), "%u", id);
		if (!audit_set__add(set, key, NULL))
			return -ENOMEM;
	}
	return errno == ENOENT ? 0 : -errno;
}

static __u32 id_of(const struct audit_object *object)
{
	return strtoul(object->key, NULL, 10);
}

static int scan_links(struct audit_set *set)
{
	return scan_ids(set, bpf_link_get_next_id);
}

/* The type of a link does not tell it from other links: add the name of its program. */
static void set_program_name(struct audit_object *object, __u32 id)
{
	struct bpf_prog_info info = {};
	__u32 len_bytes = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);

	if (fd >= 0 && !bpf_prog_get_info_by_fd(fd, &info, &len_bytes)) {
		free(object->value);
		object->value = strdup(info.name);
	}
	if (fd >= 0)
		close(fd);
}

static void look_at_link(struct audit_object *object)
{
	struct bpf_link_info info = {};
	__u32 len_bytes = sizeof(info);
	int fd = bpf_link_get_fd_by_id(id_of(object));

	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len_bytes)) {
		audit_object__set_text(object, "%s",
				       libbpf_bpf_link_type_str(info.type) ?: "of unknown type");
		object->holds_kind = &audit_programs;
		object->holds_id = info.prog_id;
		set_program_name(object, info.prog_id);
		if (info.type == BPF_LINK_TYPE_CGROUP)
			object->cgroup_id = info.cgroup.cgroup_id;
		if (info.type == BPF_LINK_TYPE_NETNS)
			object->netns_inode = info.netns.netns_ino;
	}
	close(fd);
}

/* Tracing links cannot be detached. They go away with the pin that holds them. */
static int undo_link(const struct audit_object *object, const char *before)
{
	int fd = bpf_link_get_fd_by_id(id_of(object)), err;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	err = bpf_link_detach(fd);
	close(fd);
	return err;
}

const struct audit_kind audit_links = {
	.name = "BPF link",
	.frees_itself = true,
	.scan = scan_links,
	.look = look_at_link,
	.undo = undo_link,
};

static int scan_programs(struct audit_set *set)
{
	return scan_ids(set, bpf_prog_get_next_id);
}

static void look_at_program(struct audit_object *object)
{
	struct bpf_prog_info info = {};
	__u32 len_bytes = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id_of(object));

	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len_bytes)) {
		audit_object__set_text(object, "%s (%s)", info.name,
				       libbpf_bpf_prog_type_str(info.type) ?: "of unknown type");
		audit_object__born(object, CLOCK_BOOTTIME, info.load_time);
	}
	close(fd);
}

static bool attaches_to_cgroups(enum bpf_attach_type type)
{
	const char *name = libbpf_bpf_attach_type_str(type);

	return name && (!strncmp(name, "cgroup_", 7) || !strcmp(name, "lsm_cgroup"));
}

/* Return: the number of places where the program is attached to the cgroup. */
static int count_in_cgroup(int cgroup_fd, int program_fd, __u32 id, bool detach)
{
	__u32 ids[ATTACHED_MAX], flags, cnt, i;
	int found = 0, type;

	for (type = 0; libbpf_bpf_attach_type_str(type); type++) {
		cnt = ATTACHED_MAX;
		if (!attaches_to_cgroups(type) ||
		    bpf_prog_query(cgroup_fd, type, 0, &flags, ids, &cnt))
			continue;
		for (i = 0; i < cnt; i++) {
			found += ids[i] == id;
			if (detach && ids[i] == id)
				bpf_prog_detach2(program_fd, cgroup_fd, type);
		}
	}
	return found;
}

/* Return: the number of places where the program is attached to any cgroup. */
static int count_in_cgroups(__u32 id, bool detach)
{
	char *point = cgroup__mount_point(), *points[] = { point, NULL };
	int fd = bpf_prog_get_fd_by_id(id), cgroup_fd, found = 0;
	FTS *tree = point && fd >= 0 ? fts_open(points, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
	FTSENT *entry;

	while (tree && (entry = fts_read(tree))) {
		if (entry->fts_info != FTS_D)
			continue;
		cgroup_fd = open(entry->fts_accpath, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (cgroup_fd < 0)
			continue;
		found += count_in_cgroup(cgroup_fd, fd, id, detach);
		close(cgroup_fd);
	}
	if (tree)
		fts_close(tree);
	if (fd >= 0)
		close(fd);
	free(point);
	return found;
}

/* A program that is attached to a cgroup without a link stays until the cgroup is removed. */
static bool is_attached_to_cgroup(const struct audit_object *object)
{
	return count_in_cgroups(id_of(object), false);
}

static int undo_program(const struct audit_object *object, const char *before)
{
	return count_in_cgroups(id_of(object), true) ? 0 : -EBUSY;
}

const struct audit_kind audit_programs = {
	.name = "BPF program",
	.frees_itself = true,
	.scan = scan_programs,
	.look = look_at_program,
	.is_held = is_attached_to_cgroup,
	.undo = undo_program,
};

static int scan_maps(struct audit_set *set)
{
	return scan_ids(set, bpf_map_get_next_id);
}

static void look_at_map(struct audit_object *object)
{
	struct bpf_map_info info = {};
	__u32 len_bytes = sizeof(info);
	int fd = bpf_map_get_fd_by_id(id_of(object));

	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len_bytes))
		audit_object__set_text(object, "%s (%s)", info.name,
				       libbpf_bpf_map_type_str(info.type) ?: "of unknown type");
	close(fd);
}

/* A map cannot be removed itself. It goes away with the pin or the program that holds it. */
static int undo_map(const struct audit_object *object, const char *before)
{
	int fd = bpf_map_get_fd_by_id(id_of(object));

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	close(fd);
	return -EBUSY;
}

const struct audit_kind audit_maps = {
	.name = "BPF map",
	.frees_itself = true,
	.scan = scan_maps,
	.look = look_at_map,
	.undo = undo_map,
};
