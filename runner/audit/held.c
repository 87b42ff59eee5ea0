// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF objects that belong to programs on this machine that are no tests: somebody who lives has a
 * descriptor of them, or of one that holds them. All processes of tests are dead when this is
 * asked.
 */
#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/audit/kind.h"
#include "runner/system/process.h"
#include "runner/text/text_file.h"

#define MAPS_OF_PROGRAM_MAX 64

struct held_object {
	const struct audit_kind *kind;
	__u32 id;
	int pid;
};

struct audit_held {
	struct held_object *objects;
	int cnt, room;
	char holder[128];
};

/* Lines of /proc/PID/fdinfo/N, and whose id is in them. Links have their program's id as well. */
static const struct {
	const char *line;
	const struct audit_kind *kind;
} id_lines[] = {
	{ "\nlink_id:", &audit_links },
	{ "\nprog_id:", &audit_programs },
	{ "\nmap_id:", &audit_maps },
};

static void add(struct audit_held *held, const struct audit_kind *kind, __u32 id, int pid)
{
	struct held_object *grown;

	if (!id)
		return;
	if (held->cnt == held->room) {
		int room = held->room ? 2 * held->room : 64;

		grown = reallocarray(held->objects, room, sizeof(*grown));
		if (!grown)
			return;
		held->objects = grown;
		held->room = room;
	}
	held->objects[held->cnt++] = (struct held_object){ .kind = kind, .id = id, .pid = pid };
}

void audit_held__read(const char *path, const struct audit_kind **kind, unsigned int *id)
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

static void add_process(struct audit_held *held, int pid)
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
		audit_held__read(path, &kind, &id);
		if (kind)
			add(held, kind, id, pid);
	}
	if (folder)
		closedir(folder);
}

/* A link has a program. */
static void add_parts_of_link(struct audit_held *held, const struct held_object *link)
{
	struct bpf_link_info info = {};
	__u32 len_bytes = sizeof(info);
	int fd = bpf_link_get_fd_by_id(link->id);

	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len_bytes))
		add(held, &audit_programs, info.prog_id, link->pid);
	close(fd);
}

/* A program has maps. */
static void add_parts_of_program(struct audit_held *held, const struct held_object *program)
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
			add(held, &audit_maps, ids[i], program->pid);
	}
	close(fd);
}

struct audit_held *audit_held__find(void)
{
	struct audit_held *held = calloc(1, sizeof(*held));
	DIR *folder = held ? opendir("/proc") : NULL;
	struct held_object object;
	struct dirent *entry;
	int i;

	while (folder && (entry = readdir(folder))) {
		/* What the runner has is what it has put away. */
		if (isdigit(entry->d_name[0]) && atoi(entry->d_name) != getpid())
			add_process(held, atoi(entry->d_name));
	}
	if (folder)
		closedir(folder);
	/* What is added here is looked at in turn. */
	for (i = 0; held && i < held->cnt; i++) {
		object = held->objects[i];
		if (object.kind == &audit_links)
			add_parts_of_link(held, &object);
		else if (object.kind == &audit_programs)
			add_parts_of_program(held, &object);
	}
	return held;
}

const char *audit_held__holder(const struct audit_held *held, const struct audit_kind *kind,
			       const struct audit_object *object)
{
	char name[64];
	int i;

	for (i = 0; held && i < held->cnt; i++) {
		const struct held_object *one = &held->objects[i];

		/* What is held by a pin, or attached, is the same program's as its place. */
		if ((one->kind != kind || one->id != strtoul(object->key, NULL, 10)) &&
		    (one->kind != object->holds_kind || one->id != object->holds_id))
			continue;
		process__name(held->objects[i].pid, name, sizeof(name));
		snprintf((char *)held->holder, sizeof(held->holder), "process %d (%s)",
			 held->objects[i].pid, name);
		return held->holder;
	}
	return NULL;
}

void audit_held__free(struct audit_held *held)
{
	if (!held)
		return;
	free(held->objects);
	free(held);
}
