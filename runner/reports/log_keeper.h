/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frees logs that nothing needs any more, so that a long run with chatty tests does not eat the
 * memory. A listener behind all that show or write logs.
 */
#ifndef RUNNER_REPORTS_LOG_KEEPER_H
#define RUNNER_REPORTS_LOG_KEEPER_H

#include "runner/command_line/options.h"
#include "runner/result/event.h"

struct log_keeper {
	const struct run_options *options;
	uint64_t kept_bytes; /* of all logs that are still there */
};

/** log_keeper__listen() - a listener of the event sink; @context is a struct log_keeper */
void log_keeper__listen(void *context, const struct event *event);

#endif
