/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The peer's side of a run over several machines: tells the head what its tests do, and takes the
 * head's orders. wire.h has the connection, head.h the other side. docs/machines.md describes the
 * messages.
 */
#ifndef RUNNER_MACHINES_PEER_H
#define RUNNER_MACHINES_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/command_line/options.h"
#include "runner/machines/hello.h"
#include "runner/machines/wire.h"
#include "runner/needs/run_info.h"
#include "runner/result/event.h"
#include "runner/result/tests.h"
#include "runner/schedule/schedule.h"

struct peer {
	bool is_on; /* this runner is a peer */
	struct wire wire;
	const struct run_options *options;
	const struct tests *tests;
	struct schedule *schedule;
	const struct event_sink *sink;
	uint64_t start_ns;
	size_t *output_bytes;    /* length of the output that was sent of each test */
	uint64_t rerun_ns;       /* time when the rerun of a suspect began; 0: none */
	int machine;             /* the number that the head gave this machine; 0: none yet */
	char id[HELLO_ID_BYTES]; /* id of this process */
	bool is_welcome;    /* the head has answered; orders before that are for another peer */
	bool may_rerun;     /* suspects may be rerun at the end */
	bool must_finish;   /* the head has no more tests for this machine */
	bool must_stop;     /* the head does not want the running tests to go on */
	bool has_lost_head; /* the connection has ended, or the head makes no sense */
};

/**
 * peer__open() - begin to talk to the head, if this runner is a peer; the members that point
 *	elsewhere are set by the caller
 *
 * Return: 0, or a negative errno after a message on stderr.
 */
int peer__open(struct peer *peer, int epoll_fd);

/** peer__say_hello() - tell the head that this machine can run tests */
void peer__say_hello(struct peer *peer, const struct run_info *info);

/** peer__listen() - a listener of the event sink that tells the head; @context is a struct peer */
void peer__listen(void *context, const struct event *event);

/** peer__serve() - take the head's orders: tests to run are queued in the schedule */
void peer__serve(struct peer *peer);

/** peer__awaits_orders() - whether the head may still send tests */
bool peer__awaits_orders(const struct peer *peer);

/** peer__say_stuck() - tell the head that this kernel can run no further test */
void peer__say_stuck(struct peer *peer);

/** peer__leave() - end the connection: the head lets the tests run on another machine */
void peer__leave(struct peer *peer);

/** peer__say_bye() - tell the head what it could not learn from events; @bye is freed */
void peer__say_bye(struct peer *peer, struct json_object *bye);

/** peer__close() - close the connection; also allowed if it was never opened */
void peer__close(struct peer *peer);

#endif
