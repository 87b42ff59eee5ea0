/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a run starts nothing further: a signal, --fail-fast, --max-time, or a machine that is stuck.
 */
#ifndef RUNNER_LIMITS_H
#define RUNNER_LIMITS_H

#include "runner/command_line/options.h"
#include "runner/result/tests.h"

struct stop {
	int signal;         /* that stopped the run, or 0 */
	const char *reason; /* why nothing further starts, or NULL */
	bool was_asked_for; /* by --fail-fast or --max-time */
	bool needs_restart; /* a test cannot be killed: nothing runs on this kernel any more */
	char text[128];     /* of @reason, where it has a number */
};

/** limits__check() - set @stop if a limit of the options is reached */
void limits__check(struct stop *stop, const struct run_options *options, const struct tests *tests,
		   uint64_t start_ns);

#endif
