// SPDX-License-Identifier: GPL-2.0-only
/* Writes the record of a run. Each line is one write(2). */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/audit/record.h"
#include "runner/system/mount_points.h"
#include "runner/system/process.h"
#include "runner/text/text_file.h"

static struct json_object *new_line(const char *key, struct json_object *value)
{
	struct json_object *line = json_object_new_object();

	json_object_object_add(line, key, value);
	return line;
}

static void add_text(struct json_object *line, const char *key, const char *text)
{
	if (text)
		json_object_object_add(line, key, json_object_new_string(text));
}

/*
 * Takes @line over. It begins with the end of the line before, which may not have come that far.
 *
 * Return: whether it has been written.
 */
static bool write_line(struct audit_record *record, struct json_object *line)
{
	const char *text = json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN);
	char *with_end = NULL;
	int len = asprintf(&with_end, "\n%s\n", text ?: "");
	bool is_written = text && len > 0 && record->fd >= 0 &&
			  write(record->fd, with_end, len) == len;

	if (len > 0)
		free(with_end);
	json_object_put(line);
	return is_written;
}

unsigned long long audit_record__namespace(const char *kind)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", kind);
	return stat(path, &st) ? 0 : st.st_ino;
}

/* Nobody sees it before it is whole. */
void audit_record__begin(struct audit_record *record)
{
	struct json_object *line;
	char *boot_id;

	*record = (struct audit_record){ .fd = -1 };
	mkdir("/run/bpf-selftests", 0755);
	mkdir(AUDIT_RECORD_FOLDER, 0755);
	record->fd = open(AUDIT_RECORD_FOLDER, O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
	if (record->fd < 0)
		return;
	boot_id = text_file__read("/proc/sys/kernel/random/boot_id");
	line = new_line("pid", json_object_new_int(getpid()));
	add_text(line, "boot_id", boot_id);
	json_object_object_add(line, "netns",
			       json_object_new_int64(audit_record__namespace("net")));
	json_object_object_add(line, "mntns",
			       json_object_new_int64(audit_record__namespace("mnt")));
	json_object_object_add(line, "pidns",
			       json_object_new_int64(audit_record__namespace("pid")));
	free(boot_id);
	if (!write_line(record, line))
		audit_record__end(record);
}

void audit_record__add_known(struct audit_record *record, const struct audit_kind *kind,
			     const struct audit_set *known)
{
	struct json_object *line, *keys = json_object_new_array(), *pair;
	int i;

	for (i = 0; record->fd >= 0 && i < known->cnt; i++) {
		pair = json_object_new_array();
		json_object_array_add(pair, json_object_new_string(known->objects[i].key));
		if (known->objects[i].value)
			json_object_array_add(pair,
					      json_object_new_string(known->objects[i].value));
		json_object_array_add(keys, pair);
	}
	line = new_line("kind", json_object_new_string(kind->name));
	json_object_object_add(line, "known", keys);
	if (!write_line(record, line))
		audit_record__end(record);
}

void audit_record__publish(struct audit_record *record)
{
	unsigned long long start = 0;
	struct stat st;
	char from[64];

	if (record->fd < 0)
		return;
	snprintf(from, sizeof(from), "/proc/self/fd/%d", record->fd);
	if (process__start_time(getpid(), &start) ||
	    asprintf(&record->path, AUDIT_RECORD_FOLDER "/%d.%llu", getpid(), start) < 0) {
		record->path = NULL;
		audit_record__end(record);
		return;
	}
	if (linkat(AT_FDCWD, from, AT_FDCWD, record->path, AT_SYMLINK_FOLLOW)) {
		free(record->path);
		record->path = NULL;
		audit_record__end(record);
		return;
	}
	if (!stat(AUDIT_RECORD_FOLDER, &st))
		record->changed = st.st_mtim;
}

bool audit_record__is_record(const char *name, bool *is_of_living)
{
	unsigned long long start, now = 0;
	int pid;

	if (sscanf(name, "%d.%llu", &pid, &start) != 2)
		return false;
	*is_of_living = !process__start_time(pid, &now) && now == start && !process__is_zombie(pid);
	return true;
}

bool audit_record__others_live(void)
{
	DIR *folder = opendir(AUDIT_RECORD_FOLDER);
	bool is_living = false, others = false;
	struct dirent *entry;

	while (folder && !others && (entry = readdir(folder)))
		others = atoi(entry->d_name) != getpid() &&
			 audit_record__is_record(entry->d_name, &is_living) && is_living;
	if (folder)
		closedir(folder);
	return others;
}

/* The time tells of those who have come and gone, within a tick of this one's coming only the names. */
bool audit_record__is_alone(const struct audit_record *record)
{
	struct stat st;

	if (!record->path || stat(AUDIT_RECORD_FOLDER, &st))
		return true;
	return st.st_mtim.tv_sec == record->changed.tv_sec &&
	       st.st_mtim.tv_nsec == record->changed.tv_nsec && !audit_record__others_live();
}

void audit_record__test(struct audit_record *record, const char *test, bool begins)
{
	if (record->fd >= 0)
		write_line(record,
			   new_line(begins ? "begin" : "end", json_object_new_string(test)));
}

static char *new_pin_path(int number)
{
	char **points = mount_points__find("bpf"), *path = NULL;

	if (points && points[0] &&
	    asprintf(&path, "%s/" AUDIT_RECORD_PIN_PREFIX "%d_%d", points[0], getpid(), number) < 0)
		path = NULL;
	mount_points__free(points);
	return path;
}

/* The line first: a pin that it names and that is not there says that nothing was put away. */
int audit_record__put_away(struct audit_record *record, const struct audit_kind *kind,
			   const struct audit_object *object, const char *before)
{
	int i, number = record->puts_away + 1;
	struct json_object *line, *numbers;
	char *pin = NULL;
	bool is_safe;

	if (record->fd < 0)
		return 0;
	if (object->fd >= 0) {
		pin = new_pin_path(number);
		if (!pin)
			return 0;
	}
	line = new_line("away", json_object_new_int(number));
	add_text(line, "kind", kind->name);
	add_text(line, "key", object->key);
	add_text(line, "value", object->value);
	add_text(line, "text", object->text);
	add_text(line, "before", before);
	add_text(line, "pin", pin);
	numbers = json_object_new_array();
	for (i = 0; i < AUDIT_NUMBERS; i++)
		json_object_array_add(numbers, json_object_new_int(object->numbers[i]));
	json_object_object_add(line, "numbers", numbers);
	is_safe = write_line(record, line);
	if (is_safe)
		record->puts_away = number;
	if (is_safe && pin && bpf_obj_pin(object->fd, pin)) {
		audit_record__settle(record, number);
		is_safe = false;
	}
	free(pin);
	return is_safe ? number : 0;
}

void audit_record__settle(struct audit_record *record, int number)
{
	char *pin;

	if (!number || record->fd < 0)
		return;
	write_line(record, new_line("settled", json_object_new_int(number)));
	pin = new_pin_path(number);
	if (pin)
		unlink(pin);
	free(pin);
}

void audit_record__end(struct audit_record *record)
{
	if (record->path)
		unlink(record->path);
	free(record->path);
	record->path = NULL;
	if (record->fd >= 0)
		close(record->fd);
	record->fd = -1;
}
