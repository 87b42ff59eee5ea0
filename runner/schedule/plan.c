// SPDX-License-Identifier: GPL-2.0-only
/* Turns selection, declarations, history and options into a schedule. Starts nothing. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "runner/system/clock.h"
#include "runner/packets/packets.h"
#include "runner/schedule/plan.h"

static int add_test(struct runner *runner, const struct test_entry *entry, int number)
{
	struct test_outcome *test = &runner->tests[runner->tests_cnt];

	test->entry = entry;
	test->outcome.name = strdup(entry->name);
	test->outcome.number = number;
	if (!test->outcome.name)
		return -ENOMEM;
	runner->tests_cnt++;
	return 0;
}

int plan__select(struct runner *runner)
{
	struct selection *selection = runner->selection;
	int i, place = 0;

	runner->tests = calloc(test_entries_cnt + 1, sizeof(*runner->tests));
	if (!runner->tests)
		return -ENOMEM;
	for (i = 0; i < test_entries_cnt; i++) {
		const struct test_entry *entry = &test_entries[i];

		selection__note_test(selection, entry->name, i + 1);
		packets__note_test(runner, entry->name);
		if (!selection__has_test(selection, entry->name, i + 1)) {
			packets__note_elsewhere(runner, entry->name);
			continue;
		}
		if (!shard__has(&runner->options->shard, place++)) {
			selection__note_elsewhere(selection, entry->name, i + 1);
			packets__note_elsewhere(runner, entry->name);
			runner->elsewhere_cnt++;
			continue;
		}
		if (add_test(runner, entry, i + 1))
			return -ENOMEM;
	}
	return 0;
}

static void describe(struct runner *runner, int i)
{
	struct schedule_entry *entry = &runner->schedule.entries[i];
	const char *name = runner->tests[i].outcome.name;
	const struct test_costs *costs = costs__of(name);

	entry->locks = locks__of(name);
	if (costs && costs->cpus)
		entry->places = costs->cpus;
	if (costs)
		entry->memory_mib = costs->memory_mib;
	/* Where tests run one by one anyway, serial ones keep their place. */
	entry->is_serial = runner->options->parallel && registry__is_serial(runner->tests[i].entry);
	entry->duration_us = history__duration_us(&runner->history, &runner->history_key, name);
}

static void note_in_header(struct runner *runner)
{
	struct run_info *info = &runner->info;

	info->shard = runner->options->shard.number;
	info->shards = runner->options->shard.total;
	info->tests = runner->tests_cnt;
	info->tests_of_all_shards = runner->tests_cnt + runner->elsewhere_cnt;
}

int plan__order(struct runner *runner)
{
	const struct run_options *options = runner->options;
	struct run_info *info = &runner->info;
	int i;

	if (schedule__begin(&runner->schedule, runner->tests_cnt, options->jobs, info->mem_mib))
		return -ENOMEM;
	for (i = 0; i < runner->tests_cnt; i++)
		describe(runner, i);
	note_in_header(runner);
	if (options->shuffle) {
		info->is_shuffled = true;
		info->seed = options->seed;
		if (!options->has_seed && getrandom(&info->seed, sizeof(info->seed), 0) < 0)
			info->seed = clock__now_ns();
		schedule__shuffle(&runner->schedule, info->seed);
	} else if (options->parallel) {
		schedule__longest_first(&runner->schedule);
	}
	return schedule__serial_last(&runner->schedule);
}

static int failed_tests(const struct runner *runner)
{
	int i, cnt = 0;

	for (i = 0; i < runner->tests_cnt; i++)
		cnt += result__is_failure(runner->tests[i].outcome.result);
	return cnt;
}

static void stop(struct runner *runner)
{
	runner->stop_reason = runner->stop_text;
	runner->stop_is_asked = true;
}

void plan__check_limits(struct runner *runner)
{
	const struct run_options *options = runner->options;
	int failed = options->fail_fast ? failed_tests(runner) : 0;

	if (options->fail_fast && failed >= options->fail_fast) {
		snprintf(runner->stop_text, sizeof(runner->stop_text),
			 "--fail-fast: %d test%s failed", failed, failed == 1 ? "" : "s");
		stop(runner);
	} else if (options->max_time_ms &&
		   clock__now_ns() - runner->start_ns >= options->max_time_ms * NS_PER_MS) {
		snprintf(runner->stop_text, sizeof(runner->stop_text),
			 "--max-time: %" PRId64 " s have passed", options->max_time_ms / 1000);
		stop(runner);
	}
}
