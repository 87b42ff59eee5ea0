/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The test's end of the record socket, and what all files of the test side need to know: which test
 * and which process this is.
 */
#ifndef RUNNER_INSIDE_CHANNEL_H
#define RUNNER_INSIDE_CHANNEL_H

#include <stdbool.h>
#include <sys/resource.h>

#include "runner/command_line/options.h"
#include "runner/inside/isolation.h"
#include "runner/mutation/order.h"
#include "runner/needs/needs.h"
#include "runner/records/record.h"
#include "runner/selection/registry.h"
#include "runner/selection/selection.h"

/* The data that the runner hands to a test process. */
struct test_process_setup {
	const struct test_entry *test;
	int number;
	unsigned int isolation; /* a mask of ISOLATE_* */
	bool is_captured;       /* the packets of the test are captured, for -m */
	const struct selection *selection;
	struct needs *needs;
	int record_fd;
	int output_fd; /* descriptor that becomes stdout and stderr */
	int verbosity;
	bool verifier_stats;
	enum tracer_kind tracer; /* the test waits for this tracer before its test function */
	bool is_covered;         /* note what of BPF the test uses */
	int wait_timeout_ms;
	const struct mutation_order *mutation; /* what --mutate does with the test; or NULL */
	struct isolation_setup surroundings;
	const char *const *environment; /* NAME=VALUE of --env, ended by NULL; or NULL */
	int runner_pid;
	uint64_t mark;            /* mark of the test's processes (system/process_mark.h) */
	int verifier_fd;          /* descriptor of the folder for verifier logs, or -1 */
	int crash_wait_ms;        /* time for which a crashed test waits for its backtrace */
	struct rlimit open_files; /* RLIMIT_NOFILE that the runner was started with */
};

/** channel__open() - remember the setup and the calling process; call it before all others */
void channel__open(const struct test_process_setup *setup);

/** channel__setup() - the setup of this test */
const struct test_process_setup *channel__setup(void);

/** channel__is_test() - whether the caller is the test process, not a child that it has forked */
bool channel__is_test(void);

/** channel__is_main_thread() - whether the caller is the first thread of the test process */
bool channel__is_main_thread(void);

/** channel__has_failed() - whether this process has reported a failed assertion */
bool channel__has_failed(void);

/** channel__is_open() - whether the record socket is still open, because a test may close it */
bool channel__is_open(void);

/**
 * channel__send() - send one record, from any thread or child of the test
 *
 * Waits for the runner's answer if the record wants one. Safe in signal handlers.
 */
void channel__send(struct record *record);

/** channel__send_type() - send a record without fields */
void channel__send_type(enum record_type type, bool wants_answer);

/** channel__send_failure() - send a failure that has no source line */
void channel__send_failure(const char *text);

/** channel__save_verifier_log() - append to the verifier log of this test in the results folder */
void channel__save_verifier_log(const char *heading, const char *text);

#endif
