/* SPDX-License-Identifier: GPL-2.0-only */
/* Turns the events of an earlier part of a run back into results. */
#ifndef RUNNER_RESUME_JOURNAL_EVENTS_H
#define RUNNER_RESUME_JOURNAL_EVENTS_H

struct open_splats;
struct selection;
struct test_outcome;

/* The state of a test after an earlier part of the run. */
enum journal_state {
	JOURNAL_UNKNOWN,   /* the test has not begun */
	JOURNAL_SUSPECT,   /* the test has begun and not ended */
	JOURNAL_ELSEWHERE, /* the test has begun on another machine, and not ended: it runs again */
	JOURNAL_GUILTY,    /* the test has begun and not ended, and ran alone, in an earlier boot */
	JOURNAL_ENDED,     /* the test has ended */
	JOURNAL_AGAIN,     /* the rerun of an ended test has begun; only while parsing */
};

/**
 * journal__parse() - give tests the results that they have in a journal
 * @text: the journal; the call changes it, and skips lines that are not events
 * @tests: tests without results; @states has as many elements
 * @boot_id: boot id of the running kernel; NULL: unknown
 * @selection: is told which subtests the tests began; or NULL
 * @splats: receives the splats with suspects that have not been rerun yet; or NULL
 */
void journal__parse(char *text, struct test_outcome *tests, int tests_cnt,
		    enum journal_state *states, const char *boot_id, struct selection *selection,
		    struct open_splats *splats);

#endif
