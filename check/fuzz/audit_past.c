// SPDX-License-Identifier: GPL-2.0-only
/* The record of a run that was killed while it wrote: any bytes at all. */
#include "check/fuzz/fuzz.h"
#include "runner/audit/past.h"
#include "runner/selection/registry.h"

/* What the kinds of the audit are linked with wants a list of tests. */
const struct test_entry test_entries[] = { { "one", NULL, NULL } };
const int test_entries_cnt = 1;
const unsigned int test_default_isolation;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct input input = { data, size };
	struct audit_past past;
	char *text = input__rest(&input);
	int i;

	audit_past__parse(&past, text);
	for (i = 0; i < past.away_cnt; i++)
		INVARIANT(past.away[i].kind && past.away[i].object.key);
	for (i = 0; i < past.running_cnt; i++)
		INVARIANT(past.running[i]);
	audit_past__free(&past);
	free(text);
	return 0;
}
