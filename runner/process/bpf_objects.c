// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists the BPF objects that processes hold by descriptors. The fdinfo of a descriptor has the
 * object's id and type. The name is looked up in the kernel by id, which needs CAP_SYS_ADMIN.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/process/bpf_objects.h"

#define OBJECTS_MAX     64
#define DESCRIPTORS_MAX 8192

enum object_kind {
	OBJECT_LINK,
	OBJECT_MAP,
	OBJECT_PROGRAM,
	OBJECT_KINDS_CNT,
};

/* The link comes first, because the fdinfo of a link also has the id of its program. */
static const struct {
	const char *word, *id_key, *type_key;
} kinds[OBJECT_KINDS_CNT] = {
	[OBJECT_LINK] = { "link", "\nlink_id:\t", "\nlink_type:\t" },
	[OBJECT_MAP] = { "map", "\nmap_id:\t", "\nmap_type:\t" },
	[OBJECT_PROGRAM] = { "program", "\nprog_id:\t", "\nprog_type:\t" },
};

struct object {
	enum object_kind kind;
	unsigned int id, program_id; /* program_id: the program of a link, or 0 */
	char type[64];
};

struct report {
	FILE *out;
	struct object seen[OBJECTS_MAX];
	int seen_cnt, descriptors;
	bool is_cut;
};

static bool find_number(const char *text, const char *key, unsigned int *number)
{
	const char *at = strstr(text, key);

	return at && sscanf(at + strlen(key), "%u", number) == 1;
}

static void name_type(struct object *object, const char *text)
{
	const char *key = kinds[object->kind].type_key, *at = strstr(text, key), *known = NULL;
	int number;

	if (!at || sscanf(at + strlen(key), "%63s", object->type) != 1)
		snprintf(object->type, sizeof(object->type), "type unknown");
	number = atoi(object->type);
	if (object->kind == OBJECT_MAP)
		known = libbpf_bpf_map_type_str(number);
	else if (object->kind == OBJECT_PROGRAM)
		known = libbpf_bpf_prog_type_str(number);
	if (known)
		snprintf(object->type, sizeof(object->type), "%s", known);
}

static bool parse(const char *text, struct object *object)
{
	int kind;

	*object = (struct object){};
	for (kind = 0; kind < OBJECT_KINDS_CNT; kind++) {
		if (!find_number(text, kinds[kind].id_key, &object->id))
			continue;
		object->kind = kind;
		name_type(object, text);
		if (kind == OBJECT_LINK &&
		    !find_number(text, kinds[OBJECT_PROGRAM].id_key, &object->program_id))
			object->program_id = 0;
		return true;
	}
	return false;
}

static bool is_new(struct report *report, const struct object *object)
{
	int i;

	for (i = 0; i < report->seen_cnt; i++) {
		if (report->seen[i].kind == object->kind && report->seen[i].id == object->id)
			return false;
	}
	if (report->seen_cnt == OBJECTS_MAX) {
		report->is_cut = true;
		return false;
	}
	report->seen[report->seen_cnt++] = *object;
	return true;
}

/* Get the name of an object; "" if the kernel does not tell it. */
static void look_up_name(enum object_kind kind, unsigned int id, char *name, size_t size_bytes)
{
	struct bpf_prog_info program = {};
	struct bpf_map_info map = {};
	__u32 len;
	int fd;

	*name = '\0';
	fd = kind == OBJECT_MAP ? bpf_map_get_fd_by_id(id) : bpf_prog_get_fd_by_id(id);
	if (fd < 0)
		return;
	len = kind == OBJECT_MAP ? sizeof(map) : sizeof(program);
	if (!bpf_obj_get_info_by_fd(fd, kind == OBJECT_MAP ? (void *)&map : &program, &len))
		snprintf(name, size_bytes, " %s", kind == OBJECT_MAP ? map.name : program.name);
	close(fd);
}

static void write_object(struct report *report, const struct object *object, pid_t pid, int fd)
{
	char name[BPF_OBJ_NAME_LEN + 2];

	if (!report->seen_cnt)
		fprintf(report->out, "BPF objects that its processes hold:\n");
	if (!is_new(report, object))
		return;
	fprintf(report->out, "  %s %u (%s)", kinds[object->kind].word, object->id, object->type);
	if (object->kind == OBJECT_LINK && object->program_id) {
		look_up_name(OBJECT_PROGRAM, object->program_id, name, sizeof(name));
		fprintf(report->out, " of program %u%s", object->program_id, name);
	} else if (object->kind != OBJECT_LINK) {
		look_up_name(object->kind, object->id, name, sizeof(name));
		fputs(name, report->out);
	}
	fprintf(report->out, ", descriptor %d of process %d\n", fd, pid);
	/* Flush now: reading the next descriptor may block for ever. */
	fflush(report->out);
}

static void look_at(struct report *report, pid_t pid, int dir_fd, const char *name)
{
	struct object object;
	char text[2048] = "\n";
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return;
	n = read(fd, text + 1, sizeof(text) - 2);
	close(fd);
	if (n <= 0)
		return;
	text[n + 1] = '\0';
	if (parse(text, &object))
		write_object(report, &object, pid, atoi(name));
}

void bpf_objects__write(const pid_t *pids, int pids_cnt, FILE *out)
{
	struct report report = { .out = out };
	struct dirent *entry;
	char path[64];
	DIR *dir;
	int i;

	for (i = 0; i < pids_cnt; i++) {
		snprintf(path, sizeof(path), "/proc/%d/fdinfo", pids[i]);
		dir = opendir(path);
		while (dir && (entry = readdir(dir)) && report.descriptors++ < DESCRIPTORS_MAX) {
			if (entry->d_name[0] != '.')
				look_at(&report, pids[i], dirfd(dir), entry->d_name);
		}
		if (dir)
			closedir(dir);
	}
	if (report.is_cut || report.descriptors > DESCRIPTORS_MAX)
		fprintf(out, "  [and more: %d objects of %d descriptors are shown at most]\n",
			OBJECTS_MAX, DESCRIPTORS_MAX);
}
