// SPDX-License-Identifier: GPL-2.0-only
/* Opens the files before the run, so that a wrong path costs no results. Knows no format. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/conformance.h"
#include "runner/event_reports/coverage.h"
#include "runner/event_reports/junit.h"
#include "runner/event_reports/ktap.h"
#include "runner/event_reports/page.h"
#include "runner/event_reports/report_files.h"
#include "runner/event_reports/step_summary.h"
#include "runner/event_reports/trace.h"
#include "runner/text/error.h"
#include "runner/text/output_file.h"

static const char *step_summary_path(const struct report_paths *paths)
{
	const char *path = getenv("GITHUB_STEP_SUMMARY");

	return paths->github && path && *path ? path : NULL;
}

/* @what: what messages call the report */
static const struct {
	const char *what;
	int (*write)(const struct report *report, FILE *out);
	bool is_appended; /* the file belongs to somebody else, and has more */
} kinds[REPORT_FILES_MAX] = {
	{ "the JUnit report", junit__write, false },
	{ "the KTAP report", ktap__write, false },
	{ "the HTML page", page__write, false },
	{ "the trace", trace__write, false },
	{ "the coverage", coverage__write, false },
	{ "the conformance", conformance__write, false },
	{ "the summary of the step", step_summary__write, true },
};

/* Two reports have several forms; the end of the path tells which. */
static const struct {
	const char *ending;
	int (*of)(const struct report *report, FILE *out);
	int (*write)(const struct report *report, FILE *out);
} forms[] = {
	{ ".tsv", coverage__write, coverage__write_list },
	{ ".md", conformance__write, conformance__write_markdown },
	{ ".json", conformance__write, conformance__write_json },
};

static int write_one(int kind, const char *path, const struct report *report, FILE *file)
{
	size_t len = strlen(path), i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t ending = strlen(forms[i].ending);

		if (kinds[kind].write == forms[i].of && len > ending &&
		    !strcmp(path + len - ending, forms[i].ending))
			return forms[i].write(report, file);
	}
	return kinds[kind].write(report, file);
}

static const char *path_of(const struct report_paths *paths, int kind)
{
	const char *const all[REPORT_FILES_MAX] = { paths->junit,
						    paths->ktap,
						    paths->html,
						    paths->trace,
						    paths->coverage,
						    paths->conformance,
						    step_summary_path(paths) };

	return all[kind];
}

bool report_files__are_wanted(const struct report_paths *paths)
{
	return paths->junit || paths->ktap || paths->html || paths->trace || paths->coverage ||
	       paths->conformance || paths->github;
}

int report_files__open(struct report_files *files, const struct report_paths *paths)
{
	int kind, fd;

	*files = (struct report_files){ .paths = paths };
	for (kind = 0; kind < REPORT_FILES_MAX; kind++) {
		const char *path = path_of(paths, kind);

		if (!path)
			continue;
		if (kinds[kind].is_appended) {
			fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
			fd = fd < 0 ? -errno : fd;
		} else {
			fd = output_file__open(path, 0);
		}
		files->files[kind] = fd < 0 ? NULL : fdopen(fd, "w");
		if (!files->files[kind])
			return error__fail(-EINVAL, "cannot open '%s' for %s: %s", path,
					   kinds[kind].what,
					   output_file__error(fd < 0 ? fd : -errno));
	}
	return 0;
}

int report_files__write(struct report_files *files, const struct report *report)
{
	int kind, err = 0, first = 0;

	for (kind = 0; kind < REPORT_FILES_MAX; kind++) {
		FILE *file = files->files[kind];

		if (!file)
			continue;
		err = write_one(kind, path_of(files->paths, kind), report, file);
		files->files[kind] = NULL;
		if (fclose(file) && !err)
			err = -errno;
		if (err)
			error__say("cannot write %s '%s': " ERRNO_FMT, kinds[kind].what,
				   path_of(files->paths, kind), ERRNO_ARG(err));
		first = first ?: err;
	}
	return first;
}

void report_files__close(struct report_files *files)
{
	int kind;

	for (kind = 0; kind < REPORT_FILES_MAX; kind++) {
		if (files->files[kind])
			fclose(files->files[kind]);
		files->files[kind] = NULL;
	}
}
