// SPDX-License-Identifier: GPL-2.0-only
/* A peer sends any bytes at all. It runs test "a", has run "b", and "c" runs elsewhere. */
#include <json-c/json.h>

#include "check/fuzz/fuzz.h"
#include "runner/machines/retell.h"
#include "runner/machines/wire.h"

#define TESTS 3

static void on_event(void *context, const struct event *event)
{
	const struct test_outcome *other = context;

	INVARIANT(event->machine == 1);
	INVARIANT(event->test != other);
	INVARIANT(!event->test == !event->where);
}

static void take_lines(struct retelling *retelling, const uint8_t *data, size_t size)
{
	struct wire wire = { .fd = -1, .epoll_fd = -1 };
	struct json_object *object;
	int got;

	wire.in = malloc(size + 1);
	memcpy(wire.in, data, size);
	wire.in_bytes = size;
	do {
		object = NULL;
		got = wire__next(&wire, &object);
		INVARIANT((got > 0) == !!object);
		if (got > 0)
			retell__event(retelling, object);
		json_object_put(object);
	} while (got);
	wire__close(&wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[TESTS] = { "a", "b", "c" };
	struct test_outcome all[TESTS] = {};
	const struct tests tests = { all, TESTS };
	struct selection selection = {};
	struct undecided undecided = {};
	struct event_sink sink = {};
	struct schedule schedule;
	struct retelling retelling = {
		.machine = 1,
		.tests = &tests,
		.schedule = &schedule,
		.sink = &sink,
		.selection = &selection,
		.undecided = &undecided,
	};
	int i;

	event_sink__add(&sink, on_event, &all[2]);
	INVARIANT(!schedule__begin(&schedule, TESTS, 1, 0) && !schedule__add_machine(&schedule));
	schedule__set_machine(&schedule, 1, 2, 0);
	for (i = 0; i < TESTS; i++) {
		all[i].outcome.name = strdup(names[i]);
		INVARIANT(schedule__next(&schedule) == i);
	}
	schedule.entries[0].machine = schedule.entries[1].machine = 1;
	schedule.entries[2].machine = 0;
	schedule.entries[1].state = SCHEDULE_ENDED;
	INVARIANT(!retelling__begin(&retelling));
	take_lines(&retelling, data, size);
	retelling__end(&retelling);
	for (i = 0; i < TESTS; i++) {
		INVARIANT(!strcmp(all[i].outcome.name, names[i]));
		test_outcome__free(&all[i]);
	}
	INVARIANT(schedule.entries[2].state == SCHEDULE_RUNNING);
	undecided__free(&undecided);
	schedule__free(&schedule);
	return 0;
}

/* Required for linking: an empty list of tests. */
const struct test_entry test_entries[1];
const int test_entries_cnt;
const unsigned int test_default_isolation;
