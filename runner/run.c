// SPDX-License-Identifier: GPL-2.0-only
/*
 * A run from beginning to end: check, prepare, run, report. This is the only file that knows every
 * folder. It connects them, and decides the exit status.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/loop.h"
#include "runner/machines/bye.h"
#include "runner/preflight.h"
#include "runner/reports/audit_report.h"
#include "runner/reports/github_annotations.h"
#include "runner/reports/listing.h"
#include "runner/reports/run_summary.h"
#include "runner/reports/splat_report.h"
#include "runner/reports/status_lines.h"
#include "runner/reports/strict_skips.h"
#include "runner/run.h"
#include "runner/run_files.h"
#include "runner/run_state.h"
#include "runner/schedule/locks.h"
#include "runner/schedule/plan.h"
#include "runner/system/clock.h"
#include "runner/text/error.h"

/* Return: the folder of the running program; the other files of the build are beside it. */
static char *find_suite_dir(void)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (len < 0)
		return NULL;
	path[len] = '\0';
	return strdup(dirname(path));
}

static void begin(struct run *run, const struct run_options *options, struct selection *selection)
{
	*run = (struct run){
		.options = options,
		.selection = selection,
		.epoll_fd = -1,
		.signal_fd = -1,
		.stream = { .fd = -1, .journal_fd = -1 },
		.kernel_log.fd = -1,
		.packets.dir_fd = -1,
		.audit.base.fd = -1,
		.journal.may_go_on = true,
	};
	run->sink.prints_debug = options->debug;
	run->units.sink = &run->sink;
	run->undecided.units = &run->units;
	run->splats.log = &run->kernel_log;
	run->splats.tests = &run->tests;
	run->audit.tests = &run->tests;
}

static int check_declarations(void)
{
	char error[512];

	if (registry__check(error, sizeof(error)) ||
	    needs__check_declarations(error, sizeof(error)) ||
	    locks__check_declarations(error, sizeof(error)))
		return error__fail(RUN_EXIT_INFRASTRUCTURE, "%s", error);
	return RUN_EXIT_OK;
}

static int out_of_memory(void)
{
	return error__fail(RUN_EXIT_INFRASTRUCTURE, "out of memory");
}

static int report_unmatched(const struct run *run, bool tests_only)
{
	const struct selection *captured = run->options->captured;

	return selection__report_unmatched(run->selection, tests_only, stderr) +
	       (captured ? selection__report_unmatched(captured, tests_only, stderr) : 0);
}

static int list_tests(struct run *run)
{
	if (run->options->list == LIST_ALL && !run->options->count) {
		run_info__read(&run->info, NULL);
		run_history__begin(&run->history, run->options, run->info.release);
		listing__print_all(&run->tests, run->selection, &run->history);
	} else {
		listing__print(run->options, &run->tests);
	}
	return run->tests.cnt || run->elsewhere_cnt ? RUN_EXIT_OK : RUN_EXIT_NOTHING_RAN;
}

/*
 * Return: true if there is nothing to run, as with --list or after an error; @status is then the
 * exit status.
 */
static bool is_answered(struct run *run, int *status)
{
	const struct run_options *options = run->options;
	int err;

	*status = check_declarations();
	if (*status)
		return true;
	if (options->why) {
		*status = listing__explain(options);
		return true;
	}
	err = shard__touch_status_file();
	if (err) {
		*status = error__fail(RUN_EXIT_INFRASTRUCTURE,
				      "cannot touch $TEST_SHARD_STATUS_FILE: " ERRNO_FMT,
				      ERRNO_ARG(err));
		return true;
	}
	if (plan__select(&run->tests, &run->elsewhere_cnt, options, run->selection)) {
		*status = out_of_memory();
		return true;
	}
	if (report_unmatched(run, true)) {
		*status = RUN_EXIT_NOTHING_RAN;
		return true;
	}
	if (!run->tests.cnt && !run->elsewhere_cnt)
		error__say("nothing to run: %s", run->selection->deny.cnt ?
							 "every selected test is denied (-b, -d)" :
							 "no test is selected");
	if (options->list || options->count) {
		*status = list_tests(run);
		return true;
	}
	*status = tracer__check(&run->tracer, options->tracer, &run->tests);
	return *status;
}

static bool is_of_orders(const struct run *run)
{
	return run->only_listener.on_event;
}

/*
 * A peer only tells the head, whose listeners then report.
 *
 * The listeners get each event in this order. The event stream comes first, because the journal
 * must be on the disk before the run goes on. The log keeper comes last, because it frees the logs
 * that the others read.
 */
static void add_listeners(struct run *run)
{
	run->logs.options = run->options;
	if (is_of_orders(run)) {
		event_sink__add(&run->sink, run->only_listener.on_event,
				run->only_listener.context);
		return;
	}
	if (run->peer.is_on) {
		event_sink__add(&run->sink, peer__listen, &run->peer);
		event_sink__add(&run->sink, log_keeper__listen, &run->logs);
		return;
	}
	event_sink__add(&run->sink, event_stream__listen, &run->stream);
	event_sink__add(&run->sink, results_folder__listen, &run->results);
	event_sink__add(&run->sink, status_lines__listen, &run->lines);
	if (run->options->reports.github || github_annotations__are_wanted())
		event_sink__add(&run->sink, github_annotations__listen, stdout);
	event_sink__add(&run->sink, progress__listen, &run->progress);
	event_sink__add(&run->sink, log_keeper__listen, &run->logs);
}

/* Return: 0 or -ENOMEM. */
static int prepare_screen(struct run *run)
{
	screen__begin(&run->screen, run->options->color);
	run->lines = (struct status_lines){ run->options, &run->screen, &run->tests, NULL };
	run->progress = (struct progress){
		.screen = &run->screen,
		.tests = &run->tests,
		.schedule = &run->schedule,
		.is_on = !status_lines__are_live(run->options),
	};
	return status_lines__begin(&run->lines) ?: progress__begin(&run->progress);
}

static int prepare_units(struct run *run)
{
	struct units *units = &run->units;

	units->all = calloc(run->options->jobs, sizeof(*units->all));
	if (!units->all)
		return -ENOMEM;
	units->cnt = run->options->jobs;
	units->options = run->options;
	units->observer = &run->observer;
	units->selection = run->selection;
	units->needs = &run->needs;
	units->cgroups = &run->cgroups;
	units->children = &run->children;
	units->packets = &run->packets;
	units->history = &run->history;
	units->tracer = &run->tracer;
	units->kept = &run->kept;
	units->suite_dir = run->suite_dir = find_suite_dir();
	units->epoll_fd = run->epoll_fd;
	units->verifier_fd = run->results.path ? run->results.verifier_fd : -1;
	return children__note_inherited(&run->children);
}

static void prepare_blame(struct run *run)
{
	splats__begin(&run->splats, &run->kernel_log, &run->units, &run->tests);
	run->blame = (struct blame){ &run->splats, &run->audit, &run->undecided };
	run->observer = blame__observer(&run->blame);
	run->rerun = (struct rerun){
		.splats = &run->splats,
		.audit = &run->audit,
		.units = &run->units,
	};
}

/* Return: 0, or a negative errno after a message on stderr. */
static int open_machines(struct run *run)
{
	run->head = (struct head){
		.options = run->options,
		.info = &run->info,
		.tests = &run->tests,
		.schedule = &run->schedule,
		.sink = &run->sink,
		.selection = run->selection,
		.undecided = &run->undecided,
		.history = &run->history,
		.splats = &run->splats,
	};
	run->peer = (struct peer){
		.options = run->options,
		.tests = &run->tests,
		.schedule = &run->schedule,
		.sink = &run->sink,
	};
	return head__open(&run->head, run->epoll_fd) ?: peer__open(&run->peer, run->epoll_fd);
}

static void print_header(const struct run *run)
{
	run_info__print(&run->info, run->tests.cnt, run->options->jobs, run->options->verbosity);
	if (run->packets.path)
		printf("Packets: %s/\n", run->packets.path);
	if (run->kernel_log.error)
		printf("Kernel log: cannot be read, splats are not seen: " ERRNO_FMT "\n",
		       ERRNO_ARG(run->kernel_log.error));
}

static unsigned int isolation_of_all(const struct run *run)
{
	unsigned int parts = 0;
	int i;

	for (i = 0; i < run->tests.cnt; i++)
		parts |= registry__isolation(run->tests.all[i].entry);
	return parts;
}

/* Once for the run. The reason also stands beside each test that it keeps from running. */
static void say_what_is_missing(const struct run *run)
{
	const struct kernel_facts *facts = &run->needs.facts;
	const struct suite_needs *suite = &run->needs.suite;
	char text[768];

	if (suite_needs__describe(suite, ~0U, NEED_LOST, text, sizeof(text)))
		error__say("%s: tests that need it fail", text);
	if (suite_needs__describe(suite, ~0U, NEED_MISSING, text, sizeof(text)))
		error__say("%s: tests that need it are skipped%s", text,
			   getenv("VMTEST") ? "" : "; run them in a VM (./vmtest)");
	else if (facts->btf_was_read && !facts->btf)
		error__say("no BTF of the kernel: tests that need it do not run (--why TEST says "
			   "more)");
}

static void look_up_needs(struct run *run)
{
	uint64_t begin_ns = clock__now_ns();
	int i;

	for (i = 0; i < run->tests.cnt; i++)
		needs__look_up(&run->needs, run->tests.all[i].outcome.name, run->selection,
			       run->tests.all[i].outcome.number);
	event_sink__debug(&run->sink, "needs: types and symbols read in %.1f ms, probes in %.1f ms",
			  run->needs.facts.read_ns / 1e6,
			  (clock__now_ns() - begin_ns - run->needs.facts.read_ns) / 1e6);
}

/* The head keeps the journal for all machines. */
static int read_journal(struct run *run)
{
	return run->options->machines.head_fd || is_of_orders(run) ?
		       0 :
		       journal__read(&run->journal, run->options->resume_path);
}

/* Return: RUN_EXIT_OK, or the exit status of a run that cannot begin, after a message. */
static int prepare(struct run *run)
{
	const struct run_options *options = run->options;

	run->units.open_files = preflight__raise_open_files();
	preflight__outlive_tests();
	if (preflight__check(&run->tests, &run->cgroups) || read_journal(run) ||
	    run_files__open(run) ||
	    packets__open(&run->packets, &run->tests, options->captured, run->results.path,
			  run->results.dir_fd, run->results.is_resumed) ||
	    tracer__open(&run->tracer, run->results.path, &run->tests))
		return RUN_EXIT_INFRASTRUCTURE;
	prepare_blame(run);
	if (loop__open(run))
		return RUN_EXIT_INFRASTRUCTURE;
	if (prepare_units(run) || prepare_screen(run))
		return out_of_memory();
	/* The head knows the history for all machines. */
	if (!options->machines.head_fd)
		run_history__begin(&run->history, options, run->info.release);
	if (plan__order(&run->schedule, &run->tests, options, &run->history, &run->info))
		return out_of_memory();
	if (open_machines(run))
		return RUN_EXIT_INFRASTRUCTURE;
	if (!run->peer.is_on && !is_of_orders(run))
		print_header(run);
	if (needs__begin(&run->needs, &run->info, isolation_of_all(run)))
		return out_of_memory();
	add_listeners(run);
	event_sink__tell(&run->sink, &(struct event){
					     .kind = EVENT_RUN_BEGIN,
					     .run = { &run->info, run->tests.cnt, options->jobs },
				     });
	look_up_needs(run);
	if (!run->peer.is_on && !is_of_orders(run))
		say_what_is_missing(run);
	audit__begin(&run->audit, options, &run->tests, &run->sink);
	peer__say_hello(&run->peer, &run->info);
	return RUN_EXIT_OK;
}

static int take_earlier_results(struct run *run)
{
	struct journal *journal = &run->journal;
	int err = journal__take_results(journal, &run->tests, run->info.boot_id, run->selection,
					&run->splats.open);
	char *text;

	if (err)
		return err;
	text = strdup(journal->text);
	if (!text)
		return -ENOMEM;
	undecided__resume(&run->undecided, text);
	free(text);
	return journal__queue(journal, &run->tests, &run->schedule, &run->sink);
}

/*
 * Take the results of the earlier parts of the run, and queue the tests that are left. A peer begins
 * without any: the head gives it tests one by one.
 */
static int queue_tests(struct run *run)
{
	int err, i;

	if (run->peer.is_on)
		return schedule__none(&run->schedule);
	if (!run->journal.text)
		return 0;
	err = take_earlier_results(run);
	/* The part of the run that had these results waited for the rerun before it printed them. */
	for (i = 0; !err && i < run->tests.cnt; i++)
		if (run->tests.all[i].waits_for_rerun ||
		    rerun__is_needed(&run->rerun, &run->tests.all[i]))
			status_lines__hold(&run->lines, &run->tests.all[i]);
	if (!err && !run->journal.may_go_on)
		run->stop.reason = run->journal.killed_by ? "the run was killed too often" :
							    "the kernel went down too often";
	return err;
}

/* The user of gdb or strace wants to see one run of the test: do not rerun it. */
static bool may_rerun(const struct run *run)
{
	return !run->stop.reason && !run->options->tracer &&
	       (!run->peer.is_on || run->peer.may_rerun);
}

/* Return: the number of suspects, or -ENOMEM. */
static int rerun_suspects_once(struct run *run)
{
	int cnt = may_rerun(run) ? rerun__prepare(&run->rerun, &run->tests, &run->schedule) : 0;

	if (cnt <= 0)
		return cnt;
	screen__hide(&run->screen);
	if (!run->peer.is_on)
		printf("Rerunning %d suspect%s alone, to find out which one caused it\n", cnt,
		       cnt == 1 ? "" : "s");
	loop__run(run);
	rerun__finish(&run->rerun);
	loop__take_last_splats(run);
	left_behind__end_rerun(&run->audit);
	return cnt;
}

/* Each machine reruns its own suspects, at the same time. */
static void rerun_suspects(struct run *run)
{
	int cnt;

	loop__take_last_splats(run);
	head__finish(&run->head, may_rerun(run));
	left_behind__end_tests(&run->audit);
	cnt = rerun_suspects_once(run);
	/* Wait for the peers. If one dies, its suspects are left to this machine. */
	loop__run(run);
	if (run->head.has_inherited && cnt >= 0)
		cnt = rerun_suspects_once(run);
	if (may_rerun(run) && cnt >= 0)
		splats__end_rerun(&run->splats);
	head__take_byes(&run->head, &run->audit);
}

/* Return: the exit status of a peer. It does not depend on the results, which the head has. */
static int end_peer(struct run *run)
{
	peer__say_bye(&run->peer, bye__object(&run->splats, &run->audit, &run->undecided));
	if (run->stop.signal)
		return RUN_EXIT_SIGNAL + run->stop.signal;
	if (run->stop.needs_restart)
		return RUN_EXIT_RESTART;
	return run->peer.has_lost_head ? RUN_EXIT_INFRASTRUCTURE : RUN_EXIT_OK;
}

static int write_reports(struct run *run, const struct run_totals *totals)
{
	const struct run_summary summary = {
		.options = run->options,
		.screen = &run->screen,
		.tests = &run->tests,
		.seed = run->info.seed,
		.duration_s = (double)(clock__now_ns() - run->start_ns) / NS_PER_S,
	};
	int err;

	progress__end(&run->progress);
	if (totals->tests_failed)
		run_summary__print_failures(&summary);
	run_summary__print_not_run(&summary, run->stop.reason ?: "the run was stopped");
	splat_report__print(&run->splats, stdout);
	audit_report__print(&run->audit, stdout);
	undecided__print(&run->undecided, stdout);
	kept__print(&run->kept, stdout);
	run_summary__print_tolerated(&summary);
	run_summary__print_skips(&summary);
	run_summary__print_slowest(&summary);
	run_summary__print_totals(&summary, totals);
	err = run_files__write_report(run, totals);
	if (ferror(stdout))
		err = error__fail(-EIO, "stdout did not take all results");
	return err;
}

/* An empty shard is not a mistake: a run may have more shards than tests. */
static bool is_empty_shard(const struct run *run)
{
	return !run->tests.cnt && run->elsewhere_cnt;
}

static int exit_status(const struct run *run, const struct run_totals *totals, int unmatched,
		       int report_error)
{
	const struct stop *stop = &run->stop;

	if (stop->signal)
		return RUN_EXIT_SIGNAL + stop->signal;
	if (run->journal.path && stop->needs_restart)
		return RUN_EXIT_RESTART;
	if (!run->journal.may_go_on && totals->tests_failed && !report_error)
		return RUN_EXIT_FAILED;
	if (report_error || (stop->reason && !stop->was_asked_for))
		return RUN_EXIT_INFRASTRUCTURE;
	if (totals->tests_failed || undecided__cnt(&run->undecided) ||
	    splats__fail_run(&run->splats) || audit_report__fails_run(&run->audit))
		return RUN_EXIT_FAILED;
	if (stop->reason)
		return RUN_EXIT_INFRASTRUCTURE;
	if (unmatched || (totals->tests_passed + totals->skipped == 0 && !is_empty_shard(run)))
		return RUN_EXIT_NOTHING_RAN;
	return RUN_EXIT_OK;
}

/* Return: the exit status. */
static int report(struct run *run)
{
	struct run_totals totals;
	int err, unmatched, status;

	/*
	 * A test that cannot be killed may block the file system. The part of the run after the
	 * restart then saves the history.
	 */
	if (!run->stop.needs_restart)
		run->results.error =
			run->results.error ?:
				run_history__save(&run->history, &run->tests, &run->sink);
	err = tracer__report(&run->tracer);
	run->results.error = run->results.error ?: err;
	run_totals__count(&totals, &run->tests);
	err = write_reports(run, &totals);
	unmatched = run->stop.reason ? 0 : report_unmatched(run, false);
	status = exit_status(run, &totals, unmatched, err);
	if (run->options->known_skips &&
	    strict_skips__report(&run->tests, run->options->known_skips, stderr) &&
	    status == RUN_EXIT_OK)
		status = RUN_EXIT_FAILED;
	return run_files__close(run, &totals, status);
}

static void free_tests(struct tests *tests)
{
	int i;

	for (i = 0; i < tests->cnt; i++)
		test_outcome__free(&tests->all[i]);
	free(tests->all);
}

static void free_run(struct run *run)
{
	needs__end(&run->needs);
	run_files__free(run);
	journal__free(&run->journal);
	splats__end(&run->splats);
	audit__end(&run->audit);
	undecided__free(&run->undecided);
	head__close(&run->head);
	peer__close(&run->peer);
	tracer__free(&run->tracer);
	run_info__free(&run->info);
	cgroup_base__remove(&run->cgroups, kept__has_cgroup(&run->kept));
	kept__free(&run->kept);
	schedule__free(&run->schedule);
	status_lines__end(&run->lines);
	progress__end(&run->progress);
	run_history__end(&run->history);
	free(run->units.all);
	children__free(&run->children);
	free(run->suite_dir);
	loop__close(run);
}

/* Write a JSON report even if nothing ran: it then lists the selected tests as not run. */
static void report_unrun(struct run *run)
{
	struct run_totals totals;

	run_totals__count(&totals, &run->tests);
	run_files__write_report(run, &totals);
}

int run__tests_and_keep(const struct run_options *options, struct selection *selection,
			struct tests *tests)
{
	struct run run;
	int status;

	*tests = (struct tests){};
	if (options->has_nothing_to_do)
		return RUN_EXIT_OK;
	begin(&run, options, selection);
	if (is_answered(&run, &status) || (status = prepare(&run))) {
		report_unrun(&run);
		free_run(&run);
		*tests = run.tests;
		return status;
	}
	run.start_ns = clock__now_ns();
	if (queue_tests(&run)) {
		report_unrun(&run);
		status = out_of_memory();
	} else {
		loop__run(&run);
		rerun_suspects(&run);
		status_lines__release(&run.lines);
		status = run.peer.is_on ? end_peer(&run) : report(&run);
	}
	free_run(&run);
	*tests = run.tests;
	return status;
}

int run__tests(const struct run_options *options, struct selection *selection)
{
	struct tests tests;
	int status = run__tests_and_keep(options, selection, &tests);

	free_tests(&tests);
	return status;
}

/* Return: as run__orders(). */
static int end_orders(struct run *run)
{
	loop__take_last_splats(run);
	left_behind__end_tests(&run->audit);
	left_behind__end_rerun(&run->audit);
	splat_report__print(&run->splats, stdout);
	audit_report__print(&run->audit, stdout);
	undecided__print(&run->undecided, stdout);
	if (run->stop.signal)
		return RUN_EXIT_SIGNAL + run->stop.signal;
	if (run->stop.needs_restart)
		return error__fail(RUN_EXIT_RESTART, "%s", run->stop.reason);
	if (undecided__cnt(&run->undecided) || splats__fail_run(&run->splats) ||
	    audit_report__fails_run(&run->audit))
		return RUN_EXIT_FAILED;
	return RUN_EXIT_OK;
}

int run__orders(const struct run_options *options, struct selection *selection,
		const struct tests *orders,
		void (*listen)(void *context, const struct event *event), void *context)
{
	struct run run;
	int status;

	begin(&run, options, selection);
	run.only_listener = (struct event_listener){ listen, context };
	run.tests = *orders;
	status = prepare(&run);
	if (!status) {
		run.start_ns = clock__now_ns();
		loop__run(&run);
		status = end_orders(&run);
	}
	free_run(&run);
	return status;
}
