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
#include "runner/result/event.h"
#include "runner/result/tests.h"

struct json_object;
struct run_options;

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
	int *suspects; /* indexes of audit->tests */
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
	const struct tests *tests;
	const struct event_sink *sink;
	int time_scale;    /* of an emulated machine */
	bool is_rerun;     /* suspects are running, one at a time */
	bool is_hurried;   /* the run was interrupted: nothing is waited for */
	bool owns_machine; /* nobody but the run makes objects here */
	struct audit_watch watches[AUDIT_KINDS];
	struct audit_finding *findings;
	int findings_cnt;
	struct audit_record record;
	struct json_object *killed_runs; /* what they have left: an array, or NULL */
};

/** audit__begin() - what is there now is nobody's */
void audit__begin(struct audit *audit, const struct run_options *options, const struct tests *tests,
		  const struct event_sink *sink);

/** audit__look_at_all() - before a test runs again alone: what is there by now is not its own */
void audit__look_at_all(struct audit *audit);

/** audit__end() - free everything */
void audit__end(struct audit *audit);

/* What the files of the audit offer each other. */

/** audit__look() - look at all kinds whose time has come, or at @only; at once if @now */
void audit__look(struct audit *audit, const struct audit_kind *only, bool now);

/**
 * audit__examine() - find out more of what no living test can have, and narrow its suspects down
 * @ended: a test whose processes are dead; or NULL
 *
 * To open what belongs to a test that lives could be seen by that test.
 */
void audit__examine(struct audit *audit, const struct test_outcome *ended);

/** audit__suspects() - whether a test is among the suspects of a finding */
bool audit__suspects(const struct audit *audit, const struct audit_finding *finding,
		     const struct test_outcome *test);

/** audit__name() - "BPF map 12: events (hash)"; to be freed by the caller */
char *audit__name(const struct audit_finding *finding);

/** audit__look_for_others() - once another run was here, the machine is not the run's own */
void audit__look_for_others(struct audit *audit);

/**
 * audit__undo() - take away what is marked; what is gone then is_undone
 * @for_good: it is not to be brought back, and nothing is kept for that
 */
void audit__undo(struct audit *audit, bool for_good);

/** audit__is_gone() - whether the last look has shown that it is not there, or what it was before */
bool audit__is_gone(const struct audit *audit, const struct audit_finding *finding);

/** audit__drop() - forget a finding; the last one takes its place */
void audit__drop(struct audit *audit, int i);

#endif
