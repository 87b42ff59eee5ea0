/* SPDX-License-Identifier: GPL-2.0-only */
/* The logs of tests in a results folder, for what the events do not have. */
#ifndef RUNNER_EVENT_REPORTS_KEPT_LOGS_H
#define RUNNER_EVENT_REPORTS_KEPT_LOGS_H

#include "runner/event_reports/report.h"

/**
 * kept_logs__take() - give tests without a log their log of the results folder
 *
 * Events have the logs of failures, but not that of a test during which the run was killed. A log
 * that cannot be read is left out.
 */
void kept_logs__take(struct report_run *run);

#endif
