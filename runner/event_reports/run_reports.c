// SPDX-License-Identifier: GPL-2.0-only
/* Gives the event stream of the run to the reader. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/event_reports/layout.h"
#include "runner/event_reports/reader.h"
#include "runner/event_reports/run_reports.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"

/*
 * Open the event stream again, for reading. This is done before the first test, which might unmount
 * /proc.
 */
static int open_events(struct run_reports *reports, int *stream_fd)
{
	char path[64];
	struct stat status;
	int fd;

	if (*stream_fd < 0)
		*stream_fd = memfd_create("events", MFD_CLOEXEC);
	if (*stream_fd < 0 || fstat(*stream_fd, &status))
		return error__fail(-errno, "cannot keep events in memory: " ERRNO_FMT,
				   ERRNO_ARG(errno));
	if (!S_ISREG(status.st_mode))
		return error__fail(-EINVAL, "the reports are made from the events, which --events "
					    "must write to a regular file then");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", *stream_fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	reports->events = fd < 0 ? NULL : fdopen(fd, "r");
	if (!reports->events)
		return error__fail(-errno, "cannot read the events of this run: " ERRNO_FMT,
				   ERRNO_ARG(errno));
	return 0;
}

int run_reports__begin(struct run_reports *reports, const struct report_paths *paths,
		       int *stream_fd)
{
	if (!report_files__are_wanted(paths))
		return 0;
	return report_files__open(&reports->files, paths) ?: open_events(reports, stream_fd);
}

int run_reports__write(struct run_reports *reports, const char *path, const char *results)
{
	struct report report = {};
	autofree char *logs = NULL;
	int err;

	if (!reports->events)
		return 0;
	if (results && asprintf(&logs, "%s/logs", results) < 0)
		logs = NULL;
	err = reader__read_stream(&report, reports->events, path, logs);
	if (!err && layout__make(&report))
		err = error__fail(-ENOMEM, "out of memory");
	if (!err)
		err = report_files__write(&reports->files, &report);
	report__free(&report);
	return err;
}

void run_reports__free(struct run_reports *reports)
{
	report_files__close(&reports->files);
	if (reports->events)
		fclose(reports->events);
	reports->events = NULL;
}
