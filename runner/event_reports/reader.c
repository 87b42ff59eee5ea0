// SPDX-License-Identifier: GPL-2.0-only
/* Finds the files with events, and reads their lines. events.c knows what an event means. */
#include <errno.h>
#include <glob.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runner/event_reports/events.h"
#include "runner/event_reports/kept_logs.h"
#include "runner/event_reports/reader.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"

static int no_stream(const char *path, const char *why)
{
	return error__fail(-EINVAL,
			   "'%s' is not an event stream: %s. Name the file that --events has "
			   "written, or events.jsonl of a results folder",
			   path, why);
}

static int read_line(struct event_reading *reading, const char *line, const char *path)
{
	struct json_object *event = *line == '{' ? json_tokener_parse(line) : NULL;
	enum event_meaning meaning = event ? events__take(reading, event) : EVENT_IS_BROKEN;

	json_object_put(event);
	if (meaning == EVENT_IS_TOO_EARLY)
		return no_stream(path, "it does not begin with the event run_begin");
	if (meaning == EVENT_IS_TOO_NEW)
		return error__fail(-EINVAL,
				   "'%s' has events of version %d, and this program reads version "
				   "%d: use the test_progs that wrote them",
				   path, reading->version, EVENTS_VERSION);
	if (meaning == EVENT_IS_BROKEN && !reading->run->parts_cnt)
		return no_stream(path, "its first line is not a JSON object of an event");
	reading->run->broken_lines += meaning == EVENT_IS_BROKEN;
	reading->run->unknown_events += meaning == EVENT_IS_UNKNOWN;
	return 0;
}

static int read_lines(struct event_reading *reading, FILE *events, const char *path)
{
	autofree char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int err = 0;

	/* The journal of a killed run ends with zeros. */
	while (!err && (len = getline(&line, &room, events)) > 0 && *line)
		err = read_line(reading, line, path);
	if (!err && ferror(events))
		err = error__fail(-EIO, "cannot read '%s': " ERRNO_FMT, path, ERRNO_ARG(errno));
	if (!err && !reading->run->parts_cnt)
		err = no_stream(path, "it is empty");
	return err;
}

/* Return: the run before @run that is the same one, or NULL. */
static const struct report_run *same_run(const struct report *report, const struct report_run *run)
{
	const struct report_run *other;

	for (other = report->runs; other < run; other++) {
		if (other->pid == run->pid && other->parts[0].begin_us == run->parts[0].begin_us &&
		    !strcmp(other->parts[0].boot_id ?: "", run->parts[0].boot_id ?: ""))
			return other;
	}
	return NULL;
}

int reader__read_stream(struct report *report, FILE *events, const char *path, const char *logs_dir)
{
	struct event_reading reading = { .run = report__add_run(report) };
	const struct report_run *same;
	int err;

	if (!reading.run)
		return error__fail(-ENOMEM, "out of memory");
	reading.run->path = strdup(path);
	reading.run->logs_dir = logs_dir ? strdup(logs_dir) : NULL;
	err = read_lines(&reading, events, path) ?: events__end(&reading);
	if (err) {
		report__drop_last_run(report);
		return err;
	}
	kept_logs__take(reading.run);
	if (reading.run->broken_lines || reading.run->unknown_events)
		error__say("'%s': %d lines are not whole events, %d are events that this version "
			   "does not know; the report is made of the others",
			   path, reading.run->broken_lines, reading.run->unknown_events);
	same = same_run(report, reading.run);
	if (same) {
		error__say("'%s' has the same run as '%s': left out", path, same->path);
		report__drop_last_run(report);
	}
	return 0;
}

static int read_file(struct report *report, const char *path)
{
	autofclose FILE *events = fopen(path, "re");
	autofree char *logs_dir = NULL;
	const char *slash = strrchr(path, '/');

	if (!events)
		return error__fail(-errno, "cannot read the events '%s': " ERRNO_FMT, path,
				   ERRNO_ARG(errno));
	if (asprintf(&logs_dir, "%.*slogs", slash ? (int)(slash + 1 - path) : 0, path) < 0)
		logs_dir = NULL;
	return reader__read_stream(report, events, path, logs_dir);
}

/* Return: the event streams at the usual places of a folder, to be freed with globfree(). */
static int find_streams(const char *folder, glob_t *found)
{
	static const char *const places[] = { "events.jsonl", "*/events.jsonl",
					      "*/*/events.jsonl" };
	size_t i;

	*found = (glob_t){};
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		autofree char *pattern = NULL;

		if (asprintf(&pattern, "%s/%s", folder, places[i]) < 0) {
			pattern = NULL;
			return -ENOMEM;
		}
		glob(pattern, i ? GLOB_APPEND : 0, NULL, found);
	}
	return 0;
}

int reader__read_path(struct report *report, const char *path)
{
	struct stat status;
	glob_t found;
	size_t i;
	int err;

	if (stat(path, &status) || !S_ISDIR(status.st_mode))
		return read_file(report, path);
	err = find_streams(path, &found);
	if (!err && !found.gl_pathc)
		err = error__fail(-ENOENT,
				  "the folder '%s' has no events.jsonl, not even two folders "
				  "below: name a file with events",
				  path);
	for (i = 0; !err && i < found.gl_pathc; i++)
		err = read_file(report, found.gl_pathv[i]);
	globfree(&found);
	return err;
}
