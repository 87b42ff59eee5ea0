/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_EVENT_REPORTS_LAYOUT_H
#define RUNNER_EVENT_REPORTS_LAYOUT_H

#include "runner/event_reports/report.h"

/** layout__make() - sort the tests, give out lanes and columns; 0 or -ENOMEM */
int layout__make(struct report *report);

#endif
