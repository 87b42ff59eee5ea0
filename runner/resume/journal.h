/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The journal: the event stream of a run on a disk that outlives the kernel, flushed before a test
 * goes on. After a restart it says which tests have their results, which one was running when the
 * kernel went down or the runner was killed, and so a run goes on where it stopped.
 */
#ifndef RUNNER_RESUME_JOURNAL_H
#define RUNNER_RESUME_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

struct runner;
struct open_splats;
struct selection;
struct test_outcome;

/* What an earlier part of the run has left of a test. */
enum journal_state {
	JOURNAL_UNKNOWN, /* it has not begun */
	JOURNAL_SUSPECT, /* begun and not ended */
	JOURNAL_GUILTY,  /* the same, and it ran alone, and in another boot than this one */
	JOURNAL_ENDED,
	JOURNAL_AGAIN, /* ended, and begun again as a suspect of a splat; only while parsing */
};

struct journal {
	char *path;            /* where it is written, or NULL */
	char *text;            /* of the earlier parts, whole lines; NULL if there are none */
	size_t len_bytes;      /* of @text */
	bool may_go_on;        /* false: the run was cut short too often, nothing runs any more */
	bool is_alone;         /* suspects are running, one by one */
	const char *killed_by; /* the signal that cut it short; NULL: the kernel went down */
	enum journal_state *states; /* of runner->tests */
};

/**
 * journal__read() - find the earlier parts of a run
 *
 * Looks for options->resume_path, else for a journal at $TEST_JOURNAL.PROGRAM that does not end
 * with run_end.
 *
 * Return: 0, or a negative errno after having said why on stderr.
 */
int journal__read(struct runner *runner);

/** journal__open() - begin the journal, where $TEST_JOURNAL asks for one; as journal__read() */
int journal__open(struct runner *runner);

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

/**
 * journal__resume() - take the results of the earlier parts over, and convict the guilty
 *
 * Queues the suspects, which are to run alone first.
 *
 * Return: how many those are, or a negative errno.
 */
int journal__resume(struct runner *runner);

/** journal__queue_rest() - let wait what has no result yet, in the usual order; 0 or -ENOMEM */
int journal__queue_rest(struct runner *runner);

/** journal__remove() - the run is complete: nothing is to be resumed */
void journal__remove(struct runner *runner);

/** journal__free() - free everything in it */
void journal__free(struct journal *journal);

#endif
