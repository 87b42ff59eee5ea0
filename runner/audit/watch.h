/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state audit: what tests leave on the machine when their processes are gone.
 *
 * At the end of a test the runner looks which objects are new since the last look. All tests that
 * ran in between are suspects, unless the namespace or cgroup that the object is attached to
 * belongs to one of them. An object that is still there when the last suspect has ended is a
 * finding. In a guest of vmtest, where nobody else lives, it is charged to a test and removed
 * (blame/left_behind.h). Elsewhere it may be somebody else's: it is named, and nothing is removed
 * or changed.
 *
 * Looking costs time: after each look a kind is left alone for fifty times what that look took, so
 * a suspect may have ended a while ago.
 */
#ifndef RUNNER_AUDIT_WATCH_H
#define RUNNER_AUDIT_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "runner/audit/base.h"
#include "runner/audit/kind.h"
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
	bool is_examined;  /* audit_kind.look() was called */
	char *holder;      /* the process that has it open and is not a test's, or NULL */
	bool is_of_others; /* no test is to blame */
	bool awaits_rerun; /* all tests have ended: rerunning the suspects decides */
	bool is_selected;  /* for audit__undo() */
	bool is_undone;
	int undo_error; /* a negative errno: why it could not be removed; or 0 */
};

struct audit {
	bool is_on;
	const struct tests *tests;
	const struct event_sink *sink;
	int time_scale;    /* of an emulated machine */
	bool is_rerun;     /* suspects are running, one at a time */
	bool is_hurried;   /* the run was interrupted: nothing is waited for */
	bool owns_machine; /* a guest of vmtest: nobody but the run makes objects here */
	struct audit_watch watches[AUDIT_KINDS];
	struct audit_finding *findings;
	int findings_cnt;
	struct audit_base base;
	struct json_object *killed_runs; /* and what each has left: an array, or NULL */
};

/**
 * audit__begin() - objects that are there now are not a test's; removes what a killed run has left
 */
void audit__begin(struct audit *audit, const struct run_options *options, const struct tests *tests,
		  const struct event_sink *sink);

/** audit__look_at_all() - look at everything, before a test is rerun alone: that is not its own */
void audit__look_at_all(struct audit *audit);

/** audit__end() - free everything */
void audit__end(struct audit *audit);

/** audit__look() - look at all kinds whose time has come, or at @only; at once if @now */
void audit__look(struct audit *audit, const struct audit_kind *only, bool now);

/**
 * audit__examine() - find out more of what no living test can have, and narrow its suspects down
 * @ended: a test whose processes are dead; or NULL
 *
 * A living test could notice that its objects are opened.
 */
void audit__examine(struct audit *audit, const struct test_outcome *ended);

/** audit__suspects() - whether a test is among the suspects of a finding */
bool audit__suspects(const struct audit *audit, const struct audit_finding *finding,
		     const struct test_outcome *test);

/** audit__name() - "BPF map 12: events (hash)"; to be freed by the caller */
char *audit__name(const struct audit_finding *finding);

/** audit__look_for_others() - once another run was here, the machine is not the run's own */
void audit__look_for_others(struct audit *audit);

/** audit__undo() - remove the findings that are selected; those that are gone then are undone */
void audit__undo(struct audit *audit);

/**
 * audit__is_gone() - whether the last look has shown that it is not there, or what it was before
 */
bool audit__is_gone(const struct audit *audit, const struct audit_finding *finding);

/** audit__drop() - forget a finding; the last one takes its place */
void audit__drop(struct audit *audit, int i);

#endif
