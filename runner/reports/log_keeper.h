/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frees logs that are no longer needed, so that a long run with much output does not use up the
 * memory. This listener must come after all listeners that show or write logs.
 */
#ifndef RUNNER_REPORTS_LOG_KEEPER_H
#define RUNNER_REPORTS_LOG_KEEPER_H

#include "runner/command_line/options.h"
#include "runner/result/event.h"

struct log_keeper {
	const struct run_options *options;
	uint64_t kept_bytes; /* size of all logs in memory */
};

/** log_keeper__listen() - a listener of the event sink; @context is a struct log_keeper */
void log_keeper__listen(void *context, const struct event *event);

#endif
