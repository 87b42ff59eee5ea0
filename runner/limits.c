// SPDX-License-Identifier: GPL-2.0-only
/* Checks the limits of --fail-fast and --max-time. */
#include <inttypes.h>
#include <stdio.h>

#include "runner/limits.h"
#include "runner/system/clock.h"

static int failed_tests(const struct tests *tests)
{
	int i, cnt = 0;

	for (i = 0; i < tests->cnt; i++)
		cnt += result__is_failure(tests->all[i].outcome.result);
	return cnt;
}

void limits__check(struct stop *stop, const struct run_options *options, const struct tests *tests,
		   uint64_t start_ns)
{
	int failed = options->fail_fast ? failed_tests(tests) : 0;

	if (options->fail_fast && failed >= options->fail_fast)
		snprintf(stop->text, sizeof(stop->text), "--fail-fast: %d test%s failed", failed,
			 failed == 1 ? "" : "s");
	else if (options->max_time_ms &&
		 clock__now_ns() - start_ns >= options->max_time_ms * NS_PER_MS)
		snprintf(stop->text, sizeof(stop->text), "--max-time: %" PRId64 " s have passed",
			 options->max_time_ms / 1000);
	else
		return;
	stop->reason = stop->text;
	stop->was_asked_for = true;
}
