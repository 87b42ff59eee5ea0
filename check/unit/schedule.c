// SPDX-License-Identifier: GPL-2.0-only
#include "check/unit/unit_test.h"
#include "runner/selection/registry.h"
#include "runner/schedule/schedule.h"

static const struct test_lock exclusive_lock[] = { EXCLUSIVE("page_cache") };
static const struct test_lock shared_lock[] = { SHARED("page_cache") };
static const struct test_locks exclusive = { "exclusive", exclusive_lock, 1 };
static const struct test_locks shared = { "shared", shared_lock, 1 };

static struct schedule schedule;

static void begin(int cnt, int places)
{
	assert_int_equal(schedule__begin(&schedule, cnt, places, 1000), 0);
}

/* Starts all tests that can start, and returns them as one digit each. */
static const char *started(void)
{
	static char text[64];
	char *at = text;
	int i;

	while ((i = schedule__next(&schedule)) >= 0)
		*at++ = '0' + i;
	*at = '\0';
	return text;
}

static int end(void **state)
{
	schedule__free(&schedule);
	return 0;
}

static void as_many_as_there_are_places(void **state)
{
	begin(5, 2);
	assert_string_equal(started(), "01");
	schedule__end(&schedule, 0);
	assert_string_equal(started(), "2");
	schedule__end(&schedule, 1);
	schedule__end(&schedule, 2);
	assert_string_equal(started(), "34");
	assert_int_equal(schedule.waiting, 0);
	assert_int_equal(schedule.running, 2);
}

static void waits_for_a_lock(void **state)
{
	begin(4, 4);
	schedule.entries[0].locks = &exclusive;
	schedule.entries[1].locks = &exclusive;
	schedule.entries[3].locks = &shared;
	assert_string_equal(started(), "02");
	schedule__end(&schedule, 0);
	assert_string_equal(started(), "1");
	schedule__end(&schedule, 1);
	assert_string_equal(started(), "3");
}

static void later_ones_do_not_take_a_lock_that_is_waited_for(void **state)
{
	begin(5, 4);
	schedule.entries[0].locks = &shared;
	schedule.entries[1].locks = &exclusive;
	schedule.entries[2].locks = &shared;
	schedule.entries[3].locks = &shared;
	assert_string_equal(started(), "04");
	schedule__end(&schedule, 0);
	assert_string_equal(started(), "1");
	schedule__end(&schedule, 1);
	assert_string_equal(started(), "23");
}

static void a_large_one_is_passed_over_as_often_as_there_are_places(void **state)
{
	begin(6, 2);
	schedule.entries[1].places = 2;
	assert_string_equal(started(), "02");
	schedule__end(&schedule, 2);
	assert_string_equal(started(), "3");
	schedule__end(&schedule, 3);
	assert_string_equal(started(), "");
	schedule__end(&schedule, 0);
	assert_string_equal(started(), "1");
	assert_string_equal(started(), "");
	schedule__end(&schedule, 1);
	assert_string_equal(started(), "45");
}

static void waiting_for_a_lock_is_not_waiting_for_room(void **state)
{
	int i;

	begin(9, 2);
	schedule.entries[0].locks = &exclusive;
	schedule.entries[1].locks = &exclusive;
	assert_string_equal(started(), "02");
	for (i = 2; i < 8; i++) {
		schedule__end(&schedule, i);
		assert_int_equal(schedule__next(&schedule), i + 1);
	}
	schedule__end(&schedule, 0);
	assert_string_equal(started(), "1");
}

static void more_than_there_is_runs_alone(void **state)
{
	begin(2, 2);
	schedule.entries[0].places = 5;
	assert_string_equal(started(), "0");
	schedule__end(&schedule, 0);
	assert_int_equal(schedule.used_places, 0);
	assert_string_equal(started(), "1");
}

static void memory_is_counted(void **state)
{
	begin(4, 4);
	schedule.entries[0].memory_mib = 600;
	schedule.entries[1].memory_mib = 600;
	schedule.entries[2].memory_mib = 400;
	assert_string_equal(started(), "023");
	schedule__end(&schedule, 2);
	assert_string_equal(started(), "");
	schedule__end(&schedule, 0);
	assert_string_equal(started(), "1");
	end(NULL);
	begin(2, 2);
	schedule.memory_mib = 0;
	schedule.entries[0].memory_mib = 600;
	schedule.entries[1].memory_mib = 600;
	assert_string_equal(started(), "01");
}

static void serial_ones_are_last_and_alone(void **state)
{
	begin(4, 4);
	schedule.entries[0].is_serial = true;
	schedule.entries[2].is_serial = true;
	assert_int_equal(schedule__serial_last(&schedule), 0);
	assert_string_equal(started(), "13");
	schedule__end(&schedule, 3);
	assert_string_equal(started(), "");
	schedule__end(&schedule, 1);
	assert_string_equal(started(), "0");
	schedule__end(&schedule, 0);
	assert_string_equal(started(), "2");
}

static void put_back_is_as_never_taken(void **state)
{
	begin(2, 2);
	schedule.entries[0].locks = &exclusive;
	schedule.entries[1].locks = &exclusive;
	assert_int_equal(schedule__next(&schedule), 0);
	schedule__put_back(&schedule, 0);
	assert_int_equal(schedule.waiting, 2);
	assert_int_equal(schedule.used_places, 0);
	assert_string_equal(started(), "0");
}

static const char *order(void)
{
	static char text[64];
	int i;

	for (i = 0; i < schedule.cnt; i++)
		text[i] = '0' + schedule.order[i];
	text[i] = '\0';
	return text;
}

static void longest_first(void **state)
{
	begin(6, 1);
	schedule.entries[0].duration_us = 5;
	schedule.entries[1].duration_us = 0;
	schedule.entries[3].duration_us = 50;
	schedule.entries[5].duration_us = 5;
	schedule__longest_first(&schedule);
	assert_string_equal(order(), "243051");
}

static void a_seed_is_an_order(void **state)
{
	bool seen[10] = {};
	char first[64];
	int i;

	begin(10, 1);
	schedule__shuffle(&schedule, 1);
	strcpy(first, order());
	/* The order comes from the generator in POSIX, so it is the same on every machine. */
	assert_string_equal(first, "3678012594");
	for (i = 0; i < 10; i++)
		seen[first[i] - '0'] = true;
	for (i = 0; i < 10; i++)
		assert_true(seen[i]);
	end(NULL);
	begin(10, 1);
	schedule__shuffle(&schedule, 1);
	assert_string_equal(order(), first);
	end(NULL);
	begin(10, 1);
	schedule__shuffle(&schedule, 1 << 16);
	assert_string_not_equal(order(), first);
}

/* With random declarations, every test runs once, and no two tests that conflict overlap. */
static void nothing_is_left_behind(void **state)
{
	const struct test_locks *const kinds[] = { NULL, &shared, &exclusive };
	int turn, i, k;

	for (turn = 0; turn < 300; turn++) {
		int ran = 0, running[40] = {};

		srand(turn);
		begin(40, 1 + turn % 5);
		for (i = 0; i < 40; i++) {
			schedule.entries[i].locks = kinds[rand() % 3];
			schedule.entries[i].places = 1 + rand() % 3;
			schedule.entries[i].memory_mib = rand() % 900;
			schedule.entries[i].is_serial = !(rand() % 8);
		}
		schedule__serial_last(&schedule);
		while (schedule.waiting || schedule.running) {
			while ((i = schedule__next(&schedule)) >= 0) {
				for (k = 0; k < 40; k++)
					assert_false(running[k] &&
						     (schedule.entries[k].is_serial ||
						      schedule.entries[i].is_serial ||
						      locks__conflict(schedule.entries[i].locks,
								      schedule.entries[k].locks)));
				running[i] = true;
				ran++;
			}
			assert_true(schedule.running > 0);
			for (i = rand() % 40; !running[i];)
				i = (i + 1) % 40;
			running[i] = false;
			schedule__end(&schedule, i);
		}
		assert_int_equal(ran, 40);
		end(NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(as_many_as_there_are_places, end),
		cmocka_unit_test_teardown(waits_for_a_lock, end),
		cmocka_unit_test_teardown(later_ones_do_not_take_a_lock_that_is_waited_for, end),
		cmocka_unit_test_teardown(a_large_one_is_passed_over_as_often_as_there_are_places,
					  end),
		cmocka_unit_test_teardown(waiting_for_a_lock_is_not_waiting_for_room, end),
		cmocka_unit_test_teardown(more_than_there_is_runs_alone, end),
		cmocka_unit_test_teardown(memory_is_counted, end),
		cmocka_unit_test_teardown(serial_ones_are_last_and_alone, end),
		cmocka_unit_test_teardown(put_back_is_as_never_taken, end),
		cmocka_unit_test_teardown(longest_first, end),
		cmocka_unit_test_teardown(a_seed_is_an_order, end),
		cmocka_unit_test_teardown(nothing_is_left_behind, end),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}

/* Required for linking: an empty list of tests. */
const struct test_entry test_entries[1];
const int test_entries_cnt;
const unsigned int test_default_isolation;
