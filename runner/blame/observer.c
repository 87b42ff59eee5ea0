// SPDX-License-Identifier: GPL-2.0-only
/* Passes the questions of units on to the functions in blame/ that answer them. */
#include "runner/blame/expected_splats.h"
#include "runner/blame/kernel_lines.h"
#include "runner/blame/observer.h"

static void expects_splat(void *context, struct unit *unit, const struct record *record)
{
	expected_splats__add(unit, record);
}

static void process_ends(void *context, struct unit *unit)
{
	struct blame *blame = context;

	splats__read(blame->splats);
	splats__end_own(blame->splats, unit);
}

static bool has_heard_all(void *context)
{
	struct blame *blame = context;

	return splats__settle(blame->splats);
}

static bool is_settled(void *context, struct unit *unit)
{
	struct blame *blame = context;

	return left_behind__settle(blame->audit, unit->test, &unit->audit_limit_ns);
}

static void part_ends(void *context, struct unit *unit, const struct outcome *where)
{
	struct blame *blame = context;

	process_ends(context, unit);
	expected_splats__end_part(unit, where, blame->splats->log->fd >= 0);
	if (!where)
		splats__look_at_taint(blame->splats);
}

static void hangs(void *context, struct unit *unit)
{
	struct blame *blame = context;

	kernel_lines__log(unit, blame->splats);
}

static void cannot_be_killed(void *context, struct unit *unit)
{
	struct blame *blame = context;

	kernel_lines__log_stuck_machine(unit, blame->splats);
}

static void left_process(void *context, const char *text)
{
	struct blame *blame = context;

	undecided__add(blame->undecided, text);
}

struct unit_observer blame__observer(struct blame *blame)
{
	return (struct unit_observer){
		.context = blame,
		.expects_splat = expects_splat,
		.process_ends = process_ends,
		.has_heard_all = has_heard_all,
		.is_settled = is_settled,
		.part_ends = part_ends,
		.hangs = hangs,
		.cannot_be_killed = cannot_be_killed,
		.left_process = left_process,
	};
}
