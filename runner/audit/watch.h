/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state audit: what tests leave on the machine when their processes are gone.
 *
 * At the end of a test the runner looks which objects are new since the last look. All tests that
 * ran in between are suspects, or the one whose namespace or cgroup the object is attached to. What
 * is still there when the last suspect has ended is a finding. Where it can be only one test, and
 * the machine is the run's own (vmtest), that test fails. Else the suspects run again alone
 * (again.h) and fails who leaves the like of it again. What a test is charged with is undone; what
 * somebody who is no test holds is only reported.
 *
 * Looking costs time: each kind is left alone for some fifty times of what the last look took, so
 * that a suspect may have ended a while ago.
 */
#ifndef RUNNER_AUDIT_WATCH_H
#define RUNNER_AUDIT_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "runner/audit/kind.h"
#include "runner/audit/record.h"

struct runner;
struct test_unit;
struct test_outcome;
struct json_object;

/* One kind, as last seen. */
struct audit_watch {
	const struct audit_kind *kind;
	struct audit_set known;
	uint64_t scanned_ns, cost_ns;
	uint64_t seen_ns; /* of the last look that came to its end */
	int error;        /* why it cannot be looked at, a negative errno; or 0 */
	bool is_blind;    /* it could not be when the run began */
};

struct audit_finding {
	const struct audit_kind *kind;
	struct audit_object object;
	char *before;  /* its value when the run began, or NULL */
	int *suspects; /* indexes of runner->tests */
	int suspects_cnt;
	bool is_examined; /* what is dear to know, and opens it, is known */
	char *holder;     /* who has it that is no test, or NULL */
	bool is_foreign;  /* it is nobody's fault */
	bool is_late;   /* all tests have ended: from now on it is decided by running them again */
	bool is_marked; /* for audit__undo() */
	bool is_undone;
	int away;       /* its number in the record of the run, or 0 */
	int undo_error; /* a negative errno: why it could not be taken away; or 0 */
};

struct audit {
	bool is_on;
	bool owns_machine; /* nobody but the run makes objects here */
	struct audit_watch watches[AUDIT_KINDS];
	struct audit_finding *findings;
	int findings_cnt;
	struct audit_record record;
	struct json_object *killed_runs; /* what they have left: an array, or NULL */
};

/** audit__begin() - what is there now is nobody's */
void audit__begin(struct runner *runner);

/** audit__look_at_all() - before a test runs again alone: what is there by now is not its own */
void audit__look_at_all(struct runner *runner);

/**
 * audit__settle() - look at what is new, on behalf of a test whose processes are gone, and charge
 *	it with what can be only its own
 *
 * Return: true if that is all; false: look again soon, for something may yet go by itself.
 */
bool audit__settle(struct test_unit *unit);

/**
 * audit__end_tests() - all tests have ended: charge what is certain, and put away what is not, so
 *	that it can be seen who does it again
 */
void audit__end_tests(struct runner *runner);

/** audit__is_suspected() - whether a test is to be run again alone */
bool audit__is_suspected(const struct runner *runner, const struct test_outcome *test);

/**
 * audit__convict() - a suspect that ran again alone has left something
 * @test: with its first result, which takes over what @again was charged with
 */
void audit__convict(struct runner *runner, struct test_outcome *test, struct test_outcome *again);

/** audit__restore() - bring back what was put away and is nobody's fault */
void audit__restore(struct runner *runner);

/** audit__left_cnt() - how many things are left that tests may have left */
int audit__left_cnt(const struct runner *runner);

/** audit__fails_run() - whether something is left that only tests can have left */
bool audit__fails_run(const struct runner *runner);

/** audit__print() - what is left that no test is charged with */
void audit__print(const struct runner *runner, FILE *out);

/** audit__object() - the same as JSON, owned by the caller */
struct json_object *audit__object(const struct runner *runner);

/** audit__end() - free everything */
void audit__end(struct audit *audit);

/* What the files of the audit offer each other. */

/** audit__look() - look at all kinds whose time has come, or at @only; at once if @now */
void audit__look(struct runner *runner, const struct audit_kind *only, bool now);

/**
 * audit__examine() - find out more of what no living test can have, and narrow its suspects down
 * @ended: whose processes are dead; or NULL
 *
 * To open what belongs to a test that lives could be seen by that test.
 */
void audit__examine(struct runner *runner, const struct test_unit *ended);

/** audit__suspects() - whether a test is among the suspects of a finding */
bool audit__suspects(const struct runner *runner, const struct audit_finding *finding,
		     const struct test_outcome *test);

/** audit__name() - "BPF map 12: events (hash)"; to be freed by the caller */
char *audit__name(const struct audit_finding *finding);

/** audit__look_for_others() - once another run was here, the machine is not the run's own */
void audit__look_for_others(struct runner *runner);

/** audit__look_at_rest() - what is there now that nothing will take away by itself, and whose it is */
void audit__look_at_rest(struct runner *runner);

/**
 * audit__undo() - take away what is marked; what is gone then is_undone
 * @for_good: it is not to be brought back, and nothing is kept for that
 */
void audit__undo(struct runner *runner, bool for_good);

/** audit__is_gone() - whether the last look has shown that it is not there, or what it was before */
bool audit__is_gone(const struct runner *runner, const struct audit_finding *finding);

/** audit__drop() - forget a finding; the last one takes its place */
void audit__drop(struct audit *audit, int i);

#endif
