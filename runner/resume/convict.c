// SPDX-License-Identifier: GPL-2.0-only
/* Sets results that no process of the test could report. */
#include "runner/resume/convict.h"

void convict__of_panic(struct test_outcome *test, const char *said, int suspects_cnt)
{
	test->outcome.result = RESULT_PANIC;
	if (suspects_cnt > 1)
		outcome__set_detail(&test->outcome,
				    "panic: one of %d tests that ran when the kernel went down",
				    suspects_cnt);
	else
		outcome__set_detail(&test->outcome, "panic: %s",
				    said && *said ? said : "the kernel went down");
}

void convict__of_kill(struct test_outcome *test, const char *killed_by, int suspects_cnt)
{
	test->outcome.result = RESULT_CRASH;
	if (suspects_cnt > 1)
		outcome__set_detail(&test->outcome,
				    "killed: one of %d tests that ran when %s killed the run",
				    suspects_cnt, killed_by);
	else
		outcome__set_detail(&test->outcome,
				    "killed: %s killed the run while this ran alone", killed_by);
}

void convict__end(struct test_outcome *test, const struct event_sink *sink, int machine)
{
	struct subtest_outcome *subtest = test_outcome__open_subtest(test);

	if (subtest) {
		subtest->outcome.result = test->outcome.result;
		outcome__set_detail(&subtest->outcome, "%s", test->outcome.detail);
	}
	test_outcome__finish(test);
	if (subtest)
		event_sink__tell(sink, &(struct event){
					       .kind = EVENT_SUBTEST_END,
					       .machine = machine,
					       .test = test,
					       .where = &subtest->outcome,
				       });
	event_sink__tell(sink, &(struct event){
				       .kind = EVENT_TEST_END,
				       .machine = machine,
				       .test = test,
				       .where = &test->outcome,
			       });
}
