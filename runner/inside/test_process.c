// SPDX-License-Identifier: GPL-2.0-only
/*
 * The course of a test process, from the fork through isolation and the test function to the exit.
 * It talks to the runner through channel.h, and changes only its own result.
 */
#include <bpf/libbpf.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "runner/inside/bpf_calls.h"
#include "runner/inside/capture_requests.h"
#include "runner/inside/channel.h"
#include "runner/inside/crash_handler.h"
#include "runner/inside/gate.h"
#include "runner/inside/isolation.h"
#include "runner/inside/process_defaults.h"
#include "runner/inside/program_loads.h"
#include "runner/inside/test_api.h"
#include "runner/inside/test_process.h"
#include "runner/system/process_mark.h"
#include "test_progs.h"

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list args)
{
	va_list copy;
	char *text;

	if (level == LIBBPF_DEBUG && channel__setup()->verbosity < 2)
		return 0;
	/* A warning with this text has the log of a program that the verifier rejected. */
	if (level == LIBBPF_WARN && strstr(fmt, "BEGIN PROG LOAD LOG")) {
		va_copy(copy, args);
		if (vasprintf(&text, fmt, copy) >= 0) {
			channel__save_verifier_log("", text);
			free(text);
		}
		va_end(copy);
	}
	return vfprintf(stdout, fmt, args);
}

/*
 * On a pipe, stdout is block-buffered, and a crash would lose the content of the buffer. setvbuf()
 * is given a buffer, because otherwise it does not change a stream that the runner has already
 * written to.
 */
static void redirect_output(const struct test_process_setup *setup)
{
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	static char buffer[BUFSIZ];

	if (null_fd >= 0)
		dup2(null_fd, STDIN_FILENO);
	dup2(setup->output_fd, STDOUT_FILENO);
	dup2(setup->output_fd, STDERR_FILENO);
	setvbuf(stdout, buffer, _IOLBF, sizeof(buffer));
}

static void close_range_from(unsigned int first, unsigned int last)
{
	if (first <= last)
		syscall(SYS_close_range, first, last, 0);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/*
 * The descriptors for records and verifier logs stay. They have high numbers and are closed by
 * exec, so that a test begins with the descriptors of a newly started program. The one of the bpffs
 * is closed when that is mounted.
 */
static void close_descriptors_of_runner(const struct test_process_setup *setup)
{
	int kept[] = { setup->record_fd, setup->verifier_fd, setup->surroundings.bpffs_fd };
	unsigned int next = 3;
	size_t i;

	qsort(kept, ARRAY_SIZE(kept), sizeof(kept[0]), by_number);
	for (i = 0; i < ARRAY_SIZE(kept); i++) {
		if (kept[i] < (int)next)
			continue;
		close_range_from(next, kept[i] - 1);
		next = kept[i] + 1;
	}
	close_range_from(next, UINT_MAX);
}

static void call_test_function(const struct test_entry *test)
{
	if (test->run_serial)
		test->run_serial();
	else
		test->run();
}

/* Isolate this process. If that fails, report the reason and exit. */
static void isolate(const struct test_process_setup *setup)
{
	struct record failure = { .header.type = RECORD_ISOLATION_FAILED };
	char error[512];

	if (!isolation__enter(setup->isolation, &setup->surroundings, error, sizeof(error)))
		return;
	failure.texts[0] = error;
	channel__send(&failure);
	_exit(TEST_PROCESS_ISOLATION_FAILED);
}

static void prepare(const struct test_process_setup *setup)
{
	channel__open(setup);
	/* A session of its own keeps Ctrl-C out of the test, and kill(0, ...) in it. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != setup->runner_pid)
		_exit(TEST_PROCESS_CHANNEL_LOST);
	redirect_output(setup);
	close_descriptors_of_runner(setup);
	process_defaults__apply(&setup->open_files, setup->environment);
	process_mark__set(setup->mark);
	/*
	 * A test process adopts its own orphans. The runner then gets orphans only from tests that
	 * have ended.
	 */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	isolate(setup);
	if (setup->surroundings.bpffs_fd >= 0)
		close(setup->surroundings.bpffs_fd);
	libbpf_set_print(print_libbpf);
	crash_handler__install();
	capture_requests__begin();
	bpf_calls__begin();
}

static void run_test_function(const struct test_process_setup *setup)
{
	char reason[SKIP_REASON_MAX_BYTES];
	enum need_state state =
		needs__check(setup->needs, setup->test->name, NULL, true, reason, sizeof(reason));

	if (!test_api__act_on_needs(state, reason))
		return;
	gate__wait(setup->tracer);
	call_test_function(setup->test);
}

void test_process__run(const struct test_process_setup *setup)
{
	prepare(setup);
	channel__send_type(RECORD_BEGIN, true);
	run_test_function(setup);
	if (!channel__is_test()) {
		fflush(NULL);
		channel__send_type(RECORD_CHILD_RETURNED, true);
		_exit(TEST_PROCESS_CHILD_RETURNED);
	}
	test__end_subtest();
	program_loads__report();
	bpf_calls__report();
	fflush(NULL);
	if (!channel__is_open())
		_exit(TEST_PROCESS_CHANNEL_LOST);
	channel__send_type(RECORD_END, true);
	_exit(TEST_PROCESS_ENDED);
}
