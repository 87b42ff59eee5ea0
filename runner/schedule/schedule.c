// SPDX-License-Identifier: GPL-2.0-only
/* The order of tests and the choice of the next one. It only calculates, and starts nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/schedule/schedule.h"

int schedule__begin(struct schedule *schedule, int cnt, int places, long memory_mib)
{
	int i;

	*schedule = (struct schedule){
		.entries = calloc(cnt + 1, sizeof(*schedule->entries)),
		.order = calloc(cnt + 1, sizeof(*schedule->order)),
		.cnt = cnt,
		.waiting = cnt,
	};
	if (!schedule->entries || !schedule->order || schedule__add_machine(schedule))
		return -ENOMEM;
	schedule__set_machine(schedule, 0, places, memory_mib);
	for (i = 0; i < cnt; i++) {
		schedule->order[i] = i;
		schedule->entries[i].places = 1;
		schedule->entries[i].duration_us = -1;
		schedule->entries[i].machine = -1;
	}
	return 0;
}

int schedule__add_machine(struct schedule *schedule)
{
	struct schedule_machine *grown =
		reallocarray(schedule->machines, schedule->machines_cnt + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	schedule->machines = grown;
	grown[schedule->machines_cnt++] = (struct schedule_machine){};
	return 0;
}

void schedule__set_machine(struct schedule *schedule, int machine, int places, long memory_mib)
{
	schedule->machines[machine].is_on = true;
	schedule->machines[machine].places = places;
	schedule->machines[machine].memory_mib = memory_mib;
}

/* Shuffle with nrand48(), which by POSIX gives the same numbers everywhere. */
void schedule__shuffle(struct schedule *schedule, uint32_t seed)
{
	unsigned short state[3] = { 0x330e, seed & 0xffff, seed >> 16 };
	int i, k, taken;

	for (i = schedule->cnt - 1; i > 0; i--) {
		k = nrand48(state) % (i + 1);
		taken = schedule->order[i];
		schedule->order[i] = schedule->order[k];
		schedule->order[k] = taken;
	}
}

static int by_duration(const void *a, const void *b, void *data)
{
	const struct schedule_entry *entries = data;
	int i = *(const int *)a, k = *(const int *)b;
	int64_t x = entries[i].duration_us, y = entries[k].duration_us;

	if ((x < 0) != (y < 0))
		return x < 0 ? -1 : 1;
	if (x != y && x >= 0)
		return x > y ? -1 : 1;
	return i - k;
}

void schedule__longest_first(struct schedule *schedule)
{
	qsort_r(schedule->order, schedule->cnt, sizeof(schedule->order[0]), by_duration,
		schedule->entries);
}

int schedule__serial_last(struct schedule *schedule)
{
	int *order = calloc(schedule->cnt + 1, sizeof(*order));
	int i, serial, place = 0;

	if (!order)
		return -ENOMEM;
	for (serial = 0; serial <= 1; serial++) {
		for (i = 0; i < schedule->cnt; i++) {
			if (schedule->entries[schedule->order[i]].is_serial == serial)
				order[place++] = schedule->order[i];
		}
	}
	free(schedule->order);
	schedule->order = order;
	return 0;
}

static int places_of(const struct schedule_machine *machine, const struct schedule_entry *entry)
{
	return entry->places < machine->places ? entry->places : machine->places;
}

static int free_places(const struct schedule_machine *machine)
{
	return machine->places - machine->used_places;
}

static bool has_room(const struct schedule_machine *machine, const struct schedule_entry *entry)
{
	if (!machine->running)
		return true;
	if (places_of(machine, entry) > free_places(machine))
		return false;
	return !machine->memory_mib || !entry->memory_mib ||
	       machine->used_memory_mib + entry->memory_mib <= machine->memory_mib;
}

/* Return: true if an earlier test waits for a lock of the test at @place. */
static bool is_waited_for(const struct schedule *schedule, int place)
{
	const struct schedule_entry *entry = &schedule->entries[schedule->order[place]];
	int i;

	for (i = 0; entry->locks && i < place; i++) {
		const struct schedule_entry *other = &schedule->entries[schedule->order[i]];

		if (other->state == SCHEDULE_WAITING && locks__conflict(entry->locks, other->locks))
			return true;
	}
	return false;
}

/* Return: true if a test that runs on this machine holds a lock of the test. */
static bool is_locked(const struct schedule *schedule, const struct schedule_entry *entry,
		      int machine)
{
	int i;

	for (i = 0; entry->locks && i < schedule->cnt; i++) {
		const struct schedule_entry *other = &schedule->entries[i];

		if (other->state == SCHEDULE_RUNNING && other->machine == machine &&
		    locks__conflict(entry->locks, other->locks))
			return true;
	}
	return false;
}

static bool must_be_alone(const struct schedule_entry *entry)
{
	return entry->is_serial || entry->is_alone;
}

/* Return: true if no test may start on this machine now, whichever it is. */
static bool is_full(const struct schedule *schedule, int number)
{
	const struct schedule_machine *machine = &schedule->machines[number];

	if (!machine->is_on || machine->is_kept || machine->is_taken)
		return true;
	if (schedule->one_by_one && (number || machine->running))
		return true;
	return machine->running && free_places(machine) <= 0;
}

/*
 * Choose the machine for a test.
 * @lacks_room: set to true if the test waits because a machine has not enough free places or memory
 *
 * Return: number of the machine, or -1 if the test has to wait.
 */
static int choose_machine(const struct schedule *schedule, const struct schedule_entry *entry,
			  bool *lacks_room)
{
	int i, best = -1;

	for (i = 0; i < schedule->machines_cnt; i++) {
		const struct schedule_machine *machine = &schedule->machines[i];

		if (is_full(schedule, i) || (must_be_alone(entry) && machine->running) ||
		    is_locked(schedule, entry, i))
			continue;
		if (!has_room(machine, entry))
			*lacks_room = true;
		else if (best < 0 || free_places(machine) > free_places(&schedule->machines[best]))
			best = i;
	}
	return best;
}

static void take(struct schedule *schedule, int index, int number)
{
	struct schedule_entry *entry = &schedule->entries[index];
	struct schedule_machine *machine = &schedule->machines[number];

	entry->state = SCHEDULE_RUNNING;
	entry->machine = number;
	schedule->waiting--;
	schedule->running++;
	machine->running++;
	machine->used_places += places_of(machine, entry);
	machine->used_memory_mib += entry->memory_mib;
	machine->is_taken = must_be_alone(entry);
}

static void release(struct schedule *schedule, struct schedule_entry *entry)
{
	struct schedule_machine *machine = &schedule->machines[entry->machine];

	schedule->running--;
	machine->running--;
	machine->used_places -= places_of(machine, entry);
	machine->used_memory_mib -= entry->memory_mib;
	machine->is_taken = false;
}

static void pass_over(struct schedule *schedule, int place)
{
	int i;

	for (i = 0; i < place; i++) {
		struct schedule_entry *entry = &schedule->entries[schedule->order[i]];

		if (entry->state == SCHEDULE_WAITING && entry->waits_for_room)
			entry->passed_over++;
	}
}

void schedule__only(struct schedule *schedule, const bool *wanted, bool one_by_one)
{
	int i;

	schedule->waiting = 0;
	schedule->one_by_one = one_by_one;
	for (i = 0; i < schedule->cnt; i++) {
		schedule->entries[i].state = wanted[i] ? SCHEDULE_WAITING : SCHEDULE_ENDED;
		schedule->entries[i].waits_for_room = false;
		schedule->entries[i].passed_over = 0;
		schedule->waiting += wanted[i];
	}
}

int schedule__none(struct schedule *schedule)
{
	bool *wanted = calloc(schedule->cnt + 1, sizeof(*wanted));

	if (!wanted)
		return -ENOMEM;
	schedule__only(schedule, wanted, false);
	free(wanted);
	return 0;
}

static int places_in_total(const struct schedule *schedule)
{
	int i, places = 0;

	for (i = 0; i < schedule->machines_cnt; i++)
		places += schedule->machines[i].is_on ? schedule->machines[i].places : 0;
	return places;
}

static bool may_be_kept(const struct schedule *schedule, int number)
{
	return schedule->machines[number].is_on && !schedule->machines[number].is_kept;
}

/* Keep a machine free for a waiting test: the one that is least busy, and then always the same. */
static void keep_machine(struct schedule *schedule, struct schedule_entry *entry)
{
	const struct schedule_machine *machines = schedule->machines;
	int i, best = entry->machine;

	if (best < 0 || !may_be_kept(schedule, best)) {
		best = -1;
		for (i = 0; i < schedule->machines_cnt; i++) {
			if (may_be_kept(schedule, i) &&
			    (best < 0 || machines[i].running < machines[best].running))
				best = i;
		}
	}
	entry->machine = best;
	if (best >= 0)
		schedule->machines[best].is_kept = true;
}

/* Return: true if nothing can start before another test has ended. */
static bool is_all_full(const struct schedule *schedule)
{
	int i;

	for (i = 0; i < schedule->machines_cnt; i++) {
		if (!is_full(schedule, i))
			return false;
	}
	return true;
}

int schedule__next(struct schedule *schedule)
{
	int i, place;

	for (i = 0; i < schedule->machines_cnt; i++)
		schedule->machines[i].is_kept = false;
	for (place = 0; place < schedule->cnt && !is_all_full(schedule); place++) {
		int machine, index = schedule->order[place];
		struct schedule_entry *entry = &schedule->entries[index];
		bool lacks_room = false;

		if (entry->state != SCHEDULE_WAITING)
			continue;
		entry->waits_for_room = false;
		if (is_waited_for(schedule, place))
			continue;
		machine = choose_machine(schedule, entry, &lacks_room);
		if (machine >= 0) {
			pass_over(schedule, place);
			take(schedule, index, machine);
			return index;
		}
		if (entry->is_alone ||
		    (lacks_room && entry->passed_over >= places_in_total(schedule)))
			keep_machine(schedule, entry);
		entry->waits_for_room = lacks_room;
	}
	return -1;
}

void schedule__first_alone(struct schedule *schedule, int index)
{
	int place = 0;

	schedule->entries[index].is_alone = true;
	while (schedule->order[place] != index)
		place++;
	for (; place; place--)
		schedule->order[place] = schedule->order[place - 1];
	schedule->order[0] = index;
}

void schedule__queue(struct schedule *schedule, int index)
{
	int place = 0;

	while (schedule->order[place] != index)
		place++;
	for (; place < schedule->cnt - 1; place++)
		schedule->order[place] = schedule->order[place + 1];
	schedule->order[schedule->cnt - 1] = index;
	schedule->entries[index].state = SCHEDULE_WAITING;
	schedule->waiting++;
}

void schedule__end(struct schedule *schedule, int index)
{
	release(schedule, &schedule->entries[index]);
	schedule->entries[index].state = SCHEDULE_ENDED;
}

void schedule__put_back(struct schedule *schedule, int index)
{
	release(schedule, &schedule->entries[index]);
	schedule->entries[index].state = SCHEDULE_WAITING;
	schedule->entries[index].machine = -1;
	schedule->waiting++;
}

void schedule__free(struct schedule *schedule)
{
	free(schedule->entries);
	free(schedule->order);
	free(schedule->machines);
	memset(schedule, 0, sizeof(*schedule));
}
