/* SPDX-License-Identifier: GPL-2.0-only */
/* Findings of the audit that no test is charged with, as text and as JSON. */
#ifndef RUNNER_REPORTS_AUDIT_REPORT_H
#define RUNNER_REPORTS_AUDIT_REPORT_H

#include <stdio.h>

#include "runner/audit/watch.h"
#include "runner/blame/undecided.h"

/** audit_report__left_cnt() - the number of objects that tests may have left behind */
int audit_report__left_cnt(const struct audit *audit);

/** audit_report__fails_run() - whether an object is left that only a test can have made */
bool audit_report__fails_run(const struct audit *audit);

/** audit_report__print() - print the leftovers that no test is charged with */
void audit_report__print(const struct audit *audit, FILE *out);

/** audit_report__object() - the leftovers and undecided processes as JSON, owned by the caller */
struct json_object *audit_report__object(const struct audit *audit,
					 const struct undecided *undecided);

#endif
