// SPDX-License-Identifier: GPL-2.0-only
/* A journal that a kernel going down has left: any bytes at all. "1" is this boot. */
#include "check/fuzz/fuzz.h"
#include "runner/resume/journal_events.h"
#include "runner/blame/open_splats.h"
#include "runner/result/result.h"

#define TESTS 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[TESTS] = { "a", "b", "c" };
	const struct input input = { data, size };
	enum journal_state states[TESTS] = {};
	struct test_outcome tests[TESTS] = {};
	struct open_splats splats = {};
	char *text = input__rest(&input);
	int i;

	for (i = 0; i < TESTS; i++)
		tests[i].outcome.name = strdup(names[i]);
	journal__parse(text, tests, TESTS, states, "1", NULL, &splats);
	for (i = 0; i < TESTS; i++) {
		INVARIANT(!strcmp(tests[i].outcome.name, names[i]));
		INVARIANT(states[i] != JOURNAL_ENDED || tests[i].outcome.result != RESULT_NOTRUN);
		INVARIANT(states[i] != JOURNAL_SUSPECT || !tests[i].subtests_cnt);
		INVARIANT(states[i] != JOURNAL_ELSEWHERE || !tests[i].subtests_cnt);
		test_outcome__free(&tests[i]);
	}
	for (i = 0; i < splats.cnt; i++)
		INVARIANT(splats.list[i].suspects_cnt <= TESTS);
	open_splats__free(&splats);
	free(text);
	return 0;
}
