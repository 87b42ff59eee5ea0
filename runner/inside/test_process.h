/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The side of a test: what runs in the process that was forked for it. Knows the selection and
 * one socket to the runner; never touches another result than its own.
 */
#ifndef RUNNER_INSIDE_TEST_PROCESS_H
#define RUNNER_INSIDE_TEST_PROCESS_H

#include <stdbool.h>
#include <sys/resource.h>

#include "runner/inside/isolation.h"
#include "runner/needs/needs.h"
#include "runner/records/record.h"
#include "runner/selection/registry.h"
#include "runner/selection/selection.h"
#include "runner/command_line/options.h"

/* Exit statuses of a test process, for the runner: none of them is a result by itself. */
enum test_process_exit {
	TEST_PROCESS_ENDED = 0,
	TEST_PROCESS_ISOLATION_FAILED = 97,
	TEST_PROCESS_CHILD_RETURNED = 98,
	TEST_PROCESS_CHANNEL_LOST = 99,
};

struct test_process_setup {
	const struct test_entry *test;
	int number;
	unsigned int isolation; /* ISOLATE_* */
	bool is_captured;       /* packets are: -m */
	const struct selection *selection;
	struct needs *needs;
	int record_fd;
	int output_fd; /* becomes stdout and stderr */
	int verbosity;
	bool verifier_stats;
	enum tracer_kind tracer; /* to wait for before the test function */
	int wait_timeout_ms;
	struct isolation_setup surroundings;
	int runner_pid;
	uint64_t mark;            /* of process_mark.h */
	int verifier_fd;          /* folder for logs of the verifier, or -1 */
	int crash_wait_ms;        /* how long a crash waits for its backtrace */
	struct rlimit open_files; /* as the runner was started with */
};

/** test_process__run() - be the test process: isolate, run the test function, report, exit */
void test_process__run(const struct test_process_setup *setup) __attribute__((noreturn));

/**
 * test_process__send() - send one record from wherever in the test
 *
 * Waits for the runner's answer if the record wants one. Safe in signal handlers.
 */
void test_process__send(struct record *record);

/** test_process__is_main_thread() - whether the caller is the test's own first thread */
bool test_process__is_main_thread(void);

/** test_process__is_captured() - whether somebody captures packets of this test */
bool test_process__is_captured(void);

/** capture__begin() - capture the test's own network namespace */
void capture__begin(void);

/** capture__enter_subtest() - packets from here on are those of a subtest, those before are not */
void capture__enter_subtest(const char *name, const char *description, int number);

/** capture__leave_subtest() - packets from here on are of none */
void capture__leave_subtest(void);

/** crash_handler__install() - report a crash of this process before it dies of it */
void crash_handler__install(void);

#endif
