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
		.places = places,
		.memory_mib = memory_mib,
		.waiting = cnt,
	};
	if (!schedule->entries || !schedule->order)
		return -ENOMEM;
	for (i = 0; i < cnt; i++) {
		schedule->order[i] = i;
		schedule->entries[i].places = 1;
		schedule->entries[i].duration_us = -1;
	}
	return 0;
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

static int places_of(const struct schedule *schedule, const struct schedule_entry *entry)
{
	return entry->places < schedule->places ? entry->places : schedule->places;
}

static bool has_room(const struct schedule *schedule, const struct schedule_entry *entry)
{
	if (!schedule->running)
		return true;
	if (schedule->used_places + places_of(schedule, entry) > schedule->places)
		return false;
	return !schedule->memory_mib || !entry->memory_mib ||
	       schedule->used_memory_mib + entry->memory_mib <= schedule->memory_mib;
}

/* Return: true if a lock of this test is held by another one, or an earlier test waits for it. */
static bool is_locked(const struct schedule *schedule, int place)
{
	const struct schedule_entry *entry = &schedule->entries[schedule->order[place]];
	int i;

	if (!entry->locks)
		return false;
	for (i = 0; i < schedule->cnt; i++) {
		const struct schedule_entry *other = &schedule->entries[schedule->order[i]];

		if ((other->state == SCHEDULE_RUNNING ||
		     (other->state == SCHEDULE_WAITING && i < place)) &&
		    locks__conflict(entry->locks, other->locks))
			return true;
	}
	return false;
}

static void take(struct schedule *schedule, int index)
{
	struct schedule_entry *entry = &schedule->entries[index];

	entry->state = SCHEDULE_RUNNING;
	schedule->waiting--;
	schedule->running++;
	schedule->used_places += places_of(schedule, entry);
	schedule->used_memory_mib += entry->memory_mib;
	schedule->serial_runs = entry->is_serial;
}

static void release(struct schedule *schedule, struct schedule_entry *entry)
{
	schedule->running--;
	schedule->used_places -= places_of(schedule, entry);
	schedule->used_memory_mib -= entry->memory_mib;
	schedule->serial_runs = false;
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

int schedule__next(struct schedule *schedule)
{
	int place, index;

	if (schedule->serial_runs || (schedule->one_by_one && schedule->running) ||
	    (schedule->running && schedule->used_places >= schedule->places))
		return -1;
	for (place = 0; place < schedule->cnt; place++) {
		struct schedule_entry *entry;

		index = schedule->order[place];
		entry = &schedule->entries[index];
		if (entry->state != SCHEDULE_WAITING)
			continue;
		/*
		 * Earlier tests can only wait for a running test. If no test runs, this serial test
		 * is the next.
		 */
		if (entry->is_serial && schedule->running)
			return -1;
		entry->waits_for_room = false;
		if (is_locked(schedule, place))
			continue;
		if (has_room(schedule, entry)) {
			pass_over(schedule, place);
			take(schedule, index);
			return index;
		}
		if (entry->passed_over >= schedule->places)
			return -1;
		entry->waits_for_room = true;
	}
	return -1;
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
	schedule->waiting++;
}

void schedule__free(struct schedule *schedule)
{
	free(schedule->entries);
	free(schedule->order);
	memset(schedule, 0, sizeof(*schedule));
}
