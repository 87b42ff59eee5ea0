// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens, writes and closes the files of a run. Decides no result. If a file could not be written,
 * the exit status is RUN_EXIT_INFRASTRUCTURE.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "runner/reports/audit_report.h"
#include "runner/reports/journal_file.h"
#include "runner/reports/json_report.h"
#include "runner/run_files.h"
#include "runner/run_state.h"
#include "runner/system/clock.h"
#include "runner/text/error.h"
#include "runner/text/output_file.h"

static int read_info(struct run *run)
{
	const char *path = run->options->kconfig_path;
	int err = run_info__read(&run->info, path);

	if (err == -EINVAL)
		return error__fail(err,
				   "'%s' is not a kernel configuration: --kconfig takes a file of "
				   "CONFIG_ lines, plain or gzipped",
				   path);
	if (err)
		return error__fail(err, "cannot read the kernel configuration '%s': " ERRNO_FMT,
				   path ?: "", ERRNO_ARG(err));
	run->info.is_covered = run->options->reports.coverage || run->options->reports.conformance;
	run->info.peers = run->options->machines.peers_cnt;
	run->info.shard = run->options->shard.number;
	run->info.shards = run->options->shard.total;
	run->info.tests = run->tests.cnt;
	run->info.tests_of_all_shards = run->tests.cnt + run->elsewhere_cnt;
	return 0;
}

static int open_results(struct run *run)
{
	char error[512];

	/* Another peer on this machine may have written files, before the machine was restarted. */
	run->results.is_resumed = run->journal.text || run->options->machines.head_fd;
	if (!run->options->results_path)
		return 0;
	if (results_folder__open(&run->results, run->options->results_path, error, sizeof(error)))
		return error__fail(-EINVAL, "%s", error);
	/* A peer learns its number later. */
	if (!run->options->machines.head_fd)
		run->kernel_log.out = results_folder__kernel_log(&run->results, 0);
	return 0;
}

/* Without --events, the event stream goes to the results folder, if there is one. */
static int open_stream(struct run *run)
{
	const char *path = run->options->events_path;
	int err;

	if (path) {
		/*
		 * With O_NONBLOCK, a FIFO that nobody reads is an error. Otherwise open() would
		 * wait for a reader.
		 */
		run->stream.fd = output_file__open(path, O_NONBLOCK);
		if (run->stream.fd < 0)
			return error__fail(-EINVAL, "cannot open '%s' for events: %s", path,
					   output_file__error(run->stream.fd));
	} else if (run->results.path) {
		run->stream.fd = openat(run->results.dir_fd, "events.jsonl",
					O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (run->stream.fd < 0)
			run->stream.error = -errno;
	}
	err = run_reports__begin(&run->reports, &run->options->reports, &run->stream.fd);
	if (err)
		return err;
	/* The stream of a resumed run begins with the events of its earlier parts. */
	if (run->journal.text)
		event_stream__copy(&run->stream, run->stream.fd, run->journal.text,
				   run->journal.len_bytes);
	return 0;
}

int run_files__open(struct run *run)
{
	int err;

	run->stream.start_ns = clock__now_ns();
	err = read_info(run);
	if (err)
		return err;
	err = journal_file__open(&run->stream, run->journal.path, run->journal.text,
				 run->journal.len_bytes);
	if (err)
		return err;
	kernel_log__open(&run->kernel_log, run->options->kernel_log_path);
	/*
	 * Opening the results folder empties it. Open it before the event stream, which may be a
	 * file in it.
	 */
	err = open_results(run);
	return err || run->options->machines.head_fd ? err : open_stream(run);
}

static int write_report(struct run *run, const struct run_totals *totals, FILE *file)
{
	const struct json_report report = {
		.tests = &run->tests,
		.totals = totals,
		.info = &run->info,
		.splats = &run->splats,
		.audit = &run->audit,
		.undecided = &run->undecided,
		.start_ns = run->stream.start_ns,
	};

	return json_report__write(&report, file);
}

int run_files__write_report(struct run *run, const struct run_totals *totals)
{
	int err;

	if (!run->options->json)
		return 0;
	err = write_report(run, totals, run->options->json);
	if (err)
		error__say("cannot write the JSON report '%s': " ERRNO_FMT, run->options->json_path,
			   ERRNO_ARG(err));
	return err;
}

static int write_report_of_folder(struct run *run, const struct run_totals *totals)
{
	FILE *file = results_folder__create(&run->results, "report.json");
	int err;

	if (!file)
		return -errno;
	err = write_report(run, totals, file);
	if (fclose(file))
		err = -errno;
	return err;
}

static int close_kernel_log(struct run *run)
{
	int err = 0;

	kernel_log__close(&run->kernel_log);
	if (run->kernel_log.out && fclose(run->kernel_log.out))
		err = -errno;
	run->kernel_log.out = NULL;
	return err;
}

/* The events must be complete. */
static int write_event_reports(struct run *run)
{
	const char *path = run->options->events_path;

	return run_reports__write(&run->reports, path ?: "events.jsonl", run->results.path);
}

int run_files__close(struct run *run, const struct run_totals *totals, int exit_status)
{
	int err = close_kernel_log(run);

	if (run->results.path)
		err = write_report_of_folder(run, totals) ?: err;
	err = err ?: run->results.error ?: run->stream.error ?: run->packets.error;
	if (err)
		error__say("not all of the run could be kept%s%s: " ERRNO_FMT,
			   run->results.path ? " in " : "", run->results.path ?: "",
			   ERRNO_ARG(err));
	if (err && exit_status <= RUN_EXIT_FAILED)
		exit_status = RUN_EXIT_INFRASTRUCTURE;
	if (exit_status != RUN_EXIT_RESTART) {
		event_sink__tell(&run->sink,
				 &(struct event){
					 .kind = EVENT_RUN_END,
					 .run_end = { totals, run->splats.open.cnt,
						      audit_report__left_cnt(&run->audit) +
							      undecided__cnt(&run->undecided),
						      exit_status },
				 });
		journal_file__remove(&run->stream, run->journal.path);
	}
	if (exit_status != RUN_EXIT_RESTART && write_event_reports(run) &&
	    exit_status <= RUN_EXIT_FAILED)
		exit_status = RUN_EXIT_INFRASTRUCTURE;
	run_files__free(run);
	return exit_status;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void run_files__free(struct run *run)
{
	close_kernel_log(run);
	run_reports__free(&run->reports);
	close_fd(&run->stream.fd);
	close_fd(&run->stream.journal_fd);
	packets__close(&run->packets);
	results_folder__close(&run->results);
}
