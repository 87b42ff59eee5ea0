/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reason why a run starts no further tests: a signal, --fail-fast, --max-time, or a machine
 * that is stuck.
 */
#ifndef RUNNER_LIMITS_H
#define RUNNER_LIMITS_H

#include "runner/command_line/options.h"
#include "runner/result/tests.h"

struct stop {
	int signal;         /* the signal that stopped the run, or 0 */
	const char *reason; /* the reason why no further test starts, or NULL */
	bool was_asked_for; /* the reason is --fail-fast or --max-time */
	bool needs_restart; /* a test cannot be killed, so no other test can run on this kernel */
	char text[128];     /* buffer for a @reason with a number */
};

/** limits__check() - fill @stop in if the run has reached a limit of its options */
void limits__check(struct stop *stop, const struct run_options *options, const struct tests *tests,
		   uint64_t start_ns);

#endif
