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
	assert_int_equal(schedule.machines[0].used_places, 0);
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
	schedule.machines[0].memory_mib = 0;
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
	assert_int_equal(schedule.machines[0].used_places, 0);
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

static void add_machine(int places)
{
	assert_int_equal(schedule__add_machine(&schedule), 0);
	schedule__set_machine(&schedule, schedule.machines_cnt - 1, places, 1000);
}

/* Starts all tests that can start, and returns them as a digit each, with their machines. */
static const char *dealt(void)
{
	static char text[64];
	char *at = text;
	int i;

	*at = '\0';
	while ((i = schedule__next(&schedule)) >= 0)
		at += sprintf(at, "%s%d@%d", at > text ? " " : "", i, schedule.entries[i].machine);
	return text;
}

static void the_machine_with_most_free_places_is_next(void **state)
{
	begin(7, 2);
	add_machine(3);
	assert_string_equal(dealt(), "0@1 1@0 2@1 3@0 4@1");
	schedule__end(&schedule, 1);
	assert_string_equal(dealt(), "5@0");
	schedule.machines[0].is_on = false;
	schedule__end(&schedule, 3);
	assert_string_equal(dealt(), "");
	schedule__end(&schedule, 4);
	assert_string_equal(dealt(), "6@1");
}

static void nothing_starts_on_a_machine_that_is_awaited(void **state)
{
	begin(2, 1);
	assert_int_equal(schedule__add_machine(&schedule), 0);
	assert_string_equal(dealt(), "0@0");
	schedule__set_machine(&schedule, 1, 1, 0);
	assert_string_equal(dealt(), "1@1");
}

static void a_lock_is_one_of_each_machine(void **state)
{
	int i;

	begin(4, 2);
	add_machine(2);
	for (i = 0; i < 4; i++)
		schedule.entries[i].locks = &exclusive;
	assert_string_equal(dealt(), "0@0 1@1");
	schedule__end(&schedule, 1);
	assert_string_equal(dealt(), "2@1");
}

static void serial_ones_are_alone_on_their_machine(void **state)
{
	begin(5, 2);
	add_machine(2);
	schedule.entries[0].is_serial = true;
	schedule.entries[1].is_serial = true;
	assert_int_equal(schedule__serial_last(&schedule), 0);
	assert_string_equal(dealt(), "2@0 3@1 4@0");
	schedule__end(&schedule, 3);
	assert_string_equal(dealt(), "0@1");
	schedule__end(&schedule, 2);
	assert_string_equal(dealt(), "");
	schedule__end(&schedule, 4);
	assert_string_equal(dealt(), "1@0");
}

static void one_that_was_running_at_a_panic_is_first_and_alone(void **state)
{
	begin(6, 2);
	add_machine(2);
	assert_string_equal(dealt(), "0@0 1@1 2@0 3@1");
	/* The machine goes down and comes back. */
	schedule__put_back(&schedule, 1);
	schedule__put_back(&schedule, 3);
	schedule__first_alone(&schedule, 3);
	schedule__first_alone(&schedule, 1);
	assert_string_equal(order(), "130245");
	/* One machine is free for the first; the other one is kept free for the second. */
	assert_string_equal(dealt(), "1@1");
	schedule__end(&schedule, 0);
	assert_string_equal(dealt(), "");
	schedule__end(&schedule, 2);
	assert_string_equal(dealt(), "3@0");
	schedule__end(&schedule, 1);
	assert_string_equal(dealt(), "4@1 5@1");
}

static void one_machine_is_kept_for_a_large_one(void **state)
{
	begin(9, 2);
	add_machine(2);
	schedule.entries[2].places = 2;
	assert_string_equal(dealt(), "0@0 1@1 3@0 4@1");
	/* It lets four others go first. */
	schedule__end(&schedule, 4);
	assert_string_equal(dealt(), "5@1");
	schedule__end(&schedule, 5);
	assert_string_equal(dealt(), "6@1");
	schedule__end(&schedule, 6);
	schedule__end(&schedule, 3);
	assert_string_equal(dealt(), "7@1");
	schedule__end(&schedule, 1);
	assert_string_equal(dealt(), "8@1");
	schedule__end(&schedule, 0);
	assert_string_equal(dealt(), "2@0");
}

static void one_by_one_is_on_the_first_machine(void **state)
{
	const bool wanted[] = { true, false, true };

	begin(3, 2);
	add_machine(2);
	schedule__only(&schedule, wanted, true);
	assert_string_equal(dealt(), "0@0");
	schedule__end(&schedule, 0);
	assert_string_equal(dealt(), "2@0");
}

static void what_is_ordered_waits(void **state)
{
	begin(3, 2);
	assert_int_equal(schedule__none(&schedule), 0);
	assert_string_equal(dealt(), "");
	schedule__queue(&schedule, 2);
	schedule__queue(&schedule, 0);
	assert_int_equal(schedule.waiting, 2);
	assert_string_equal(dealt(), "2@0 0@0");
}

static void check_neighbours(int i, const int *running)
{
	const struct schedule_entry *entry = &schedule.entries[i], *other;
	int k;

	for (k = 0; k < schedule.cnt; k++) {
		other = &schedule.entries[k];
		assert_false(running[k] && other->machine == entry->machine &&
			     (other->is_serial || other->is_alone || entry->is_serial ||
			      entry->is_alone || locks__conflict(entry->locks, other->locks)));
	}
}

/* End a running test, or let it run again, as if its machine was gone. Return: 1 if it ended. */
static int end_one(int i, bool is_gone)
{
	if (!is_gone) {
		schedule__end(&schedule, i);
		return 1;
	}
	schedule__put_back(&schedule, i);
	if (i % 2)
		schedule__first_alone(&schedule, i);
	return 0;
}

/* With random declarations, every test runs once, and no two tests that conflict overlap. */
static void nothing_is_left_behind(void **state)
{
	const struct test_locks *const kinds[] = { NULL, &shared, &exclusive };
	int turn, i;

	for (turn = 0; turn < 900; turn++) {
		int ended = 0, running[40] = {};

		srand(turn);
		begin(40, 1 + turn % 5);
		for (i = turn / 300; i; i--)
			add_machine(1 + rand() % 3);
		for (i = 0; i < 40; i++) {
			schedule.entries[i].locks = kinds[rand() % 3];
			schedule.entries[i].places = 1 + rand() % 3;
			schedule.entries[i].memory_mib = rand() % 900;
			schedule.entries[i].is_serial = !(rand() % 8);
		}
		schedule__serial_last(&schedule);
		while (schedule.waiting || schedule.running) {
			while ((i = schedule__next(&schedule)) >= 0) {
				check_neighbours(i, running);
				running[i] = true;
			}
			assert_true(schedule.running > 0);
			for (i = rand() % 40; !running[i];)
				i = (i + 1) % 40;
			running[i] = false;
			ended += end_one(i, !(rand() % 20));
		}
		assert_int_equal(ended, 40);
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
		cmocka_unit_test_teardown(the_machine_with_most_free_places_is_next, end),
		cmocka_unit_test_teardown(nothing_starts_on_a_machine_that_is_awaited, end),
		cmocka_unit_test_teardown(a_lock_is_one_of_each_machine, end),
		cmocka_unit_test_teardown(serial_ones_are_alone_on_their_machine, end),
		cmocka_unit_test_teardown(one_that_was_running_at_a_panic_is_first_and_alone, end),
		cmocka_unit_test_teardown(one_machine_is_kept_for_a_large_one, end),
		cmocka_unit_test_teardown(one_by_one_is_on_the_first_machine, end),
		cmocka_unit_test_teardown(what_is_ordered_waits, end),
		cmocka_unit_test_teardown(nothing_is_left_behind, end),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}

/* Required for linking: an empty list of tests. */
const struct test_entry test_entries[1];
const int test_entries_cnt;
const unsigned int test_default_isolation;
