/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who is to blame for a splat: the test whose task is in its header. Where that is no test's, all
 * tests that were running are suspects and are run again alone (again.h); what none of them
 * repeats, and what comes while none is running, fails the run itself.
 */
#ifndef RUNNER_BLAME_SPLATS_H
#define RUNNER_BLAME_SPLATS_H

#include <stdio.h>

#include "runner/blame/open_splats.h"
#include "runner/kernel_log/splat_callers.h"

struct runner;
struct test_outcome;
struct json_object;

/* Bits of /proc/sys/kernel/tainted that were set during the run. */
struct new_taint {
	uint64_t bits;
	char *tests; /* that were running, or "no test" */
	bool is_trouble;
};

struct splats {
	struct splat_callers callers;
	uint64_t last_line_ns;   /* when a splat that is open went on */
	struct open_splats open; /* not yet repeated by a suspect that ran alone */
	uint64_t gaps;           /* in the kernel's log, as last seen */
	uint64_t taint;          /* as last seen */
	uint64_t seen, at_taint; /* splats since the start, and until taint was last looked at */
	struct new_taint *taints;
	int taints_cnt;
};

/** splats__begin() - listen to runner->kernel_log from now on */
void splats__begin(struct runner *runner);

/** splats__read() - take what the kernel has logged by now */
void splats__read(struct runner *runner);

/**
 * splats__settle() - take what the kernel has logged by now, on behalf of a test or subtest that is
 *	about to end
 *
 * Return: true if no splat is under way, so that all that is known of is charged.
 */
bool splats__settle(struct runner *runner);

/** splats__end_own() - a splat of a task of @unit is complete, because that task went on */
struct test_unit;
void splats__end_own(struct runner *runner, struct test_unit *unit);

/** splats__look_at_taint() - note what taint is new since the last look */
void splats__look_at_taint(struct runner *runner);

/** splats__is_suspected() - whether a test is to be run again alone */
bool splats__is_suspected(const struct runner *runner, const struct test_outcome *test);

/** splats__convict() - a suspect that ran alone has done it again: its splats are explained */
void splats__convict(struct runner *runner, const struct test_outcome *test);

/** splats__end_again() - all suspects have run again alone: what the log lacked they had no part in */
void splats__end_again(struct runner *runner);

/** splats__fail_run() - whether something is left that fails the run itself */
bool splats__fail_run(const struct runner *runner);

/** splats__print() - what is left that no test is charged with */
void splats__print(const struct runner *runner, FILE *out);

/** splats__object() - the same as JSON, owned by the caller */
struct json_object *splats__object(const struct runner *runner);

/** splats__end() - free everything */
void splats__end(struct splats *splats);

#endif
