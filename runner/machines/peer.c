// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends the events of this machine in the form of the event stream, with members that only the head
 * needs. Takes orders, and starts nothing itself.
 */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/machines/hello.h"
#include "runner/machines/peer.h"
#include "runner/reports/event_stream.h"
#include "runner/reports/results_folder.h"
#include "runner/reports/status_lines.h"
#include "runner/system/clock.h"
#include "runner/text/error.h"
#include "runner/text/json_add.h"
#include "runner/text/json_field.h"

/* The time that the head may take to read the last messages. */
#define LAST_WORDS_MS 10000

int peer__open(struct peer *peer, int epoll_fd)
{
	int err;

	peer->wire.fd = -1;
	peer->is_on = peer->options->machines.head_fd;
	if (!peer->is_on)
		return 0;
	peer->start_ns = clock__now_ns();
	peer->output_bytes = calloc(peer->tests->cnt + 1, sizeof(*peer->output_bytes));
	if (!peer->output_bytes)
		return error__fail(-ENOMEM, "out of memory");
	err = wire__open(&peer->wire, peer->options->machines.head_fd, epoll_fd, peer);
	if (err)
		return error__fail(err, "cannot wait for descriptor %d of TEST_HEAD: " ERRNO_FMT,
				   peer->options->machines.head_fd, ERRNO_ARG(err));
	return 0;
}

static void send(struct peer *peer, struct json_object *object)
{
	if (peer->sink->prints_debug)
		event_sink__debug(peer->sink, "to the head: %.200s",
				  json_object_to_json_string(object));
	wire__send(&peer->wire, object);
}

void peer__say_hello(struct peer *peer, const struct run_info *info)
{
	if (!peer->is_on)
		return;
	hello__id(info, peer->id, sizeof(peer->id));
	send(peer, hello__object(info, peer->tests, peer->options->jobs));
}

static void add_true(struct json_object *object, const char *key, bool value)
{
	if (value)
		json_add__bool(object, key, true);
}

/* Bytes that are not printable stay as they are, because the head shows them by its own rules. */
static void add_bytes(struct json_object *object, const char *key, const char *bytes, size_t len)
{
	json_object_object_add(object, key, json_object_new_string_len(bytes, len));
}

static void add_log(const struct peer *peer, struct json_object *object,
		    const struct outcome *outcome)
{
	size_t len;
	char *text;

	if (!status_lines__shows_log(peer->options, outcome) || !outcome->log.total_bytes)
		return;
	text = capped_log__text(&outcome->log, &len);
	if (text)
		add_bytes(object, "log", text, len);
	free(text);
}

static void add_end(const struct peer *peer, struct json_object *object,
		    const struct outcome *outcome)
{
	add_true(object, "force_log", outcome->force_log);
	add_true(object, "skipped", outcome->skipped);
	add_log(peer, object, outcome);
}

/* Return: true if the test function returned, or may have. */
static bool has_run(const struct test_outcome *test)
{
	enum result result = test->outcome.result;

	return result == RESULT_PASS || result == RESULT_FAIL || result == RESULT_SKIP;
}

static void add_test_end(struct peer *peer, struct json_object *object,
			 const struct test_outcome *test)
{
	add_end(peer, object, &test->outcome);
	json_add__number(object, "subtests_seen", test->subtests_seen);
	add_true(object, "whole", test->is_whole);
	add_true(object, "skip_is_derived", test->skip_is_derived);
	add_true(object, "has_run", has_run(test));
	/* A suspect has two results, and one of them stays (rerun.c): the first began earlier. */
	add_true(object, "first", peer->rerun_ns && test->outcome.begin_ns < peer->rerun_ns);
	peer->rerun_ns = 0;
}

static void add_members(struct peer *peer, struct json_object *object, const struct event *event)
{
	if (json_object_object_get_ex(object, "subtest", NULL))
		add_bytes(object, "subtest", event->where->name, strlen(event->where->name));
	switch (event->kind) {
	case EVENT_TEST_BEGIN:
		peer->rerun_ns = event->begin.is_rerun ? event->test->outcome.begin_ns : 0;
		break;
	case EVENT_SLOW:
		json_add__number(object, "running_us",
				 (clock__now_ns() - event->where->begin_ns) / NS_PER_US);
		break;
	case EVENT_SUBTEST_END:
		add_end(peer, object, event->where);
		break;
	case EVENT_TEST_END:
		add_test_end(peer, object, event->test);
		break;
	case EVENT_RERUN_CLEARED:
		json_add__text(object, "event", "rerun_cleared");
		add_true(object, "incomplete", event->cleared.is_incomplete);
		peer->rerun_ns = 0;
		break;
	default:
		break;
	}
}

static struct json_object *new_object(const char *name, const struct event *event)
{
	struct json_object *object = json_object_new_object();

	json_add__text(object, "event", name);
	json_add__text(object, "test", event->test->outcome.name);
	return object;
}

/* Only the results folder needs the output while the test runs, up to the size of its log. */
static struct json_object *output_object(struct peer *peer, const struct event *event)
{
	size_t *sent = &peer->output_bytes[event->test - peer->tests->all];
	struct json_object *object;

	if (!peer->options->results_path || *sent > RESULTS_LOG_MAX_BYTES)
		return NULL;
	*sent += event->output.len_bytes;
	object = new_object("output", event);
	add_bytes(object, "text", event->output.text, event->output.len_bytes);
	return object;
}

static struct json_object *met_object(const struct event *event)
{
	struct json_object *object = new_object("subtest_met", event);

	add_bytes(object, "name", event->met.name, strlen(event->met.name));
	add_bytes(object, "description", event->met.description, strlen(event->met.description));
	json_add__number(object, "met", event->met.number);
	return object;
}

void peer__listen(void *context, const struct event *event)
{
	struct peer *peer = context;
	struct json_object *object;

	if (event->kind == EVENT_RUN_BEGIN || event->kind == EVENT_RUN_END)
		return;
	if (event->kind == EVENT_OUTPUT)
		object = output_object(peer, event);
	else if (event->kind == EVENT_SUBTEST_MET)
		object = met_object(event);
	else
		object = event_stream__object(event, peer->start_ns);
	if (!object)
		return;
	add_members(peer, object, event);
	send(peer, object);
}

static int find_test(const struct tests *tests, const char *name)
{
	int i;

	for (i = 0; name && i < tests->cnt; i++) {
		if (!strcmp(tests->all[i].outcome.name, name))
			return i;
	}
	return -1;
}

/* Return: 0 or -EBADMSG. */
static int run_test(struct peer *peer, struct json_object *order)
{
	int i = find_test(peer->tests, json_field__text(order, "test"));

	if (i < 0 || peer->tests->all[i].outcome.result != RESULT_NOTRUN ||
	    peer->schedule->entries[i].state != SCHEDULE_ENDED || !peer__awaits_orders(peer))
		return -EBADMSG;
	peer->schedule->entries[i].is_alone = json_object_object_get_ex(order, "alone", NULL);
	schedule__queue(peer->schedule, i);
	return 0;
}

static int take_order(struct peer *peer, struct json_object *order)
{
	const char *what = json_field__text(order, "order") ?: "";

	if (!strcmp(what, "welcome") && !strcmp(json_field__text(order, "id") ?: "", peer->id))
		peer->is_welcome = true;
	if (!peer->is_welcome)
		return 0;
	if (!strcmp(what, "run"))
		return run_test(peer, order);
	if (!strcmp(what, "welcome")) {
		peer->machine = json_field__number(order, "machine", PEERS_MAX);
	} else if (!strcmp(what, "finish")) {
		peer->may_rerun = json_object_object_get_ex(order, "rerun", NULL);
		peer->must_finish = true;
	} else if (!strcmp(what, "abort")) {
		peer->must_stop = true;
	} else {
		return -EBADMSG;
	}
	return 0;
}

void peer__leave(struct peer *peer)
{
	peer->has_lost_head = true;
	wire__close(&peer->wire);
}

void peer__serve(struct peer *peer)
{
	struct json_object *order = NULL;
	int got;

	wire__serve(&peer->wire);
	while (!peer->has_lost_head && (got = wire__next(&peer->wire, &order))) {
		if (got > 0) {
			if (peer->sink->prints_debug)
				event_sink__debug(peer->sink, "from the head: %.200s",
						  json_object_to_json_string(order));
			got = take_order(peer, order);
			json_object_put(order);
		}
		if (got >= 0 || !peer->is_welcome)
			continue;
		error__say("the head machine sent an order that makes no sense: start the same "
			   "build on all machines");
		peer__leave(peer);
	}
	if (peer->wire.has_ended && peer__awaits_orders(peer)) {
		if (peer->schedule->running)
			error__say("the connection to the head machine has ended");
		peer->has_lost_head = true;
	}
	/* Nothing more comes, and epoll would report that again and again. */
	if (peer->wire.has_ended)
		wire__close(&peer->wire);
}

bool peer__awaits_orders(const struct peer *peer)
{
	return peer->is_on && !peer->must_finish && !peer->must_stop && !peer->has_lost_head;
}

void peer__say_stuck(struct peer *peer)
{
	struct json_object *object = json_object_new_object();

	json_add__text(object, "event", "stuck");
	send(peer, object);
}

void peer__say_bye(struct peer *peer, struct json_object *bye)
{
	uint64_t until_ns = clock__now_ns() + LAST_WORDS_MS * NS_PER_MS * peer->options->time_scale;

	json_add__text(bye, "event", "bye");
	send(peer, bye);
	while (!wire__has_sent_all(&peer->wire) && clock__now_ns() < until_ns) {
		struct pollfd writable = { .fd = peer->wire.fd, .events = POLLOUT };

		poll(&writable, 1, LAST_WORDS_MS / 10);
		wire__serve(&peer->wire);
	}
}

void peer__close(struct peer *peer)
{
	if (peer->is_on)
		wire__close(&peer->wire);
	free(peer->output_bytes);
	peer->output_bytes = NULL;
}
