// SPDX-License-Identifier: GPL-2.0-only
/* Turns selection, declarations, history and options into a schedule. Starts nothing. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "runner/schedule/locks.h"
#include "runner/schedule/plan.h"
#include "runner/selection/registry.h"
#include "runner/selection/selection.h"
#include "runner/system/clock.h"

static int add_test(struct tests *tests, const struct test_entry *entry, int number)
{
	struct test_outcome *test = &tests->all[tests->cnt];

	test->entry = entry;
	test->outcome.name = strdup(entry->name);
	test->outcome.number = number;
	if (!test->outcome.name)
		return -ENOMEM;
	tests->cnt++;
	return 0;
}

/* Note a test that does not run here, so that a pattern for its subtests is not an error. */
static void note_elsewhere(struct selection *selection, const char *name, int number)
{
	if (selection)
		selection__note_elsewhere(selection, name, number);
}

int plan__select(struct tests *tests, int *elsewhere_cnt, const struct run_options *options,
		 struct selection *selection)
{
	int i, place = 0;

	*elsewhere_cnt = 0;
	tests->all = calloc(test_entries_cnt + 1, sizeof(*tests->all));
	if (!tests->all)
		return -ENOMEM;
	for (i = 0; i < test_entries_cnt; i++) {
		const char *name = test_entries[i].name;

		selection__note_test(selection, name, i + 1);
		if (options->captured)
			selection__note_test(options->captured, name, 0);
		if (!selection__has_test(selection, name, i + 1)) {
			note_elsewhere(options->captured, name, 0);
			continue;
		}
		if (!shard__has(&options->shard, place++)) {
			note_elsewhere(selection, name, i + 1);
			note_elsewhere(options->captured, name, 0);
			(*elsewhere_cnt)++;
			continue;
		}
		if (add_test(tests, &test_entries[i], i + 1))
			return -ENOMEM;
	}
	return 0;
}

static void describe(struct schedule_entry *entry, const struct test_outcome *test,
		     const struct run_options *options, const struct run_history *history)
{
	const char *name = test->outcome.name;
	const struct test_costs *costs = costs__of(name);

	entry->locks = locks__of(name);
	if (costs && costs->cpus)
		entry->places = costs->cpus;
	if (costs)
		entry->memory_mib = costs->memory_mib;
	/* Move serial tests to the end, unless tests run one by one anyway. */
	entry->is_serial = options->parallel && registry__is_serial(test->entry);
	entry->duration_us = history__duration_us(&history->history, &history->key, name);
}

static void shuffle(struct schedule *schedule, const struct run_options *options,
		    struct run_info *info)
{
	info->is_shuffled = true;
	info->seed = options->seed;
	if (!options->has_seed && getrandom(&info->seed, sizeof(info->seed), 0) < 0)
		info->seed = clock__now_ns();
	schedule__shuffle(schedule, info->seed);
}

int plan__order(struct schedule *schedule, const struct tests *tests,
		const struct run_options *options, const struct run_history *history,
		struct run_info *info)
{
	int i;

	if (schedule__begin(schedule, tests->cnt, options->jobs, info->mem_mib))
		return -ENOMEM;
	for (i = 0; i < tests->cnt; i++)
		describe(&schedule->entries[i], &tests->all[i], options, history);
	if (options->shuffle)
		shuffle(schedule, options, info);
	else if (options->parallel)
		schedule__longest_first(schedule);
	return schedule__serial_last(schedule);
}
