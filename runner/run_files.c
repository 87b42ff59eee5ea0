// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files that a run leaves: its results folder, the event stream, the kernel's log. Nothing here
 * decides a result; what could not be kept makes the exit status that of a run that could not go
 * on.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/output_file.h"
#include "runner/run_files.h"
#include "runner/blame/undecided.h"

/* A FIFO that nobody reads is said, instead of waited for. */
static int open_events_file(struct runner *runner)
{
	const char *path = runner->options->events_path;

	runner->events.fd = output_file__open(path, O_NONBLOCK);
	if (runner->events.fd >= 0)
		return 0;
	fprintf(stderr, "test_progs: cannot open '%s' for events: %s\n", path,
		output_file__error(runner->events.fd));
	return -EINVAL;
}

/* Without this part's own run_begin, the stream would begin in the middle. */
static void copy_earlier_events(struct runner *runner)
{
	if (runner->journal.text)
		events__copy(&runner->events, runner->events.fd, runner->journal.text,
			     runner->journal.len_bytes);
}

int run_files__open(struct runner *runner)
{
	const struct run_options *options = runner->options;
	char error[512];
	FILE *file;
	int err;

	runner->events.start_ns = clock__now_ns();
	runner->results.is_resumed = runner->journal.text;
	err = run_info__read(&runner->info, options->kconfig_path);
	if (err) {
		fprintf(stderr, "test_progs: cannot use '%s' as the kernel's configuration: %s\n",
			options->kconfig_path, err == -EINVAL ? "it is none" : strerror(-err));
		return err;
	}
	err = journal__open(runner);
	if (err)
		return err;
	kernel_log__open(&runner->kernel_log, options->kernel_log_path);
	splats__begin(runner);
	if (options->results_path &&
	    results_folder__open(&runner->results, options->results_path, error, sizeof(error))) {
		fprintf(stderr, "test_progs: %s\n", error);
		return -EINVAL;
	}
	/* Behind the folder, which is emptied: they may be in it. */
	if (options->events_path && open_events_file(runner))
		return -EINVAL;
	if (!options->results_path) {
		copy_earlier_events(runner);
		return 0;
	}
	if (runner->events.fd < 0) {
		runner->events.fd = openat(runner->results.dir_fd, "events.jsonl",
					   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (runner->events.fd < 0)
			runner->events.error = -errno;
	}
	copy_earlier_events(runner);
	file = results_folder__append(&runner->results, "kernel.log");
	if (!file)
		runner->results.error = -errno;
	runner->kernel_log.out = file;
	return 0;
}

int run_files__close(struct runner *runner, const struct run_totals *totals, int exit_status)
{
	int err = 0;
	FILE *file;

	kernel_log__close(&runner->kernel_log);
	if (runner->kernel_log.out && fclose(runner->kernel_log.out))
		err = -errno;
	runner->kernel_log.out = NULL;
	if (runner->results.path) {
		file = results_folder__create(&runner->results, "report.json");
		if (!file || report_json__write(runner, totals, file))
			err = -errno;
		if (file && fclose(file))
			err = -errno;
	}
	err = err ?: runner->results.error ?: runner->events.error ?: runner->packets.error;
	if (err)
		fprintf(stderr, "test_progs: not all of the run could be kept%s%s: %s\n",
			runner->results.path ? " in " : "", runner->results.path ?: "",
			strerror(-err));
	if (err && exit_status <= RUN_EXIT_FAILED)
		exit_status = RUN_EXIT_INFRASTRUCTURE;
	if (exit_status != RUN_EXIT_RESTART) {
		events__run_end(&runner->events, totals, runner->splats.open.cnt,
				audit__left_cnt(runner) + undecided__cnt(runner), exit_status);
		journal__remove(runner);
	}
	run_files__free(runner);
	return exit_status;
}

void run_files__free(struct runner *runner)
{
	kernel_log__close(&runner->kernel_log);
	if (runner->kernel_log.out)
		fclose(runner->kernel_log.out);
	runner->kernel_log.out = NULL;
	if (runner->events.fd >= 0)
		close(runner->events.fd);
	runner->events.fd = -1;
	if (runner->events.journal_fd >= 0)
		close(runner->events.journal_fd);
	runner->events.journal_fd = -1;
	packets__close(&runner->packets);
	results_folder__close(&runner->results);
}
