/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Charges splats to tests. A splat belongs to the test that has the task in its header. If no test
 * has it, all tests that were running are suspects and are rerun alone (rerun.h). A splat that none
 * of them repeats, or that comes while no test runs, fails the run itself.
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
	char *tests; /* that were running, or "no test" */
	bool is_trouble;
};

struct splats {
	struct kernel_log *log;
	const struct units *units;
	const struct tests *tests;
	struct splat_callers callers;
	uint64_t last_line_ns;   /* when a splat that is open went on */
	struct open_splats open; /* not yet repeated by a suspect that ran alone */
	uint64_t gaps;           /* in the kernel's log, as last seen */
	uint64_t taint;          /* as last seen */
	uint64_t seen;           /* splats since the start */
	uint64_t at_taint;       /* @seen, when the taint was last read */
	struct new_taint *taints;
	int taints_cnt;
};

/** splats__begin() - listen to the kernel's log from now on */
void splats__begin(struct splats *splats, struct kernel_log *log, const struct units *units,
		   const struct tests *tests);

/** splats__read() - take what the kernel has logged by now */
void splats__read(struct splats *splats);

/**
 * splats__settle() - take what the kernel has logged by now, on behalf of a test or subtest that is
 *	about to end
 *
 * Return: true if no splat is under way, so that all that is known of is charged.
 */
bool splats__settle(struct splats *splats);

/** splats__end_own() - a splat of a task of @unit is complete, because that task went on */
void splats__end_own(struct splats *splats, struct unit *unit);

/** splats__look_at_taint() - note what taint is new since the last look */
void splats__look_at_taint(struct splats *splats);

/** splats__is_suspected() - whether a test is to be rerun alone */
bool splats__is_suspected(const struct splats *splats, const struct test_outcome *test);

/** splats__convict() - a suspect that ran alone has done it again: its splats are explained */
void splats__convict(struct splats *splats, const struct test_outcome *test);

/** splats__end_rerun() - all suspects were rerun: a gap in the log was none of them */
void splats__end_rerun(struct splats *splats);

/** splats__fail_run() - whether something is left that fails the run itself */
bool splats__fail_run(const struct splats *splats);

/** splats__end() - free everything */
void splats__end(struct splats *splats);

#endif
