// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event loop of a run. It waits for everything that can happen: records and output of tests,
 * their ends, the kernel's log, signals, deadlines. Results are decided in process/ and blame/.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "runner/loop.h"
#include "runner/process/unit_backtrace.h"
#include "runner/process/unit_life.h"
#include "runner/process/unit_processes.h"
#include "runner/process/unit_result.h"
#include "runner/process/unit_start.h"
#include "runner/process/unit_tracer.h"
#include "runner/system/clock.h"
#include "runner/text/error.h"
#include "test_progs.h"

#define EVENTS_AT_ONCE  16
#define STALL_MS        100
/*
 * The longest wait of the event loop. If the runner is stopped (Ctrl-Z) during a wait, it cannot
 * tell how long. The whole wait is then added to the deadlines of the tests, so waits are short.
 */
#define LONGEST_WAIT_NS NS_PER_S
/* The shortest time between two EVENT_TICK. */
#define TICK_NS         (NS_PER_S / 4)

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static void block_signals(sigset_t *signals)
{
	struct sigaction hangup;
	size_t i;

	sigemptyset(signals);
	for (i = 0; i < ARRAY_SIZE(stop_signals); i++)
		sigaddset(signals, stop_signals[i]);
	/* SIGUSR1 asks what runs now. */
	sigaddset(signals, SIGUSR1);
	/* SIGCONT tells that the runner was stopped, as by Ctrl-Z, and now goes on. */
	sigaddset(signals, SIGCONT);
	/*
	 * If SIGHUP is ignored (nohup), it is left alone: a signalfd would report it all the same.
	 * SIGINT is taken even if it is ignored, because shells without job control ignore it in
	 * everything that they start in the background.
	 */
	if (!sigaction(SIGHUP, NULL, &hangup) && hangup.sa_handler == SIG_IGN)
		sigdelset(signals, SIGHUP);
	sigprocmask(SIG_BLOCK, signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/*
	 * If SIGCHLD is ignored, the kernel reaps the tests itself, and their exit status is lost.
	 */
	signal(SIGCHLD, SIG_DFL);
}

static int watch(struct run *run, int fd, void *tag)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = tag };

	return epoll_ctl(run->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

int loop__open(struct run *run)
{
	sigset_t signals;
	int err = 0;

	block_signals(&signals);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	run->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	run->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (run->signal_fd < 0 || run->epoll_fd < 0)
		err = -errno;
	err = err ?: watch(run, run->signal_fd, NULL);
	/*
	 * epoll refuses a regular file (EPERM). A kernel log in such a file is read in every round
	 * of the loop.
	 */
	if (!err && run->kernel_log.fd >= 0)
		err = watch(run, run->kernel_log.fd, &run->kernel_log);
	if (!err || err == -EPERM)
		return 0;
	return error__fail(err, "cannot set up the event loop: " ERRNO_FMT, ERRNO_ARG(err));
}

void loop__close(struct run *run)
{
	if (run->epoll_fd >= 0)
		close(run->epoll_fd);
	if (run->signal_fd >= 0)
		close(run->signal_fd);
}

/*
 * Return: true if a process of a test sent the signal, as by kill(-1, ...). The test then fails,
 * and the run goes on.
 */
static bool is_from_test(struct run *run, const struct signalfd_siginfo *info)
{
	struct unit *unit = info->ssi_code <= 0 ? units__find_process(&run->units, info->ssi_pid) :
						  NULL;

	if (unit && !unit->has_signalled && info->ssi_signo != SIGCONT) {
		unit__fail(unit, "signal", "%s to the runner",
			   unit_result__signal_name(info->ssi_signo));
		unit->has_signalled = true;
	}
	return unit;
}

static void stop_tests(struct run *run, const char *reason)
{
	int i;

	run->stop.reason = reason;
	run->audit.is_hurried = true;
	for (i = 0; i < run->units.cnt; i++)
		unit__interrupt(&run->units.all[i]);
}

/*
 * Ctrl-C reaches the head and its peers, if they share a terminal. A peer leaves it to the head.
 *
 * Return: true if a signal was pending.
 */
static bool on_signal(struct run *run)
{
	struct signalfd_siginfo info;

	if (read(run->signal_fd, &info, sizeof(info)) != sizeof(info))
		return false;
	if (is_from_test(run, &info))
		return true;
	if (info.ssi_signo == SIGCONT) {
		run->was_stopped = true;
		return true;
	}
	if (info.ssi_signo == SIGUSR1) {
		screen__hide(&run->screen);
		units__write_stacks(&run->units, stdout);
		return true;
	}
	if (units__terminal_is_gdbs(&run->units) &&
	    (info.ssi_signo == SIGINT || info.ssi_signo == SIGQUIT))
		return true;
	if (run->peer.is_on && info.ssi_signo == SIGINT)
		return true;
	/* Tests that end now are no news for the head: it lets them run on another machine. */
	if (run->peer.is_on)
		peer__leave(&run->peer);
	run->stop.signal = info.ssi_signo;
	stop_tests(run, "interrupted");
	head__stop(&run->head);
	return true;
}

static struct unit *free_unit(struct run *run)
{
	int i;

	for (i = 0; i < run->units.cnt; i++) {
		if (run->units.all[i].state == UNIT_FREE)
			return &run->units.all[i];
	}
	return NULL;
}

static void end_test(struct run *run, struct test_outcome *test, bool is_unkillable)
{
	if (run->units.phase == UNIT_PHASE_RERUN)
		rerun__end(&run->rerun, test, is_unkillable);
	else
		event_sink__tell(&run->sink,
				 &(struct event){
					 .kind = EVENT_TEST_END,
					 .test = test,
					 .where = &test->outcome,
					 .end = { rerun__may_be_needed(&run->rerun, test) },
				 });
}

/* Return: true if the test has its result without running. */
static bool is_settled_by_needs(struct run *run, struct test_outcome *test)
{
	struct outcome *outcome = &test->outcome;
	enum need_state state = NEED_HOLDS;
	char reason[1024] = "not built";

	if (registry__is_built(test->entry)) {
		state = needs__check(&run->needs, outcome->name, NULL, false, reason,
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
	end_test(run, test, false);
	return true;
}

static bool may_start(struct run *run)
{
	if (!run->stop.reason && run->schedule.waiting && !run->peer.is_on)
		limits__check(&run->stop, run->options, &run->tests, run->start_ns);
	return !run->stop.reason && !(run->units.running && run->awaits_resources);
}

enum started {
	STARTED,
	HAS_RESULT, /* the test has a result at once, and does not run */
	OUT_OF_RESOURCES,
};

/* A test that was running when a machine went down is to blame for what comes while it runs. */
static void set_phase(struct run *run, const struct schedule_entry *entry)
{
	run->units.phase = entry->is_alone ? UNIT_PHASE_RESUMED : UNIT_PHASE_FIRST;
}

static enum started start_test(struct run *run, int i)
{
	struct test_outcome *test = &run->tests.all[i];
	struct unit *unit = free_unit(run);

	if (run->units.phase != UNIT_PHASE_RERUN)
		set_phase(run, &run->schedule.entries[i]);
	if (run->units.phase == UNIT_PHASE_RERUN) {
		if (!rerun__is_needed(&run->rerun, test))
			return HAS_RESULT;
		rerun__begin(&run->rerun, test);
	} else if (is_settled_by_needs(run, test)) {
		return HAS_RESULT;
	}
	if (unit__start(unit, &run->units, test, run->kernel_log.tail.lines_cnt))
		return OUT_OF_RESOURCES;
	if (unit->state != UNIT_FREE)
		return STARTED;
	end_test(run, test, false);
	return HAS_RESULT;
}

static void start_tests(struct run *run)
{
	while (may_start(run)) {
		int i = schedule__next(&run->schedule);

		if (i < 0)
			break;
		if (run->schedule.entries[i].machine) {
			head__run_test(&run->head, run->schedule.entries[i].machine, i);
			continue;
		}
		switch (start_test(run, i)) {
		case STARTED:
			break;
		case HAS_RESULT:
			schedule__end(&run->schedule, i);
			break;
		case OUT_OF_RESOURCES:
			schedule__put_back(&run->schedule, i);
			run->awaits_resources = true;
			return;
		}
	}
}

static void on_end(struct run *run, struct test_outcome *test, bool is_unkillable)
{
	schedule__end(&run->schedule, test - run->tests.all);
	run->awaits_resources = false;
	if (is_unkillable) {
		run->stop.needs_restart = true;
		run->stop.reason = "a test cannot be killed: restart this machine";
	}
	end_test(run, test, is_unkillable);
	if (is_unkillable && run->peer.is_on)
		peer__say_stuck(&run->peer);
}

/* Return: the time of the next deadline. */
static uint64_t tick_units(struct run *run, uint64_t now_ns)
{
	uint64_t next_ns = UINT64_MAX;
	int i;

	for (i = 0; i < run->units.cnt; i++) {
		struct unit *unit = &run->units.all[i];
		enum unit_progress progress = unit__tick(unit, now_ns, &next_ns);

		if (progress != UNIT_GOES_ON)
			on_end(run, unit->test, progress == UNIT_UNKILLABLE);
	}
	return next_ns;
}

static int timeout_ms(uint64_t next_ns)
{
	uint64_t now_ns = clock__now_ns();

	if (next_ns <= now_ns)
		return 0;
	return (next_ns - now_ns) / NS_PER_MS + 1;
}

static bool unit_has_fd(const struct unit_watch *watch)
{
	return watch->unit && watch->unit->state != UNIT_FREE && watch->fd >= 0;
}

/*
 * Extend the deadlines of all tests after the runner was blocked, as by a pager that does not read:
 * no test is to blame for that. Work that a test causes in the runner comes in short pieces, so
 * that the test does not get this time back.
 */
static void forgive_stall(struct run *run, uint64_t spent_ns)
{
	int i;

	if (spent_ns < STALL_MS * NS_PER_MS)
		return;
	for (i = 0; i < run->units.cnt; i++)
		unit__forgive(&run->units.all[i], spent_ns);
	head__forgive(&run->head, spent_ns);
}

/*
 * Ctrl-Z stops the runner, not the tests. Extend their deadlines by the time in which nobody served
 * them.
 */
static void forgive_stop(struct run *run, uint64_t waited_ns)
{
	int i;

	while (waited_ns > STALL_MS * NS_PER_MS && on_signal(run))
		;
	for (i = 0; run->was_stopped && i < run->units.cnt; i++)
		unit__forgive_stop(&run->units.all[i], waited_ns);
	if (run->was_stopped)
		head__forgive(&run->head, waited_ns);
	run->was_stopped = false;
}

static void take_orders(struct run *run)
{
	struct peer *peer = &run->peer;

	peer__serve(peer);
	if (peer->machine && run->results.path && !run->kernel_log.out)
		run->kernel_log.out = results_folder__kernel_log(&run->results, peer->machine);
	if ((peer->must_stop || peer->has_lost_head) && !run->stop.reason)
		stop_tests(run, "the head has stopped the run");
}

static void handle(struct run *run, void *tag)
{
	if (tag == &run->peer)
		take_orders(run);
	else if (tag && head__serve(&run->head, tag))
		return;
	else if (!tag)
		on_signal(run);
	else if (tag == &run->kernel_log)
		splats__read(&run->splats);
	else if (unit_has_fd(tag))
		unit__handle(tag);
}

/* Return: the time when the loop has to wake up at the latest. */
static uint64_t wake_time_ns(struct run *run, uint64_t next_ns, uint64_t now_ns)
{
	uint64_t latest_ns = now_ns + LONGEST_WAIT_NS;

	/* Without an end marker, a splat is complete after a pause in the kernel's log. */
	if (splat_callers__is_open(&run->splats.callers))
		latest_ns = now_ns + STALL_MS * NS_PER_MS;
	return next_ns < latest_ns ? next_ns : latest_ns;
}

static void tell_time(struct run *run, uint64_t now_ns)
{
	if (now_ns < run->tick_ns)
		return;
	run->tick_ns = now_ns + TICK_NS;
	event_sink__tell(&run->sink, &(struct event){ .kind = EVENT_TICK });
}

void loop__run(struct run *run)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	uint64_t next_ns, head_ns, now_ns, waits_ns, woken_ns = clock__now_ns();
	int i, n;

	for (;;) {
		/* Before any deadline is looked at: the runner may have been stopped since it woke up. */
		now_ns = clock__now_ns();
		forgive_stall(run, now_ns - woken_ns);
		next_ns = tick_units(run, now_ns);
		splats__read(&run->splats);
		head_ns = head__tick(&run->head, clock__now_ns());
		if (head_ns < next_ns)
			next_ns = head_ns;
		start_tests(run);
		if (!run->units.running && !head__is_busy(&run->head) &&
		    !peer__awaits_orders(&run->peer))
			break;
		tell_time(run, woken_ns);
		waits_ns = clock__now_ns();
		forgive_stall(run, waits_ns - now_ns);
		n = epoll_wait(run->epoll_fd, events, EVENTS_AT_ONCE,
			       timeout_ms(wake_time_ns(run, next_ns, waits_ns)));
		woken_ns = clock__now_ns();
		forgive_stop(run, woken_ns - waits_ns);
		for (i = 0; i < n; i++)
			handle(run, events[i].data.ptr);
	}
}

void loop__take_last_splats(struct run *run)
{
	uint64_t until_ns = clock__now_ns() + STALL_MS * NS_PER_MS * 10;

	while (!splats__settle(&run->splats) && clock__now_ns() < until_ns)
		usleep(STALL_MS * 100);
	splats__look_at_taint(&run->splats);
}
