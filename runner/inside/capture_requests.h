/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests of a test to the process that captures its packets (-m). */
#ifndef RUNNER_INSIDE_CAPTURE_REQUESTS_H
#define RUNNER_INSIDE_CAPTURE_REQUESTS_H

/** capture_requests__begin() - capture the test's own network namespace */
void capture_requests__begin(void);

/** capture_requests__enter_subtest() - assign packets from here on to a subtest */
void capture_requests__enter_subtest(const char *name, const char *description, int number);

/** capture_requests__leave_subtest() - assign packets from here on to no subtest */
void capture_requests__leave_subtest(void);

#endif
