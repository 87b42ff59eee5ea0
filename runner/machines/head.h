/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The head's side of a run over several machines. The head deals tests out to its peers and to
 * itself, and is the only one that reports. Machine 0 is the head's own, and the peers have the
 * numbers from 1. docs/machines.md describes the messages and what happens when a peer dies.
 */
#ifndef RUNNER_MACHINES_HEAD_H
#define RUNNER_MACHINES_HEAD_H

#include "runner/blame/splats.h"
#include "runner/command_line/options.h"
#include "runner/machines/retell.h"
#include "runner/machines/wire.h"
#include "runner/needs/run_info.h"

enum peer_state {
	PEER_AWAITED,   /* has not said hello, or not again after it went down */
	PEER_READY,     /* takes tests */
	PEER_FINISHING, /* takes no more tests, and has not said bye */
	PEER_DONE,      /* has said bye */
	PEER_LOST,      /* does not answer; what it may still send is ignored */
	PEER_CLOSED,    /* will never be used again */
};

struct head_peer {
	struct wire wire;
	enum peer_state state;
	bool is_broken; /* its last line was no message: the end of a peer that died, or garbage */
	bool is_stuck;  /* its kernel can run no further test */
	uint64_t heard_ns; /* time of its last message, or when it got its first work */
	struct retelling tests;
	struct json_object *bye; /* its last message, or NULL */
};

struct head {
	struct head_peer *peers;
	int cnt;
	const struct run_options *options;
	const struct run_info *info;
	const struct tests *tests;
	struct schedule *schedule;
	const struct event_sink *sink;
	struct selection *selection;
	struct undecided *undecided;
	struct run_history *history;
	struct splats *splats;
	bool is_finishing;
	bool has_inherited; /* splats of a lost peer were added to @splats since head__finish() */
	uint64_t stop_ns;   /* time when the peers were told to stop; 0: they were not */
};

/**
 * head__open() - begin to talk to the peers, if there are any; the members that point elsewhere are
 *	set by the caller
 *
 * Return: 0, or a negative errno after a message on stderr.
 */
int head__open(struct head *head, int epoll_fd);

/** head__serve() - take the messages of the peer with this tag of epoll; false: it has no such tag */
bool head__serve(struct head *head, void *tag);

/** head__run_test() - let a peer run a test that the schedule has given to it */
void head__run_test(struct head *head, int machine, int test);

/**
 * head__tick() - give up peers that do not answer
 *
 * Return: the time of the next call at the latest.
 */
uint64_t head__tick(struct head *head, uint64_t now_ns);

/** head__is_busy() - whether a peer has tests, or has not said bye */
bool head__is_busy(const struct head *head);

/** head__finish() - tell the peers that there are no more tests; they may rerun their suspects */
void head__finish(struct head *head, bool may_rerun);

/** head__stop() - tell the peers to end their tests at once; a second call does not wait for them */
void head__stop(struct head *head);

/** head__forgive() - do not count a time in which this runner did not listen */
void head__forgive(struct head *head, uint64_t spent_ns);

/** head__take_byes() - after all tests: add what the peers could not charge to a test */
void head__take_byes(struct head *head, struct audit *audit);

/** head__close() - close the connections; also allowed if there are none */
void head__close(struct head *head);

#endif
