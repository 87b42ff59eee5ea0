/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state audit finds what tests leave on the machine when their processes are gone.
 *
 * At the end of a test the runner looks for objects that are new since the last look. All tests
 * that ran in between are suspects, unless the namespace or cgroup that the object is attached to
 * belongs to one of them. An object that is still there when the last suspect has ended is a
 * finding. In a guest of vmtest, where only the run makes objects, it is charged to a test and
 * removed (blame/left_behind.h). On other machines it may belong to another program: it is named,
 * and nothing is removed or changed.
 *
 * Looking costs time. After each look, a kind is not looked at for fifty times as long as the look
 * took, so a suspect may have ended a while before the next one.
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

/* A kind, and the objects that the last look found. */
struct audit_watch {
	const struct audit_kind *kind;
	struct audit_set known;
	uint64_t scanned_ns, cost_ns;
	uint64_t seen_ns; /* time of the last look that succeeded */
	int error;        /* error of reading the kind: a negative errno, or 0 */
	bool is_blind;    /* the kind could not be read when the run began */
};

struct audit_finding {
	const struct audit_kind *kind;
	struct audit_object object;
	char *before;  /* the value when the run began, or NULL */
	int *suspects; /* tests that may be to blame, as indexes into audit->tests */
	int suspects_cnt;
	bool is_examined;  /* audit_kind.look() has been called */
	char *holder;      /* a process outside the tests that has the object open, or NULL */
	bool is_of_others; /* no test is to blame */
	bool awaits_rerun; /* the reruns at the end decide which test is charged */
	bool is_selected;  /* audit__undo() removes the object */
	bool is_undone;
	int undo_error; /* error of removing the object: a negative errno, or 0 */
};

struct audit {
	bool is_on;
	const struct tests *tests;
	const struct event_sink *sink;
	int time_scale;    /* factor on waits; larger on an emulated machine */
	bool is_rerun;     /* suspects are being rerun, one at a time */
	bool is_hurried;   /* the run was interrupted: the audit waits for nothing */
	bool owns_machine; /* the machine is a guest of vmtest, where only the run makes objects */
	struct audit_watch watches[AUDIT_KINDS];
	struct audit_finding *findings;
	int findings_cnt;
	struct audit_base base;
	struct json_object *peers;       /* an array with the report of each peer, or NULL */
	bool peers_fail;                 /* a peer has found something that fails the run */
	struct json_object *killed_runs; /* an array of killed runs with their leftovers, or NULL */
};

/**
 * audit__begin() - remember the objects that are there now, which no test has made; first removes
 *	what a killed run has left
 */
void audit__begin(struct audit *audit, const struct run_options *options, const struct tests *tests,
		  const struct event_sink *sink);

/**
 * audit__look_at_all() - look at all kinds before a test is rerun alone, so that older objects are
 *	not charged to it
 */
void audit__look_at_all(struct audit *audit);

/**
 * audit__add_peer() - keep what another machine has found, for the reports
 * @report: its audit_report__object()
 * @fails: whether it fails the run
 */
void audit__add_peer(struct audit *audit, int machine, struct json_object *report, bool fails);

/** audit__end() - end the use of the file in /run, and free all findings and known objects */
void audit__end(struct audit *audit);

/**
 * audit__look() - look at all kinds that are due, or only at @only; does not wait until they are
 *	due if @now
 */
void audit__look(struct audit *audit, const struct audit_kind *only, bool now);

/**
 * audit__examine() - look more closely at the objects that no living test can have made, and drop
 *	suspects
 * @ended: a test whose processes are dead, or NULL
 *
 * A living test could notice that its objects are opened, so they are left alone.
 */
void audit__examine(struct audit *audit, const struct test_outcome *ended);

/** audit__suspects() - whether a test is among the suspects of a finding */
bool audit__suspects(const struct audit *audit, const struct audit_finding *finding,
		     const struct test_outcome *test);

/**
 * audit__name() - kind, key and description of a finding, as "BPF map 12: events (hash)"
 *
 * Return: a string to be freed by the caller, or NULL when out of memory.
 */
char *audit__name(const struct audit_finding *finding);

/** audit__look_for_others() - check for other runs; if there is one, treat the machine as shared */
void audit__look_for_others(struct audit *audit);

/** audit__undo() - remove the selected findings, and mark those that are then gone as undone */
void audit__undo(struct audit *audit);

/** audit__is_gone() - whether the last look found the object gone, or its old value restored */
bool audit__is_gone(const struct audit *audit, const struct audit_finding *finding);

/** audit__drop() - drop a finding; the last finding takes its place */
void audit__drop(struct audit *audit, int i);

#endif
