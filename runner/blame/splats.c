// SPDX-License-Identifier: GPL-2.0-only
/* Charges splats to tests. Reads the kernel's log through kernel_log.h, and the kernel's taint. */
#include <stdlib.h>
#include <string.h>

#include "runner/blame/expected_splats.h"
#include "runner/blame/splats.h"
#include "runner/kernel_log/taint.h"
#include "runner/process/unit_processes.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"

/* A splat without an end marker ends when the kernel has logged nothing more for this long. */
#define QUIET_NS (300 * 1000000ULL)

static struct unit *unit_of(const struct splats *splats, const struct splat *splat)
{
	if (!splat->has_task || !splat->pid || splat->in_interrupt)
		return NULL;
	return units__find_process(splats->units, splat->pid);
}

/* An expected splat belongs to the test that expects it, whatever task is in its header. */
static struct unit *unit_that_expects(const struct splats *splats, const struct splat *splat)
{
	const struct units *units = splats->units;
	int i;

	for (i = 0; i < units->cnt; i++) {
		if (units->all[i].state != UNIT_FREE && expected_splats__has(&units->all[i], splat))
			return &units->all[i];
	}
	return NULL;
}

/* Return: the running test, in the phases in which one test runs at a time; otherwise NULL. */
static struct unit *unit_that_is_alone(const struct splats *splats)
{
	const struct units *units = splats->units;
	int i;

	for (i = 0; units->phase != UNIT_PHASE_FIRST && i < units->cnt; i++) {
		if (units->all[i].state != UNIT_FREE)
			return &units->all[i];
	}
	return NULL;
}

static void add_running(const struct splats *splats, struct open_splat *open)
{
	int i;

	for (i = 0; i < splats->tests->cnt; i++) {
		if (splats->tests->all[i].is_running && !open_splat__suspects(open, i))
			open->suspects[open->suspects_cnt++] = i;
	}
}

/* Takes ownership of the splat. */
static void suspect_all(struct splats *splats, struct splat *splat)
{
	struct open_splat *open = open_splats__add(&splats->open, splat, splats->tests->cnt);

	if (open)
		add_running(splats, open);
}

static void tell(const struct splats *splats, const struct splat *splat, const struct unit *unit,
		 bool is_expected)
{
	event_sink__tell(splats->units->sink,
			 &(struct event){
				 .kind = EVENT_SPLAT,
				 .test = unit ? unit->test : NULL,
				 .where = unit ? unit__current_outcome(unit) : NULL,
				 .splat = { splat, is_expected },
			 });
}

/* Takes ownership of the splat. */
static void charge(struct splats *splats, struct splat *splat)
{
	struct unit *unit;

	if (!splat)
		return;
	splats->seen++;
	unit = unit_of(splats, splat);
	if (!unit)
		unit = unit_that_expects(splats, splat);
	if (!unit) {
		unit = unit_that_is_alone(splats);
		/* Drop an open splat with this title: the test was suspected before a restart. */
		if (unit)
			splats__convict(splats, unit->test);
	}
	event_sink__debug(splats->units->sink, "splat of process %d (%s): %s",
			  splat->has_task ? splat->pid : -1, splat->comm, splat->title);
	tell(splats, splat, unit, unit && expected_splats__has(unit, splat));
	if (unit) {
		expected_splats__take(unit, splat);
		splat__free(splat);
	} else {
		suspect_all(splats, splat);
	}
}

/* Remember the test that the OOM killer has killed, perhaps not the one that used the memory. */
static void note_victim(struct splats *splats, const struct kernel_log_line *line)
{
	int i, pid;

	/* Skip "Memory cgroup out of memory: ...", which is about a limit that the test has set. */
	if (line->facility || sscanf(line->text, "Out of memory: Killed process %d", &pid) != 1)
		return;
	for (i = 0; i < splats->units->cnt; i++) {
		struct unit *unit = &splats->units->all[i];

		unit->is_out_of_memory |= unit->state != UNIT_FREE && unit->pid == pid;
	}
}

static void on_line(void *context, const struct kernel_log_line *line)
{
	struct splats *splats = context;
	struct splat *ended;

	note_victim(splats, line);
	if (splat_callers__add(&splats->callers, line, &ended))
		splats->last_line_ns = clock__now_ns();
	charge(splats, ended);
}

void splats__begin(struct splats *splats, struct kernel_log *log, const struct units *units,
		   const struct tests *tests)
{
	splats->log = log;
	splats->units = units;
	splats->tests = tests;
	splats->taint = taint__read();
	log->on_line = on_line;
	log->context = splats;
}

/* Suspect all running tests of a splat that a gap in the log may hide: they are rerun alone. */
static void suspect_of_gap(struct splats *splats)
{
	struct open_splats *open_splats = &splats->open;
	struct open_splat *open = open_splats__find(open_splats, OPEN_SPLAT_GAP);
	struct splat *splat;

	if (!open) {
		splat = splat__new(OPEN_SPLAT_GAP, OPEN_SPLAT_GAP "\n");
		if (splat)
			tell(splats, splat, NULL, false);
		open = splat ? open_splats__add(open_splats, splat, splats->tests->cnt) : NULL;
	}
	if (open)
		add_running(splats, open);
}

/* Charge a test that runs alone with a gap in the kernel's log: the gap may hide a splat. */
static void charge_gap(struct splats *splats, struct unit *unit)
{
	struct splat *splat;

	if (unit->test->outcome.splat)
		return;
	splat = splat__new(OPEN_SPLAT_GAP, OPEN_SPLAT_GAP "\n");
	if (!splat)
		return;
	tell(splats, splat, unit, false);
	expected_splats__take(unit, splat);
	splat__free(splat);
}

static void look_for_gap(struct splats *splats)
{
	struct unit *alone;

	if (splats->gaps == splats->log->overwritten)
		return;
	splats->gaps = splats->log->overwritten;
	alone = unit_that_is_alone(splats);
	if (alone)
		charge_gap(splats, alone);
	else if (splats->units->running)
		suspect_of_gap(splats);
}

void splats__end_rerun(struct splats *splats)
{
	open_splats__drop(&splats->open, OPEN_SPLAT_GAP);
}

void splats__read(struct splats *splats)
{
	struct splat *splat;

	kernel_log__read(splats->log);
	look_for_gap(splats);
	if (clock__now_ns() <= splats->last_line_ns + QUIET_NS)
		return;
	while ((splat = splat_callers__end(&splats->callers)))
		charge(splats, splat);
}

bool splats__settle(struct splats *splats)
{
	splats__read(splats);
	return !splat_callers__is_open(&splats->callers);
}

void splats__end_own(struct splats *splats, struct unit *unit)
{
	int i;

	for (i = 0; i < SPLAT_CALLERS_MAX; i++) {
		struct splat_parser *parser = &splats->callers.callers[i].parser;

		if (parser->open && !parser->is_mixed && unit_of(splats, parser->open) == unit)
			charge(splats, splat_parser__end(parser));
	}
}

static char *running_tests(const struct units *units)
{
	char *names = units__running_names(units, false);

	if (names && !*names) {
		free(names);
		return strdup("no test");
	}
	return names;
}

void splats__add_taint(struct splats *splats, uint64_t bits, const char *tests)
{
	struct new_taint *grown =
		reallocarray(splats->taints, splats->taints_cnt + 1, sizeof(*grown));

	if (!grown)
		return;
	splats->taints = grown;
	grown[splats->taints_cnt++] = (struct new_taint){
		.bits = bits,
		.tests = strdup(tests),
		.is_trouble = taint__is_trouble(bits),
	};
}

void splats__look_at_taint(struct splats *splats)
{
	uint64_t bits = taint__read(), fresh = bits & ~splats->taint;
	bool is_explained = splats->seen != splats->at_taint;
	autofree char *tests = NULL;

	splats->at_taint = splats->seen;
	splats->taint |= bits;
	/*
	 * Any splat explains a taint that means trouble. It does not explain other taints, such as
	 * that of an out-of-tree module.
	 */
	if (!fresh || (is_explained && taint__is_trouble(fresh)))
		return;
	tests = running_tests(splats->units);
	splats__add_taint(splats, fresh, tests ?: "not known");
}

bool splats__is_suspected(const struct splats *splats, const struct test_outcome *test)
{
	return open_splats__has_suspect(&splats->open, test - splats->tests->all);
}

void splats__convict(struct splats *splats, const struct test_outcome *test)
{
	open_splats__explain(&splats->open, test - splats->tests->all);
}

bool splats__fail_run(const struct splats *splats)
{
	int i;

	for (i = 0; i < splats->taints_cnt; i++) {
		if (splats->taints[i].is_trouble)
			return true;
	}
	return splats->open.cnt;
}

void splats__end(struct splats *splats)
{
	struct splat *splat;
	int i;

	while ((splat = splat_callers__end(&splats->callers)))
		splat__free(splat);
	open_splats__free(&splats->open);
	for (i = 0; i < splats->taints_cnt; i++)
		free(splats->taints[i].tests);
	free(splats->taints);
}
