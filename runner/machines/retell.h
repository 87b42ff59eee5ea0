/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells the head's event sink what a peer has told about its tests. The listeners then see the
 * tests of all machines in the same way.
 */
#ifndef RUNNER_MACHINES_RETELL_H
#define RUNNER_MACHINES_RETELL_H

#include "runner/blame/open_splats.h"
#include "runner/blame/undecided.h"
#include "runner/result/event.h"
#include "runner/result/tests.h"
#include "runner/schedule/run_history.h"
#include "runner/schedule/schedule.h"
#include "runner/selection/selection.h"

struct json_object;

/* The head's knowledge of the tests of one peer. */
struct retelling {
	int machine;
	const struct tests *tests;
	struct schedule *schedule;
	const struct event_sink *sink;
	struct selection *selection;
	struct selection *captured; /* the selection of -m, or NULL */
	struct undecided *undecided;
	struct run_history
		*history;          /* names the subtests that a test should have reached; or NULL */
	bool *begun;               /* whether each test runs there now */
	int rerun;                 /* the test that is rerun there, or -1 */
	struct test_outcome first; /* the first result of that test */
	struct open_splats open;   /* splats of the peer that no test is charged with yet */
	int last;                  /* test of the last event, or -1 */
};

/** retelling__begin() - prepare for events of a peer, after the shared members are set; 0/-ENOMEM */
int retelling__begin(struct retelling *retelling);

/**
 * retell__event() - take an event of the peer
 *
 * Return: 0; -EBADMSG if no such event can come from that peer now.
 */
int retell__event(struct retelling *retelling, struct json_object *event);

/** retell__end_rerun() - the peer is gone: the test that is rerun there gets its first result back */
void retell__end_rerun(struct retelling *retelling);

/** retelling__end() - free everything that was made for the events */
void retelling__end(struct retelling *retelling);

#endif
