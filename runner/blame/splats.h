/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Charges splats to tests. A splat belongs to the test that has the task in its header. If no test
 * has it, all running tests are suspects, and are rerun alone (rerun.h). A splat that no suspect
 * repeats, or that comes while no test runs, fails the run itself.
 */
#ifndef RUNNER_BLAME_SPLATS_H
#define RUNNER_BLAME_SPLATS_H

#include "runner/blame/open_splats.h"
#include "runner/kernel_log/kernel_log.h"
#include "runner/kernel_log/splat_callers.h"
#include "runner/process/unit.h"
#include "runner/result/tests.h"

/* Bits of /proc/sys/kernel/tainted that were set during the run. */
struct new_taint {
	uint64_t bits;
	char *tests; /* names of the tests that were running, or "no test" */
	bool is_trouble;
};

struct splats {
	struct kernel_log *log;
	const struct units *units;
	const struct tests *tests;
	struct splat_callers callers;
	uint64_t last_line_ns;   /* arrival time of the last line of an open splat */
	struct open_splats open; /* splats that no test is charged with yet */
	uint64_t gaps;           /* number of gaps in the kernel's log at the last look */
	uint64_t taint;          /* the kernel's taint at the last look */
	uint64_t seen;           /* number of splats since the start */
	uint64_t at_taint;       /* the value of @seen when the taint was last read */
	struct new_taint *taints;
	int taints_cnt;
};

/** splats__begin() - follow the kernel's log from now on */
void splats__begin(struct splats *splats, struct kernel_log *log, const struct units *units,
		   const struct tests *tests);

/** splats__read() - read and handle the messages that the kernel has logged by now */
void splats__read(struct splats *splats);

/**
 * splats__settle() - read the kernel's messages up to now, before a test or subtest ends
 *
 * Return: true if no splat is incomplete, so that all known splats are charged.
 */
bool splats__settle(struct splats *splats);

/** splats__end_own() - complete the splat of a task of @unit, because that task went on */
void splats__end_own(struct splats *splats, struct unit *unit);

/** splats__look_at_taint() - note the taint that is new since the last look */
void splats__look_at_taint(struct splats *splats);

/** splats__add_taint() - note a new taint that another machine has found; @tests is copied */
void splats__add_taint(struct splats *splats, uint64_t bits, const char *tests);

/** splats__is_suspected() - whether a test has to be rerun alone */
bool splats__is_suspected(const struct splats *splats, const struct test_outcome *test);

/** splats__convict() - drop the splats of a suspect that has splatted again in its rerun */
void splats__convict(struct splats *splats, const struct test_outcome *test);

/**
 * splats__end_rerun() - after all reruns: drop a gap in the log, because no suspect has splatted
 */
void splats__end_rerun(struct splats *splats);

/** splats__fail_run() - whether a splat or taint that no test is charged with fails the run */
bool splats__fail_run(const struct splats *splats);

/** splats__end() - free the splats, the taints and the parsers */
void splats__end(struct splats *splats);

#endif
