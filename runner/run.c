// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event loop: starts what the schedule says, then come the reports. Owns every result; what a
 * test does to its own process cannot reach it.
 */
#include <errno.h>
#include <json-c/json.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/reports/listing.h"
#include "runner/preflight.h"
#include "runner/schedule/plan.h"
#include "runner/reports/status_lines.h"
#include "runner/run_files.h"
#include "runner/schedule/run_history.h"
#include "runner/reports/strict_skips.h"
#include "runner/run.h"
#include "runner/process/unit.h"
#include "runner/blame/undecided.h"
#include "runner/process/unit_parts.h"
#include "runner/process/unit_result.h"
#include "test_progs.h"

#define EVENTS_AT_ONCE  16
#define STALL_MS        100
/* After ^Z it is not known which part of a wait was one: it is given back whole. */
#define LONGEST_WAIT_NS 1000000000ULL

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

void runner__debug(const struct runner *runner, const char *fmt, ...)
{
	va_list args;

	if (!runner->options->debug)
		return;
	va_start(args, fmt);
	fprintf(stderr, "debug: [%.6f] ", clock__now_ns() / 1e9);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
}

static int open_events(struct runner *runner)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
	struct sigaction hangup;
	sigset_t signals;
	size_t i;

	sigemptyset(&signals);
	for (i = 0; i < ARRAY_SIZE(stop_signals); i++)
		sigaddset(&signals, stop_signals[i]);
	/* Who was stopped by ^Z learns here that it goes on. */
	sigaddset(&signals, SIGCONT);
	/*
	 * nohup; a signalfd would report what is to be ignored. SIGINT is taken even so: shells
	 * without job control ignore it for all they start in the background.
	 */
	if (!sigaction(SIGHUP, NULL, &hangup) && hangup.sa_handler == SIG_IGN)
		sigdelset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/* If it is ignored the kernel reaps the tests, and takes their results along. */
	signal(SIGCHLD, SIG_DFL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	runner->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	runner->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (runner->signal_fd < 0 || runner->epoll_fd < 0 ||
	    epoll_ctl(runner->epoll_fd, EPOLL_CTL_ADD, runner->signal_fd, &event))
		goto failed;
	event.data.ptr = &runner->kernel_log;
	/* What is no device and no FIFO cannot be waited for: it is looked at when a test ends. */
	if (runner->kernel_log.fd >= 0 &&
	    epoll_ctl(runner->epoll_fd, EPOLL_CTL_ADD, runner->kernel_log.fd, &event) &&
	    errno != EPERM)
		goto failed;
	return 0;

failed:
	fprintf(stderr, "test_progs: cannot set up the event loop: %m\n");
	return -errno;
}

static struct test_unit *unit_of(struct runner *runner, pid_t pid)
{
	int i;

	for (i = 0; i < runner->options->jobs; i++) {
		if (runner->units[i].state != UNIT_FREE &&
		    unit__has_process(&runner->units[i], pid))
			return &runner->units[i];
	}
	return NULL;
}

/* kill(-1, ...) in a test is no wish of who has started the run. */
static bool is_from_test(struct runner *runner, const struct signalfd_siginfo *info)
{
	struct test_unit *unit = info->ssi_code <= 0 ? unit_of(runner, info->ssi_pid) : NULL;

	if (unit && !unit->has_signalled && info->ssi_signo != SIGCONT) {
		unit__fail(unit, "signal", "%s to the runner",
			   unit_result__signal_name(info->ssi_signo));
		unit->has_signalled = true;
	}
	return unit;
}

/* Return: whether there was a signal. */
static bool on_signal(struct runner *runner)
{
	struct signalfd_siginfo info;
	int i;

	if (read(runner->signal_fd, &info, sizeof(info)) != sizeof(info))
		return false;
	if (is_from_test(runner, &info))
		return true;
	if (info.ssi_signo == SIGCONT) {
		runner->was_stopped = true;
		return true;
	}
	if (tracer__has_terminal(runner) && (info.ssi_signo == SIGINT || info.ssi_signo == SIGQUIT))
		return true;
	runner->stop_signal = info.ssi_signo;
	runner->stop_reason = "interrupted";
	for (i = 0; i < runner->options->jobs; i++)
		test_unit__interrupt(&runner->units[i]);
	return true;
}

static struct test_unit *free_unit(struct runner *runner)
{
	int i;

	for (i = 0; i < runner->options->jobs; i++) {
		if (runner->units[i].state == UNIT_FREE)
			return &runner->units[i];
	}
	return NULL;
}

/* Return: true if the test has its result already. */
static bool settle_without_running(struct runner *runner, struct test_outcome *test)
{
	struct outcome *outcome = &test->outcome;
	enum need_state state = NEED_HOLDS;
	char reason[1024] = "not built";

	if (registry__is_built(test->entry)) {
		state = needs__check(&runner->needs, outcome->name, NULL, false, reason,
				     sizeof(reason));
		if (state == NEED_HOLDS)
			return false;
	}
	if (state == NEED_LOST) {
		outcome->failures = 1;
		outcome__set_detail(outcome, "requirement: %s", reason);
	} else {
		outcome->skipped = true;
		outcome__set_detail(outcome, "%s", reason);
	}
	test_outcome__finish(test);
	report__test(runner, test);
	return true;
}

static void look_up_needs(struct runner *runner)
{
	uint64_t begin_ns = clock__now_ns();
	int i;

	for (i = 0; i < runner->tests_cnt; i++)
		needs__look_up(&runner->needs, runner->tests[i].outcome.name);
	runner__debug(runner, "needs: types and symbols read in %.1f ms, probes in %.1f ms",
		      runner->needs.facts.read_ns / 1e6,
		      (clock__now_ns() - begin_ns - runner->needs.facts.read_ns) / 1e6);
}

static bool may_start(struct runner *runner)
{
	if (!runner->stop_reason && runner->schedule.waiting)
		plan__check_limits(runner);
	return !runner->stop_reason && !(runner->running && runner->is_starved);
}

static void start_tests(struct runner *runner)
{
	while (may_start(runner)) {
		int i = schedule__next(&runner->schedule);
		struct test_unit *unit = free_unit(runner);

		if (i < 0)
			break;
		if (runner->again.is_running && !again__is_needed(runner, &runner->tests[i])) {
			schedule__end(&runner->schedule, i);
			continue;
		}
		if (runner->again.is_running)
			again__begin(runner, &runner->tests[i]);
		if (runner->again.is_running ||
		    !settle_without_running(runner, &runner->tests[i])) {
			if (test_unit__start(unit, runner, &runner->tests[i])) {
				schedule__put_back(&runner->schedule, i);
				runner->is_starved = true;
				break;
			}
			if (unit->state != UNIT_FREE)
				continue;
		}
		/* It has its result already. */
		schedule__end(&runner->schedule, i);
	}
}

static uint64_t tick_units(struct runner *runner)
{
	uint64_t now_ns = clock__now_ns(), next_ns = UINT64_MAX, unit_ns;
	int i;

	for (i = 0; i < runner->options->jobs; i++) {
		unit_ns = test_unit__tick(&runner->units[i], now_ns);
		if (unit_ns < next_ns)
			next_ns = unit_ns;
	}
	return next_ns;
}

static int timeout_ms(uint64_t next_ns)
{
	uint64_t now_ns = clock__now_ns();

	if (next_ns == UINT64_MAX)
		return -1;
	if (next_ns <= now_ns)
		return 0;
	return (next_ns - now_ns) / NS_PER_MS + 1 < INT_MAX ? (next_ns - now_ns) / NS_PER_MS + 1 :
							      INT_MAX;
}

static bool unit_has_fd(const struct unit_watch *watch)
{
	return watch->unit && watch->unit->state != UNIT_FREE && watch->fd >= 0;
}

/*
 * A pager that does not read stops the runner, and no test is to blame for that. What a test keeps
 * it busy with comes in small pieces, and is not given back.
 */
static void forgive_stall(struct runner *runner, uint64_t spent_ns)
{
	int i;

	if (spent_ns < STALL_MS * NS_PER_MS)
		return;
	for (i = 0; i < runner->options->jobs; i++)
		test_unit__forgive(&runner->units[i], spent_ns);
}

/* Tests have no part in ^Z: they went on while nobody read their output or took their results. */
static void forgive_stop(struct runner *runner, uint64_t waited_ns)
{
	int i;

	while (waited_ns > STALL_MS * NS_PER_MS && on_signal(runner))
		;
	for (i = 0; runner->was_stopped && i < runner->options->jobs; i++)
		test_unit__forgive_stop(&runner->units[i], waited_ns);
	runner->was_stopped = false;
}

static void run_loop(struct runner *runner)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	uint64_t next_ns, waits_ns, woken_ns = clock__now_ns();
	int i, n;

	for (;;) {
		next_ns = tick_units(runner);
		splats__read(runner);
		if (splat_callers__is_open(&runner->splats.callers) &&
		    next_ns > clock__now_ns() + STALL_MS * NS_PER_MS)
			next_ns = clock__now_ns() + STALL_MS * NS_PER_MS;
		start_tests(runner);
		if (!runner->running)
			break;
		waits_ns = clock__now_ns();
		forgive_stall(runner, waits_ns - woken_ns);
		if (next_ns > waits_ns + LONGEST_WAIT_NS)
			next_ns = waits_ns + LONGEST_WAIT_NS;
		n = epoll_wait(runner->epoll_fd, events, EVENTS_AT_ONCE, timeout_ms(next_ns));
		woken_ns = clock__now_ns();
		forgive_stop(runner, woken_ns - waits_ns);
		for (i = 0; i < n; i++) {
			if (!events[i].data.ptr)
				on_signal(runner);
			else if (events[i].data.ptr == &runner->kernel_log)
				splats__read(runner);
			else if (unit_has_fd(events[i].data.ptr))
				test_unit__handle(events[i].data.ptr);
		}
	}
}

/* What the kernel has logged by now, complete or not: no test is running. */
static void take_last_splats(struct runner *runner)
{
	uint64_t until_ns = clock__now_ns() + STALL_MS * NS_PER_MS * 10;

	while (!splats__settle(runner) && clock__now_ns() < until_ns)
		usleep(STALL_MS * 100);
	splats__look_at_taint(runner);
}

static void run_suspects_again(struct runner *runner)
{
	int cnt;

	take_last_splats(runner);
	audit__end_tests(runner);
	/* Once more under gdb or strace is not what its user asked for. */
	cnt = runner->stop_reason || runner->options->tracer ? 0 : again__prepare(runner);
	if (cnt > 0) {
		printf("It is not certain who did something: %d suspect%s run%s again alone\n", cnt,
		       cnt == 1 ? "" : "s", cnt == 1 ? "s" : "");
		run_loop(runner);
		runner->again.is_running = false;
		take_last_splats(runner);
	}
	if (!runner->stop_reason && !runner->options->tracer && cnt >= 0)
		splats__end_again(runner);
	audit__restore(runner);
}

/* The earlier parts of the run, and then, alone, what was running when they were cut short. */
static int resume(struct runner *runner)
{
	int suspects;

	if (!runner->journal.text)
		return 0;
	suspects = journal__resume(runner);
	if (suspects < 0)
		return suspects;
	if (suspects) {
		runner->journal.is_alone = true;
		run_loop(runner);
		runner->journal.is_alone = false;
	}
	if (!runner->journal.may_go_on)
		runner->stop_reason = runner->journal.killed_by ? "the run was killed too often" :
								  "the kernel went down too often";
	return journal__queue_rest(runner);
}

static int write_reports(struct runner *runner, const struct run_totals *totals)
{
	int err = 0;

	report__summary(runner, totals);
	if (runner->options->json) {
		err = report_json__write(runner, totals, runner->options->json);
		if (err)
			fprintf(stderr, "test_progs: cannot write the JSON report '%s': %s\n",
				runner->options->json_path, strerror(-err));
	}
	if (ferror(stdout)) {
		fprintf(stderr, "test_progs: stdout did not take all results\n");
		err = -EIO;
	}
	return err;
}

/* More shards than tests is nobody's mistake. */
static bool is_empty_shard(const struct runner *runner)
{
	return !runner->tests_cnt && runner->elsewhere_cnt;
}

static int exit_status(const struct runner *runner, const struct run_totals *totals, int unmatched,
		       int report_error)
{
	if (runner->stop_signal)
		return RUN_EXIT_SIGNAL + runner->stop_signal;
	if (runner->journal.path && runner->needs_restart)
		return RUN_EXIT_RESTART;
	if (!runner->journal.may_go_on && totals->tests_failed && !report_error)
		return RUN_EXIT_FAILED;
	if (report_error || (runner->stop_reason && !runner->stop_is_asked))
		return RUN_EXIT_INFRASTRUCTURE;
	if (totals->tests_failed || undecided__cnt(runner) || splats__fail_run(runner) ||
	    audit__fails_run(runner))
		return RUN_EXIT_FAILED;
	if (runner->stop_reason)
		return RUN_EXIT_INFRASTRUCTURE;
	if (unmatched || (totals->tests_passed + totals->skipped == 0 && !is_empty_shard(runner)))
		return RUN_EXIT_NOTHING_RAN;
	return RUN_EXIT_OK;
}

/* The folder of the program, with everything that was built beside it. */
static char *find_suite_dir(void)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (len < 0)
		return NULL;
	path[len] = '\0';
	return strdup(dirname(path));
}

static void free_runner(struct runner *runner)
{
	int i;

	needs__end(&runner->needs);
	run_files__free(runner);
	journal__free(&runner->journal);
	splats__end(&runner->splats);
	audit__end(&runner->audit);
	json_object_put(runner->undecided);
	tracer__free(&runner->tracer);
	run_info__free(&runner->info);
	cgroup_base__remove(&runner->cgroups, kept__has_cgroup(&runner->kept));
	kept__free(&runner->kept);
	for (i = 0; i < runner->tests_cnt; i++)
		test_outcome__free(&runner->tests[i]);
	free(runner->tests);
	schedule__free(&runner->schedule);
	run_history__end(runner);
	free(runner->units);
	free(runner->strangers);
	free(runner->suite_dir);
	close(runner->epoll_fd);
	close(runner->signal_fd);
}

int runner__run(const struct run_options *options, struct selection *selection)
{
	struct runner runner = {
		.options = options,
		.selection = selection,
		.epoll_fd = -1,
		.signal_fd = -1,
		.events = { .fd = -1, .journal_fd = -1 },
		.kernel_log.fd = -1,
		.packets.dir_fd = -1,
		.audit.record.fd = -1,
		.journal.may_go_on = true,
	};
	struct run_totals totals;
	int status = RUN_EXIT_INFRASTRUCTURE, unmatched, err;
	bool json_is_written = false;
	char error[512];

	if (registry__check(error, sizeof(error)) ||
	    needs__check_declarations(error, sizeof(error)) ||
	    locks__check_declarations(error, sizeof(error))) {
		fprintf(stderr, "test_progs: %s\n", error);
		return RUN_EXIT_INFRASTRUCTURE;
	}
	if (options->why)
		return listing__explain(options);
	err = shard__touch_status_file();
	if (err) {
		fprintf(stderr, "test_progs: cannot touch $TEST_SHARD_STATUS_FILE: %s\n",
			strerror(-err));
		return RUN_EXIT_INFRASTRUCTURE;
	}
	runner.suite_dir = find_suite_dir();
	runner.units = calloc(options->jobs, sizeof(*runner.units));
	if (!runner.units || plan__select(&runner)) {
		fprintf(stderr, "test_progs: out of memory\n");
		goto out;
	}
	if (selection__report_unmatched(selection, true, stderr) +
	    packets__report_unmatched(&runner, true, stderr)) {
		status = RUN_EXIT_NOTHING_RAN;
		goto out;
	}
	if (options->list || options->count) {
		status = listing__print(&runner);
		goto out;
	}
	status = tracer__check(&runner);
	if (status)
		goto out;
	status = RUN_EXIT_INFRASTRUCTURE;
	machine__raise_open_files(&runner);
	machine__outlive_tests();
	if (machine__check(&runner) || journal__read(&runner) || run_files__open(&runner) ||
	    packets__open(&runner) || tracer__open(&runner) || open_events(&runner) ||
	    machine__note_strangers(&runner))
		goto out;
	run_history__begin(&runner);
	if (plan__order(&runner)) {
		fprintf(stderr, "test_progs: out of memory\n");
		goto out;
	}
	run_info__print(&runner.info);
	if (runner.packets.path)
		printf("Packets: %s/\n", runner.packets.path);
	if (runner.kernel_log.error)
		printf("Kernel log: cannot be read, splats are not seen: %s\n",
		       strerror(-runner.kernel_log.error));
	if (needs__begin(&runner.needs, &runner.info)) {
		fprintf(stderr, "test_progs: out of memory\n");
		goto out;
	}
	events__run_begin(&runner.events, &runner.info, runner.tests_cnt, options->jobs);
	look_up_needs(&runner);
	audit__begin(&runner);

	runner.start_ns = clock__now_ns();
	if (resume(&runner))
		goto out;
	run_loop(&runner);
	run_suspects_again(&runner);

	/* What a test that cannot be killed holds may be the file system; the part behind saves. */
	if (!runner.needs_restart)
		run_history__save(&runner);
	tracer__report(&runner);
	report__totals(&runner, &totals);
	err = write_reports(&runner, &totals);
	json_is_written = true;
	unmatched = runner.stop_reason ? 0 :
					 selection__report_unmatched(selection, false, stderr) +
						 packets__report_unmatched(&runner, false, stderr);
	status = exit_status(&runner, &totals, unmatched, err);
	if (options->known_skips && strict_skips__report(&runner, options->known_skips, stderr) &&
	    status == RUN_EXIT_OK)
		status = RUN_EXIT_FAILED;
	status = run_files__close(&runner, &totals, status);
out:
	/* A report is never left empty: what was selected then did not run. */
	if (options->json && !json_is_written) {
		report__totals(&runner, &totals);
		report_json__write(&runner, &totals, options->json);
	}
	free_runner(&runner);
	return status;
}
