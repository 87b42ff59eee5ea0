// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows the state of each peer. Its messages about tests go through retell.c, its last message
 * through bye.c.
 */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "runner/machines/bye.h"
#include "runner/machines/head.h"
#include "runner/machines/hello.h"
#include "runner/resume/convict.h"
#include "runner/resume/outcome_events.h"
#include "runner/system/clock.h"
#include "runner/text/error.h"
#include "runner/text/json_add.h"
#include "runner/text/json_field.h"

/*
 * A peer kills its tests itself. After the deadline of a test it may take this long until the last
 * process is dead, the packets are written and the audit has looked.
 */
#define MARGIN_MS  40000
/* The time for the peers to report the ends of their tests after they were told to stop. */
#define STOP_MS    10000
#define PLACES_MAX 100000

static int number_of(const struct head *head, const struct head_peer *peer)
{
	return peer - head->peers + 1;
}

static struct schedule_machine *machine_of(struct head *head, const struct head_peer *peer)
{
	return &head->schedule->machines[number_of(head, peer)];
}

int head__open(struct head *head, int epoll_fd)
{
	const struct machine_sockets *sockets = &head->options->machines;
	int i, err = 0;

	head->peers = calloc(sockets->peers_cnt + 1, sizeof(*head->peers));
	if (!head->peers)
		return error__fail(-ENOMEM, "out of memory");
	for (i = 0; i < sockets->peers_cnt && !err; i++) {
		struct head_peer *peer = &head->peers[i];

		peer->tests = (struct retelling){
			.machine = i + 1,
			.tests = head->tests,
			.schedule = head->schedule,
			.sink = head->sink,
			.selection = head->selection,
			.captured = head->options->captured,
			.undecided = head->undecided,
			.history = head->history,
		};
		head->cnt++;
		err = retelling__begin(&peer->tests) ?: schedule__add_machine(head->schedule);
		err = err ?: wire__open(&peer->wire, sockets->peer_fds[i], epoll_fd, peer);
		if (err)
			error__say("cannot wait for descriptor %d of TEST_PEERS: " ERRNO_FMT,
				   sockets->peer_fds[i], ERRNO_ARG(err));
	}
	return err;
}

static void send(struct head *head, struct head_peer *peer, struct json_object *object)
{
	if (head->sink->prints_debug)
		event_sink__debug(head->sink, "to machine %d: %.200s", number_of(head, peer),
				  json_object_to_json_string(object));
	wire__send(&peer->wire, object);
}

static struct json_object *new_order(const char *name)
{
	struct json_object *order = json_object_new_object();

	json_add__text(order, "order", name);
	return order;
}

static bool runs_on(const struct head *head, int test, int machine)
{
	const struct schedule_entry *entry = &head->schedule->entries[test];

	return entry->state == SCHEDULE_RUNNING && entry->machine == machine;
}

/* Let a test run again from its beginning. Nothing of its first run stays. */
static void drop_test(struct head *head, int i, int machine, bool alone)
{
	struct test_outcome *test = &head->tests->all[i];

	event_sink__tell(head->sink, &(struct event){
					     .kind = EVENT_TEST_DROPPED,
					     .machine = machine,
					     .test = test,
					     .where = &test->outcome,
				     });
	outcome_events__forget(test);
	schedule__put_back(head->schedule, i);
	if (alone)
		schedule__first_alone(head->schedule, i);
}

static void convict(struct head *head, int i, int machine, const char *reason)
{
	convict__of_panic(&head->tests->all[i], reason, 1);
	convict__end(&head->tests->all[i], head->sink, machine);
}

/*
 * End the tests of a peer that is gone, as after a restart (journal.c): if its kernel went down
 * while one test ran, that test is to blame. If several ran, each of them runs again alone.
 * @reason: why its kernel went down; NULL: it did not
 */
static void end_tests(struct head *head, struct head_peer *peer, const char *reason)
{
	int machine = number_of(head, peer), i, rerun = peer->tests.rerun;
	int cnt = machine_of(head, peer)->running;

	retell__end_rerun(&peer->tests);
	if (rerun >= 0 && reason)
		convict(head, rerun, machine, reason);
	for (i = 0; i < head->tests->cnt; i++) {
		peer->tests.begun[i] = false;
		if (!runs_on(head, i, machine))
			continue;
		if (reason && cnt == 1) {
			schedule__end(head->schedule, i);
			convict(head, i, machine, reason);
		} else {
			drop_test(head, i, machine, reason);
		}
	}
}

/* Nobody charges these splats any more: this machine reruns their suspects. */
static void inherit_splats(struct head *head, struct head_peer *peer, const char *reason)
{
	/* The kernel went down in the rerun of this suspect: that explains its splats. */
	if (reason && peer->tests.rerun >= 0)
		open_splats__explain(&peer->tests.open, peer->tests.rerun);
	if (!peer->tests.open.cnt)
		return;
	head->has_inherited |= head->is_finishing;
	open_splats__move(&head->splats->open, &peer->tests.open);
}

static bool is_in_use(const struct head_peer *peer)
{
	return peer->state == PEER_READY || peer->state == PEER_FINISHING;
}

/* A peer has died, or is given up. */
static void lose(struct head *head, struct head_peer *peer, const char *reason)
{
	struct schedule_machine *machine = machine_of(head, peer);

	machine->is_on = false;
	peer->is_stuck = false;
	if (!is_in_use(peer))
		return;
	event_sink__tell(head->sink,
			 &(struct event){
				 .kind = EVENT_MACHINE_GONE,
				 .machine = number_of(head, peer),
				 .gone = { reason, machine->running + (peer->tests.rerun >= 0) },
			 });
	inherit_splats(head, peer, reason);
	end_tests(head, peer, reason);
}

/* Never use a peer again. */
static void close_peer(struct head *head, struct head_peer *peer)
{
	lose(head, peer, NULL);
	wire__close(&peer->wire);
	peer->state = PEER_CLOSED;
}

static void refuse(struct head *head, struct head_peer *peer, const char *why)
{
	error__say("machine %d is not used: %s", number_of(head, peer), why);
	send(head, peer, new_order("abort"));
	close_peer(head, peer);
}

static void finish(struct head *head, struct head_peer *peer, bool may_rerun)
{
	struct json_object *order = new_order("finish");

	machine_of(head, peer)->is_on = false;
	if (may_rerun)
		json_add__bool(order, "rerun", true);
	send(head, peer, order);
	if (peer->state == PEER_READY)
		peer->state = PEER_FINISHING;
}

static void on_hello(struct head *head, struct head_peer *peer, struct json_object *hello)
{
	struct json_object *welcome;
	char error[512];
	int places;

	/* Nobody said that the peer was gone, but only a new one says hello. */
	lose(head, peer, NULL);
	welcome = new_order("welcome");
	json_add__number(welcome, "machine", number_of(head, peer));
	json_add__text(welcome, "id", json_field__text(hello, "id") ?: "");
	send(head, peer, welcome);
	if (hello__check(hello, head->info, head->tests, error, sizeof(error))) {
		refuse(head, peer, error);
		return;
	}
	peer->state = PEER_READY;
	json_object_put(peer->bye);
	peer->bye = NULL;
	places = json_field__number(hello, "places", PLACES_MAX);
	schedule__set_machine(head->schedule, number_of(head, peer), places ?: 1,
			      json_field__number(hello, "mem_mib", LONG_MAX));
	if (head->is_finishing) {
		finish(head, peer, false);
		peer->state = PEER_DONE;
	}
}

static void on_gone(struct head *head, struct head_peer *peer, struct json_object *gone)
{
	lose(head, peer, json_field__text(gone, "reason"));
	if (peer->state != PEER_DONE || !head->is_finishing)
		peer->state = PEER_AWAITED;
}

/* Take back the tests that the peer has not begun, because it will not begin them. */
static void on_stuck(struct head *head, struct head_peer *peer)
{
	int i, machine = number_of(head, peer);

	machine_of(head, peer)->is_on = false;
	peer->is_stuck = true;
	for (i = 0; i < head->tests->cnt; i++) {
		if (runs_on(head, i, machine) && !peer->tests.begun[i])
			schedule__put_back(head->schedule, i);
	}
}

/* Return: 0; -EBADMSG if a peer cannot send this message now. */
static int take_message(struct head *head, struct head_peer *peer, struct json_object *message)
{
	const char *event = json_field__text(message, "event") ?: "";
	int err;

	if (!strcmp(event, "gone")) {
		on_gone(head, peer, message);
		return 0;
	}
	if (!strcmp(event, "hello") && peer->state != PEER_FINISHING) {
		on_hello(head, peer, message);
		return 0;
	}
	if (peer->state == PEER_LOST)
		return 0;
	if (!is_in_use(peer))
		return -EBADMSG;
	if (!strcmp(event, "stuck")) {
		on_stuck(head, peer);
		return 0;
	}
	if (!strcmp(event, "bye") && peer->state == PEER_FINISHING &&
	    !machine_of(head, peer)->running) {
		peer->bye = json_object_get(message);
		open_splats__free(&peer->tests.open);
		peer->state = PEER_DONE;
		return 0;
	}
	err = retell__event(&peer->tests, message);
	if (!err && peer->is_stuck && peer->state == PEER_READY && !machine_of(head, peer)->running)
		finish(head, peer, true);
	return err;
}

static bool is_gone_message(struct json_object *message)
{
	return message && !strcmp(json_field__text(message, "event") ?: "", "gone");
}

/*
 * Take a line. A peer that died may have left half a line, and then a message says that it is gone.
 * Until that comes, nothing else may come.
 * @message: NULL: the line is no message
 */
static void take_line(struct head *head, struct head_peer *peer, struct json_object *message)
{
	bool was_broken = peer->is_broken;

	if (head->sink->prints_debug)
		event_sink__debug(head->sink, "from machine %d: %.200s", number_of(head, peer),
				  message ? json_object_to_json_string(message) : "no message");
	peer->heard_ns = clock__now_ns();
	peer->is_broken = !message && peer->state != PEER_LOST;
	if (peer->is_broken && !was_broken && !peer->wire.error) {
		machine_of(head, peer)->is_on = false;
		return;
	}
	if ((was_broken && !is_gone_message(message)) || peer->is_broken ||
	    (message && take_message(head, peer, message)))
		refuse(head, peer,
		       "it sent a line that makes no sense: start the same build on all machines");
}

static struct head_peer *find(struct head *head, void *tag)
{
	int i;

	for (i = 0; i < head->cnt; i++) {
		if (tag == &head->peers[i])
			return &head->peers[i];
	}
	return NULL;
}

bool head__serve(struct head *head, void *tag)
{
	struct head_peer *peer = find(head, tag);
	struct json_object *message;
	int got;

	if (!peer)
		return false;
	wire__serve(&peer->wire);
	do {
		message = NULL;
		got = wire__next(&peer->wire, &message);
		if (got)
			take_line(head, peer, message);
		json_object_put(message);
	} while (got && peer->state != PEER_CLOSED);
	if (peer->wire.has_ended)
		close_peer(head, peer);
	return true;
}

void head__run_test(struct head *head, int machine, int test)
{
	struct head_peer *peer = &head->peers[machine - 1];
	struct json_object *order = new_order("run");

	if (machine_of(head, peer)->running == 1)
		peer->heard_ns = clock__now_ns();
	json_add__text(order, "test", head->tests->all[test].outcome.name);
	if (head->schedule->entries[test].is_alone)
		json_add__bool(order, "alone", true);
	send(head, peer, order);
}

static bool has_work(const struct head *head, const struct head_peer *peer)
{
	return peer->state == PEER_FINISHING ||
	       (peer->state == PEER_READY &&
		head->schedule->machines[number_of(head, peer)].running);
}

static void give_up(struct head *head, struct head_peer *peer, const char *reason)
{
	lose(head, peer, reason);
	peer->state = PEER_LOST;
	send(head, peer, new_order("abort"));
}

static uint64_t deadline_ns(const struct head *head, const struct head_peer *peer)
{
	const struct run_options *options = head->options;

	if (head->stop_ns)
		return head->stop_ns + STOP_MS * NS_PER_MS * options->time_scale;
	if (!options->deadline_ms)
		return UINT64_MAX;
	return peer->heard_ns +
	       (options->deadline_ms + (uint64_t)MARGIN_MS * options->time_scale) * NS_PER_MS;
}

uint64_t head__tick(struct head *head, uint64_t now_ns)
{
	uint64_t next_ns = UINT64_MAX, limit_ns;
	char reason[128];
	int i;

	for (i = 0; i < head->cnt; i++) {
		struct head_peer *peer = &head->peers[i];

		if (!has_work(head, peer))
			continue;
		limit_ns = deadline_ns(head, peer);
		if (now_ns < limit_ns) {
			next_ns = limit_ns < next_ns ? limit_ns : next_ns;
			continue;
		}
		snprintf(reason, sizeof(reason), "the machine has not answered for %llu s",
			 (unsigned long long)((now_ns - peer->heard_ns) / NS_PER_S));
		give_up(head, peer, head->stop_ns ? NULL : reason);
	}
	return next_ns;
}

bool head__is_busy(const struct head *head)
{
	int i;

	for (i = 0; i < head->cnt; i++) {
		if (has_work(head, &head->peers[i]))
			return true;
	}
	return false;
}

void head__finish(struct head *head, bool may_rerun)
{
	int i;

	head->is_finishing = true;
	for (i = 0; i < head->cnt; i++) {
		/* One that has not said hello yet finds the order when it does. */
		if (head->peers[i].state == PEER_READY || head->peers[i].state == PEER_AWAITED) {
			head->peers[i].heard_ns = clock__now_ns();
			finish(head, &head->peers[i], may_rerun);
		}
	}
}

void head__stop(struct head *head)
{
	bool is_second = head->stop_ns;
	int i;

	head->stop_ns = clock__now_ns();
	for (i = 0; i < head->cnt; i++) {
		struct head_peer *peer = &head->peers[i];

		if (!is_in_use(peer))
			continue;
		if (is_second) {
			give_up(head, peer, NULL);
			continue;
		}
		machine_of(head, peer)->is_on = false;
		send(head, peer, new_order("abort"));
		peer->state = PEER_FINISHING;
	}
}

void head__forgive(struct head *head, uint64_t spent_ns)
{
	int i;

	for (i = 0; i < head->cnt; i++)
		head->peers[i].heard_ns += spent_ns;
}

void head__take_byes(struct head *head, struct audit *audit)
{
	int i;

	for (i = 0; i < head->cnt; i++) {
		if (head->peers[i].bye)
			bye__take(head->peers[i].bye, i + 1, head->splats, audit);
	}
}

void head__close(struct head *head)
{
	int i;

	for (i = 0; i < head->cnt; i++) {
		struct head_peer *peer = &head->peers[i];

		wire__close(&peer->wire);
		retelling__end(&peer->tests);
		json_object_put(peer->bye);
	}
	free(head->peers);
	head->peers = NULL;
	head->cnt = 0;
}
