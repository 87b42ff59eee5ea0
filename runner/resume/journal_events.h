/* SPDX-License-Identifier: GPL-2.0-only */
/* Turns the events of an earlier part of a run back into results. */
#ifndef RUNNER_RESUME_JOURNAL_EVENTS_H
#define RUNNER_RESUME_JOURNAL_EVENTS_H

struct open_splats;
struct selection;
struct test_outcome;

/* How far a test has come in an earlier part of the run. */
enum journal_state {
	JOURNAL_UNKNOWN, /* it has not begun */
	JOURNAL_SUSPECT, /* begun and not ended */
	JOURNAL_GUILTY,  /* the same, and it ran alone, and in another boot than this one */
	JOURNAL_ENDED,
	JOURNAL_AGAIN, /* ended, and begun again as a suspect of a splat; only while parsing */
};

/**
 * journal__parse() - give tests the results that they have in a journal
 * @text: changed; lines that are no events are passed over
 * @tests: without results; @states has as many
 * @boot_id: of the kernel that runs, or NULL: not known
 * @selection: is told which subtests were met; or NULL
 * @splats: gets those whose suspects have not all run again yet; or NULL
 */
void journal__parse(char *text, struct test_outcome *tests, int tests_cnt,
		    enum journal_state *states, const char *boot_id, struct selection *selection,
		    struct open_splats *splats);

#endif
