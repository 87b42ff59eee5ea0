// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts a test by a table of steps, each with its undo. If a step fails, the steps before it are
 * undone. Uses cgroup2 and the event loop; the forked child goes on in inside/.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/inside/test_process.h"
#include "runner/process/kept_namespaces.h"
#include "runner/process/unit_bpffs.h"
#include "runner/process/unit_packets.h"
#include "runner/process/unit_start.h"
#include "runner/system/clock.h"
#include "runner/system/process.h"
#include "runner/system/process_mark.h"
#include "runner/text/error.h"
#include "test_progs.h"

/* The lowest number of the record socket in a test, if the limit of descriptors allows it. */
#define RECORD_FD_MIN   1000
/* The time that a test may wait for one event, before emulation and -w are taken into account. */
#define WAIT_TIMEOUT_MS 60000

/* The objects that are made while a test is started. */
struct start {
	struct unit *unit;
	pid_t runner_pid;
	int sockets[2]; /* the runner's end and the test's end of the record socket */
	int pipes[2];   /* read end and write end of the pipe for the test's output */
	int pid_fd;
};

static int wait_timeout_ms(const struct run_options *options, const struct mutation_order *mutation)
{
	int64_t wait_ms = (int64_t)WAIT_TIMEOUT_MS * options->time_scale;

	if (mutation && mutation->wait_timeout_ms)
		return mutation->wait_timeout_ms;
	/*
	 * Let a wait time out before the deadline: the failed wait names the event that did not
	 * come, the deadline only shows where the test was.
	 */
	if (options->deadline_ms && wait_ms > options->deadline_ms / 2)
		wait_ms = options->deadline_ms / 2;
	return wait_ms;
}

/* Move a descriptor to a number that a test does not reach by opening files of its own. */
static int move_high(int fd)
{
	struct rlimit limit = { .rlim_cur = RECORD_FD_MIN };
	int min = RECORD_FD_MIN, high;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur <= RECORD_FD_MIN)
		min = limit.rlim_cur > 64 ? limit.rlim_cur - 8 : 3;
	high = fcntl(fd, F_DUPFD_CLOEXEC, min);
	if (high < 0)
		return fd;
	close(fd);
	return high;
}

static void be_test(const struct start *start)
{
	const struct unit *unit = start->unit;
	const struct units *units = unit->units;
	const struct run_options *options = units->options;
	const struct test_process_setup setup = {
		.test = unit->test->entry,
		.number = unit->test->outcome.number,
		.isolation = unit->isolation,
		.is_captured = unit->monitor_pid,
		.mutation = unit->test->mutation,
		.selection = units->selection,
		.needs = units->needs,
		.record_fd = start->sockets[1],
		.output_fd = start->pipes[1],
		.verbosity = options->verbosity,
		.verifier_stats = options->verifier_stats,
		.tracer = options->tracer,
		.is_covered = options->reports.coverage || options->reports.conformance,
		.wait_timeout_ms = wait_timeout_ms(options, unit->test->mutation),
		.surroundings = { units->suite_dir, options->jobs,
				  unit->bpffs.is_open ? unit->bpffs.fd : -1 },
		.environment = (const char *const *)options->environment,
		.runner_pid = start->runner_pid,
		.mark = unit->mark,
		.open_files = units->open_files,
		.crash_wait_ms = UNIT_BACKTRACE_MS * options->time_scale,
		.verifier_fd = units->verifier_fd,
	};

	test_process__run(&setup);
}

static int make_cgroup(struct start *start)
{
	struct unit *unit = start->unit;
	struct units *units = unit->units;
	char suffix[32] = "";
	struct stat cgroup;

	if (!units->cgroups->dir || !(unit->isolation & ISOLATE_CGROUP)) {
		unit->isolation &= ~ISOLATE_CGROUP;
		return 0;
	}
	if (units->phase == UNIT_PHASE_RERUN)
		snprintf(suffix, sizeof(suffix), "-rerun");
	/* A test may run several times at once, each with another mutation. */
	if (unit->test->mutation)
		snprintf(suffix, sizeof(suffix), "-mutation%u", units->started);
	snprintf(unit->cgroup_name, sizeof(unit->cgroup_name), "%d-%.110s%s",
		 unit->test->outcome.number, unit->test->outcome.name, suffix);
	unit->cgroup_fd = cgroup__create(units->cgroups, unit->cgroup_name);
	if (unit->cgroup_fd < 0)
		return unit->cgroup_fd;
	if (!fstat(unit->cgroup_fd, &cgroup))
		unit->test->cgroup_id = cgroup.st_ino;
	return 0;
}

static void remove_cgroup(struct start *start)
{
	if (start->unit->cgroup_fd < 0)
		return;
	close(start->unit->cgroup_fd);
	cgroup__remove(start->unit->units->cgroups, start->unit->cgroup_name);
}

static int make_record_socket(struct start *start)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, start->sockets))
		return -errno;
	start->sockets[1] = move_high(start->sockets[1]);
	return 0;
}

static void close_record_socket(struct start *start)
{
	close(start->sockets[0]);
	close(start->sockets[1]);
}

static int make_output_pipe(struct start *start)
{
	struct stat pipe;

	if (pipe2(start->pipes, O_CLOEXEC))
		return -errno;
	/* Reads must not wait: another process may empty the pipe after FIONREAD. */
	fcntl(start->pipes[0], F_SETFL, O_NONBLOCK);
	if (!fstat(start->pipes[0], &pipe))
		start->unit->output_inode = pipe.st_ino;
	return 0;
}

static void close_output_pipe(struct start *start)
{
	close(start->pipes[0]);
	close(start->pipes[1]);
}

static int start_capture(struct start *start)
{
	return unit__start_capture(start->unit);
}

static void kill_capture(struct start *start)
{
	unit__kill_capture(start->unit);
}

static int fork_test(struct start *start)
{
	fflush(NULL);
	start->unit->pid = process__fork(start->unit->cgroup_fd, &start->pid_fd);
	if (!start->unit->pid)
		be_test(start);
	return start->unit->pid < 0 ? start->unit->pid : 0;
}

static const struct {
	const char *what; /* words for the result of the test if the step fails */
	int (*make)(struct start *start);
	void (*undo)(struct start *start); /* undoes the step if a later step fails; or NULL */
} steps[] = {
	{ "making its cgroup", make_cgroup, remove_cgroup },
	{ "making its record socket", make_record_socket, close_record_socket },
	{ "making its output pipe", make_output_pipe, close_output_pipe },
	{ "capturing packets", start_capture, kill_capture },
	{ "forking", fork_test, NULL },
};

static bool is_shortage(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -EAGAIN || err == -ENOMEM;
}

/* Give up a start, or the whole test if waiting does not help. Return: as unit__start(). */
static int fail_to_start(struct unit *unit, const char *what, int err)
{
	struct outcome *outcome = &unit->test->outcome;

	if (is_shortage(err) && unit->units->running) {
		unit->test->attempts--;
		return -EAGAIN;
	}
	outcome->result = RESULT_FAIL;
	outcome->failures = 1;
	outcome__set_detail(outcome, "not started: %s: " ERRNO_FMT, what, ERRNO_ARG(err));
	outcome->end_ns = clock__now_ns();
	return 0;
}

static void reset(struct unit *unit, struct units *units, struct test_outcome *test)
{
	int i;

	*unit = (struct unit){
		.units = units,
		.test = test,
		.cgroup_fd = -1,
		.answer_fd = -1,
		.isolation = registry__isolation(test->entry),
		.bpffs = unit->bpffs,
	};
	for (i = 0; i < UNIT_FDS_CNT; i++)
		unit->watch[i].fd = -1;
	unit->mark = process_mark__make(++units->started);
	kept__begin_test(unit);
}

static void begin(struct unit *unit, const struct start *start)
{
	close(start->sockets[1]);
	close(start->pipes[1]);
	unit->state = UNIT_RUNNING;
	unit->test->is_running = true;
	unit->units->running++;
	unit__restart_deadline(unit);
	unit__watch(unit, UNIT_FD_OUTPUT, start->pipes[0]);
	unit__watch(unit, UNIT_FD_RECORD, start->sockets[0]);
	unit__watch(unit, UNIT_FD_EXIT, start->pid_fd);
	event_sink__tell(unit->units->sink,
			 &(struct event){
				 .kind = EVENT_TEST_BEGIN,
				 .test = unit->test,
				 .where = &unit->test->outcome,
				 .begin = { .pid = unit->pid,
					    .is_rerun = unit->units->phase == UNIT_PHASE_RERUN,
					    .is_alone = unit->units->phase == UNIT_PHASE_RESUMED },
			 });
	event_sink__debug(unit->units->sink, "%s: started as process %d", unit->test->outcome.name,
			  unit->pid);
}

int unit__start(struct unit *unit, struct units *units, struct test_outcome *test,
		uint64_t kernel_lines)
{
	struct start start = {
		.unit = unit,
		.runner_pid = getpid(),
		.sockets = { -1, -1 },
		.pipes = { -1, -1 },
		.pid_fd = -1,
	};
	int i, k, err;

	reset(unit, units, test);
	unit__prepare_bpffs(unit);
	unit->kernel_lines = kernel_lines;
	test->outcome.begin_ns = clock__now_ns();
	test->attempts++;
	for (i = 0; i < (int)ARRAY_SIZE(steps); i++) {
		err = steps[i].make(&start);
		if (!err)
			continue;
		for (k = i - 1; k >= 0; k--) {
			if (steps[k].undo)
				steps[k].undo(&start);
		}
		return fail_to_start(unit, steps[i].what, err);
	}
	begin(unit, &start);
	return 0;
}
