// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes of tracefs, and the other dynamic events. Each line of dynamic_events (kernel 4.20) is
 * "p:GROUP/EVENT place arguments".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/audit/kind.h"
#include "runner/system/filesystem.h"

#define EVENTS_FILE "dynamic_events"

/* Open a private tracefs, because it may not be mounted anywhere. */
static int open_events(int flags)
{
	int root = filesystem__open("tracefs"), fd;

	if (root < 0)
		return root;
	fd = openat(root, EVENTS_FILE, flags | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	close(root);
	return fd;
}

static int scan(struct audit_set *set)
{
	int fd = open_events(O_RDONLY), err = 0;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL, *name;
	size_t room = 0;

	if (!file)
		return fd < 0 ? fd : -ENOMEM;
	while (!err && getline(&line, &room, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!strchr(line, ':') || sscanf(strchr(line, ':') + 1, "%ms", &name) != 1)
			continue;
		err = audit_set__add(set, name, line) ? 0 : -ENOMEM;
		free(name);
	}
	free(line);
	fclose(file);
	return err;
}

/* Open the file without O_TRUNC, which would remove all probes. */
static int write_line(const char *prefix, const char *text)
{
	int fd = open_events(O_WRONLY | O_APPEND), err = 0;
	char *line;
	int len;

	if (fd < 0)
		return fd;
	len = asprintf(&line, "%s%s\n", prefix, text);
	if (len < 0) {
		err = -ENOMEM;
	} else {
		if (write(fd, line, len) != len)
			err = -errno;
		free(line);
	}
	close(fd);
	return err;
}

static int undo(const struct audit_object *object, const char *before)
{
	int err = write_line("-:", object->key);

	return err == -ENOENT ? 0 : err;
}

const struct audit_kind audit_probes = {
	.name = "tracefs probe",
	.has_name = true,
	.scan = scan,
	.undo = undo,
};
