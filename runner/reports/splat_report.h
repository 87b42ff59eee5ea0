/* SPDX-License-Identifier: GPL-2.0-only */
/* The splats and the taint that no test is charged with, as text and as JSON. */
#ifndef RUNNER_REPORTS_SPLAT_REPORT_H
#define RUNNER_REPORTS_SPLAT_REPORT_H

#include <stdio.h>

#include "runner/blame/splats.h"

/** splat_report__print() - print the splats and taint that no test is charged with, if any */
void splat_report__print(const struct splats *splats, FILE *out);

/** splat_report__object() - the same splats and taint as a JSON object, owned by the caller */
struct json_object *splat_report__object(const struct splats *splats);

#endif
