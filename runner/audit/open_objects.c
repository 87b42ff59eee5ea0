// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds BPF objects that belong to programs other than tests: a living process has a descriptor of
 * the object, or of another object that holds it. All processes of tests are dead by then.
 */
#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/audit/open_objects.h"
#include "runner/system/process.h"
#include "runner/text/text_file.h"

#define MAPS_OF_PROGRAM_MAX 64

struct open_object {
	const struct audit_kind *kind;
	__u32 id;
	int pid;
};

struct open_objects {
	struct open_object *objects;
	int cnt, room;
	char holder[128];
};

/* Lines of /proc/PID/fdinfo/N with the id of an object. A link also has the id of its program. */
static const struct {
	const char *line;
	const struct audit_kind *kind;
} id_lines[] = {
	{ "\nlink_id:", &audit_links },
	{ "\nprog_id:", &audit_programs },
	{ "\nmap_id:", &audit_maps },
};

static void add(struct open_objects *open, const struct audit_kind *kind, __u32 id, int pid)
{
	struct open_object *grown;

	if (!id)
		return;
	if (open->cnt == open->room) {
		int room = open->room ? 2 * open->room : 64;

		grown = reallocarray(open->objects, room, sizeof(*grown));
		if (!grown)
			return;
		open->objects = grown;
		open->room = room;
	}
	open->objects[open->cnt++] = (struct open_object){ .kind = kind, .id = id, .pid = pid };
}

void open_objects__read(const char *path, const struct audit_kind **kind, unsigned int *id)
{
	char *text = text_file__read(path), *found = NULL;
	size_t i;

	for (i = 0; text && !found && i < sizeof(id_lines) / sizeof(id_lines[0]); i++) {
		found = strstr(text, id_lines[i].line);
		if (!found)
			continue;
		*kind = id_lines[i].kind;
		*id = strtoul(found + strlen(id_lines[i].line), NULL, 10);
	}
	free(text);
}

static void add_process(struct open_objects *open, int pid)
{
	const struct audit_kind *kind;
	struct dirent *entry;
	unsigned int id;
	char path[64];
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		if (!isdigit(entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.20s", pid, entry->d_name);
		kind = NULL;
		open_objects__read(path, &kind, &id);
		if (kind)
			add(open, kind, id, pid);
	}
	if (folder)
		closedir(folder);
}

/* Add the program of a link. */
static void add_parts_of_link(struct open_objects *open, const struct open_object *link)
{
	struct bpf_link_info info = {};
	__u32 len_bytes = sizeof(info);
	int fd = bpf_link_get_fd_by_id(link->id);

	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len_bytes))
		add(open, &audit_programs, info.prog_id, link->pid);
	close(fd);
}

/* Add the maps of a program. */
static void add_parts_of_program(struct open_objects *open, const struct open_object *program)
{
	__u32 ids[MAPS_OF_PROGRAM_MAX], i;
	struct bpf_prog_info info = {
		.nr_map_ids = MAPS_OF_PROGRAM_MAX,
		.map_ids = (uintptr_t)ids,
	};
	__u32 len_bytes = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(program->id);

	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len_bytes)) {
		for (i = 0; i < info.nr_map_ids && i < MAPS_OF_PROGRAM_MAX; i++)
			add(open, &audit_maps, ids[i], program->pid);
	}
	close(fd);
}

struct open_objects *open_objects__find(void)
{
	struct open_objects *open = calloc(1, sizeof(*open));
	DIR *folder = open ? opendir("/proc") : NULL;
	struct open_object object;
	struct dirent *entry;
	int i;

	while (folder && (entry = readdir(folder))) {
		if (isdigit(entry->d_name[0]))
			add_process(open, atoi(entry->d_name));
	}
	if (folder)
		closedir(folder);
	/* The loop also visits the objects that it adds. */
	for (i = 0; open && i < open->cnt; i++) {
		object = open->objects[i];
		if (object.kind == &audit_links)
			add_parts_of_link(open, &object);
		else if (object.kind == &audit_programs)
			add_parts_of_program(open, &object);
	}
	return open;
}

const char *open_objects__holder(struct open_objects *open, const struct audit_kind *kind,
				 const struct audit_object *object)
{
	char name[64];
	int i;

	for (i = 0; open && i < open->cnt; i++) {
		const struct open_object *one = &open->objects[i];

		/*
		 * A pin or an attachment belongs to the process that has the pinned or attached
		 * object open.
		 */
		if ((one->kind != kind || one->id != strtoul(object->key, NULL, 10)) &&
		    (one->kind != object->holds_kind || one->id != object->holds_id))
			continue;
		process__name(open->objects[i].pid, name, sizeof(name));
		snprintf(open->holder, sizeof(open->holder), "process %d (%s)",
			 open->objects[i].pid, name);
		return open->holder;
	}
	return NULL;
}

void open_objects__free(struct open_objects *open)
{
	if (!open)
		return;
	free(open->objects);
	free(open);
}
