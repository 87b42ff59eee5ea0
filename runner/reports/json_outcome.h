/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of an outcome that the JSON report and the event stream write in the same way. */
#ifndef RUNNER_REPORTS_JSON_OUTCOME_H
#define RUNNER_REPORTS_JSON_OUTCOME_H

struct json_object;
struct outcome;

/** json_outcome__captures() - the files with packets of a test or subtest, as a JSON array */
struct json_object *json_outcome__captures(const struct outcome *outcome);

#endif
