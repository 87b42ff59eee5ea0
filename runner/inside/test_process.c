// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a test process and what a test may ask of it (test_progs.h).
 *
 * Output goes to a pipe, records go to a socket. So that the runner can tell which output belongs
 * to which subtest, the records that divide the log wait for an answer: the runner empties the
 * pipe before it gives one.
 */
#include <bpf/libbpf.h>
#include <limits.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "runner/inside/gate.h"
#include "runner/inside/isolation.h"
#include "runner/records/message.h"
#include "runner/inside/process_defaults.h"
#include "runner/system/process_mark.h"
#include "runner/inside/test_process.h"
#include "test_progs.h"

#define SKIP_REASON_MAX_BYTES  1024
#define SUBTEST_NAME_MAX_BYTES 1024

/* The one context of the test's side: its API has no argument to carry it. */
static struct {
	const struct test_process_setup *setup;
	pid_t pid;
	struct stat record_identity, verifier_identity;
	int subtest_number;
	bool subtest_is_open;
} self;

bool test_process__is_main_thread(void)
{
	return getpid() == self.pid && (pid_t)syscall(SYS_gettid) == self.pid;
}

bool test_process__is_captured(void)
{
	return self.setup->is_captured;
}

/*
 * A test may close any descriptor, and the number may then be used for something else: what
 * stands there is compared with what was put there.
 */
static bool fd_is_ours(int fd, const struct stat *identity)
{
	struct stat now;

	return fd >= 0 && !fstat(fd, &now) && now.st_dev == identity->st_dev &&
	       now.st_ino == identity->st_ino;
}

static bool record_fd_is_ours(void)
{
	return fd_is_ours(self.setup->record_fd, &self.record_identity);
}

static void save_verifier_log(const char *heading, const char *text)
{
	const char *newline = *text && text[strlen(text) - 1] == '\n' ? "" : "\n";
	char name[256];
	int fd;

	if (!fd_is_ours(self.setup->verifier_fd, &self.verifier_identity))
		return;
	snprintf(name, sizeof(name), "%.200s.log", self.setup->test->name);
	fd = openat(self.setup->verifier_fd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		return;
	dprintf(fd, "%s%s%s", heading, text, newline);
	close(fd);
}

void test__save_verifier_log(const char *program, const char *log)
{
	char heading[256];

	snprintf(heading, sizeof(heading), "program %s:\n", program);
	if (*log)
		save_verifier_log(heading, log);
}

/* Up to @timeout_ms, or for ever if that is -1. */
static void wait_for_byte(int fd, int timeout_ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char byte;
	ssize_t n;

	if (timeout_ms >= 0 && poll(&wait, 1, timeout_ms) <= 0)
		return;
	do {
		n = read(fd, &byte, 1);
	} while (n < 0 && errno == EINTR);
}

/*
 * The first thread of a test is answered on the record socket, unless it has crashed, or another
 * process than the runner answers. All others share that socket, so
 * each passes the end of a pipe of its own, and the answer is that the runner closes it.
 */
void test_process__send(struct record *record)
{
	bool wants_answer = record->header.flags & RECORD_WANTS_ANSWER;
	bool is_crash = record->header.type == RECORD_CRASH;
	bool is_passed_on = is_crash || record->header.type == RECORD_CAPTURE;
	char buffer[RECORD_MAX_BYTES];
	int answer[2] = { -1, -1 };
	size_t len;

	if (!record_fd_is_ours())
		return;
	record->header.pid = getpid();
	record->header.tid = syscall(SYS_gettid);
	if (wants_answer && (is_passed_on || !test_process__is_main_thread())) {
		record->header.flags &= ~RECORD_WANTS_ANSWER;
		if (pipe2(answer, O_CLOEXEC))
			wants_answer = false;
	}
	len = record__encode(record, buffer);
	if (message__send(self.setup->record_fd, buffer, len, answer[1], 0))
		wants_answer = false;
	if (answer[1] >= 0)
		close(answer[1]);
	if (wants_answer)
		wait_for_byte(answer[0] >= 0 ? answer[0] : self.setup->record_fd,
			      is_crash ? self.setup->crash_wait_ms : -1);
	if (answer[0] >= 0)
		close(answer[0]);
}

static void send_type(enum record_type type, bool wants_answer)
{
	struct record record = {
		.header.type = type,
		.header.flags = wants_answer ? RECORD_WANTS_ANSWER : 0,
	};

	test_process__send(&record);
}

static void send_failure(const char *text)
{
	struct record record = {
		.header.type = RECORD_FAILED,
		.header.flags = RECORD_WANTS_ANSWER,
		.texts = { "", "test", self.setup->test->name, text },
	};

	test_process__send(&record);
}

void test__end_subtest(void)
{
	if (!self.subtest_is_open || getpid() != self.pid)
		return;
	fflush(NULL);
	capture__leave_subtest();
	send_type(RECORD_SUBTEST_END, true);
	self.subtest_is_open = false;
}

/* Return: true if the test or subtest can run. */
static bool act_on_needs(enum need_state state, const char *reason)
{
	if (state == NEED_MISSING)
		test__skip_reason("%s", reason);
	else if (state == NEED_LOST)
		assert__report(__FILE__, __LINE__, self.setup->test->name, "requirement", false,
			       "%s", reason);
	return state == NEED_HOLDS;
}

bool test__require(const struct test_need *need)
{
	char reason[SKIP_REASON_MAX_BYTES];

	return act_on_needs(needs__judge(&self.setup->needs->facts, need, reason, sizeof(reason)),
			    reason);
}

bool test__has(const struct test_need *need)
{
	char reason[SKIP_REASON_MAX_BYTES];

	return needs__judge(&self.setup->needs->facts, need, reason, sizeof(reason)) == NEED_HOLDS;
}

bool test__start_subtest_with_desc(const char *name, const char *description)
{
	char name_cut[SUBTEST_NAME_MAX_BYTES], description_cut[SUBTEST_NAME_MAX_BYTES];
	char reason[SKIP_REASON_MAX_BYTES];
	struct record record = {
		.header.flags = RECORD_WANTS_ANSWER,
		.texts = { name_cut, description_cut },
	};

	snprintf(name_cut, sizeof(name_cut), "%s", name ?: "");
	snprintf(description_cut, sizeof(description_cut), "%s", description ?: "");

	if (getpid() != self.pid) {
		send_failure("a forked child may not begin a subtest");
		return false;
	}
	test__end_subtest();
	record.header.number = ++self.subtest_number;
	if (!*name_cut) {
		send_failure("a subtest needs a name");
		return false;
	}
	if (!selection__has_subtest(self.setup->selection, self.setup->test->name,
				    self.setup->number, name_cut, description_cut,
				    self.subtest_number)) {
		record.header.type = RECORD_SUBTEST_LEFT_OUT;
		record.header.flags = 0;
		test_process__send(&record);
		return false;
	}
	fflush(NULL);
	capture__enter_subtest(name_cut, description_cut, self.subtest_number);
	record.header.type = RECORD_SUBTEST_BEGIN;
	self.subtest_is_open = true;
	test_process__send(&record);
	if (act_on_needs(needs__check(self.setup->needs, self.setup->test->name,
				      (const char *const[]){ name_cut, description_cut }, true,
				      reason, sizeof(reason)),
			 reason))
		return true;
	test__end_subtest();
	return false;
}

bool test__start_subtest(const char *name)
{
	return test__start_subtest_with_desc(name, NULL);
}

void test__skip_reason(const char *fmt, ...)
{
	char reason[SKIP_REASON_MAX_BYTES];
	struct record record = { .header.type = RECORD_SKIP, .texts = { reason } };
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	test_process__send(&record);
}

void test__skip(void)
{
	send_type(RECORD_SKIP, false);
}

void test__expect_splat(const char *regex)
{
	struct record record = {
		.header.type = RECORD_EXPECT_SPLAT,
		.header.flags = RECORD_WANTS_ANSWER,
		.texts = { regex },
	};

	test_process__send(&record);
}

void test__force_log(void)
{
	send_type(RECORD_FORCE_LOG, false);
}

int test__verbosity(void)
{
	return self.setup->verbosity;
}

bool test__verifier_stats(void)
{
	return self.setup->verifier_stats;
}

int test__wait_timeout_ms(void)
{
	return self.setup->wait_timeout_ms;
}

int test__system(const char *fmt, ...)
{
	char *command;
	va_list args;
	int n, status;

	va_start(args, fmt);
	n = vasprintf(&command, fmt, args);
	va_end(args);
	if (n < 0)
		return -ENOMEM;
	fflush(NULL);
	status = system(command);
	free(command);
	if (status < 0)
		return -errno;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list args)
{
	va_list copy;
	char *text;

	if (level == LIBBPF_DEBUG && self.setup->verbosity < 2)
		return 0;
	/* What libbpf says of a program that the verifier rejected. */
	if (level == LIBBPF_WARN && strstr(fmt, "BEGIN PROG LOAD LOG")) {
		va_copy(copy, args);
		if (vasprintf(&text, fmt, copy) >= 0) {
			save_verifier_log("", text);
			free(text);
		}
		va_end(copy);
	}
	return vfprintf(stdout, fmt, args);
}

/*
 * A pipe makes stdout block-buffered, and a crash would lose what is in the buffer. Without a
 * buffer of its own setvbuf() changes nothing of a stream that the runner has already written to.
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

/*
 * What stays stands high and is closed by exec, so that a test has the descriptors that a program
 * is started with.
 */
static void close_descriptors_of_runner(int record_fd, int verifier_fd)
{
	int low = record_fd, high = record_fd;

	if (verifier_fd >= 0) {
		low = record_fd < verifier_fd ? record_fd : verifier_fd;
		high = record_fd < verifier_fd ? verifier_fd : record_fd;
	}
	close_range_from(3, low - 1);
	if (low != high)
		close_range_from(low + 1, high - 1);
	close_range_from(high + 1, UINT_MAX);
}

static void run_test_function(const struct test_entry *test)
{
	if (test->run_serial)
		test->run_serial();
	else
		test->run();
}

void test_process__run(const struct test_process_setup *setup)
{
	struct record isolation_failed = { .header.type = RECORD_ISOLATION_FAILED };
	char error[512], reason[SKIP_REASON_MAX_BYTES];

	self.setup = setup;
	self.pid = getpid();
	/* In its own session ^C and kill(0, ...) stop at the border of the test. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != setup->runner_pid)
		_exit(TEST_PROCESS_CHANNEL_LOST);
	redirect_output(setup);
	close_descriptors_of_runner(setup->record_fd, setup->verifier_fd);
	process_defaults__apply(&setup->open_files);
	process_mark__set(setup->mark);
	fstat(setup->record_fd, &self.record_identity);
	if (setup->verifier_fd >= 0)
		fstat(setup->verifier_fd, &self.verifier_identity);
	/* So the runner becomes the parent of orphans of tests that have ended, and of no others. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);

	if (isolation__enter(setup->isolation, &setup->surroundings, error, sizeof(error))) {
		isolation_failed.texts[0] = error;
		test_process__send(&isolation_failed);
		_exit(TEST_PROCESS_ISOLATION_FAILED);
	}
	libbpf_set_print(print_libbpf);
	crash_handler__install();
	capture__begin();
	send_type(RECORD_BEGIN, true);

	if (act_on_needs(needs__check(setup->needs, setup->test->name, NULL, true, reason,
				      sizeof(reason)),
			 reason)) {
		gate__wait(setup->tracer);
		run_test_function(setup->test);
	}

	if (getpid() != self.pid) {
		fflush(NULL);
		send_type(RECORD_CHILD_RETURNED, true);
		_exit(TEST_PROCESS_CHILD_RETURNED);
	}
	test__end_subtest();
	fflush(NULL);
	if (!record_fd_is_ours())
		_exit(TEST_PROCESS_CHANNEL_LOST);
	send_type(RECORD_END, true);
	_exit(TEST_PROCESS_ENDED);
}
