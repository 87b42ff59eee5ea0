// SPDX-License-Identifier: GPL-2.0-only
/* Charges splats to tests. Reads the kernel's log through kernel_log.h, and its taint. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "runner/system/clock.h"
#include "runner/text/printable.h"
#include "runner/reports/status_lines.h"
#include "runner/blame/splats.h"
#include "runner/process/unit_parts.h"

/* A splat without an end of its own is over when nothing has come for so long. */
#define QUIET_NS (300 * 1000000ULL)

/* Letters of Documentation/admin-guide/tainted-kernels.rst, bit 0 first. */
static const char taint_letters[] = "PFSRMBUDAWCIOELKXTNJ";
/* A machine check, a bad page, an Oops, a warning, a soft lockup. */
static const char taint_trouble[] = "MBDWL";

static struct test_unit *unit_of(struct runner *runner, const struct splat *splat)
{
	int i;

	if (!splat->has_task || !splat->pid || splat->in_interrupt)
		return NULL;
	for (i = 0; i < runner->options->jobs; i++) {
		struct test_unit *unit = &runner->units[i];

		if (unit->state != UNIT_FREE && unit__has_process(unit, splat->pid))
			return unit;
	}
	return NULL;
}

/* A test that expects it has it, whoever's task it is. */
static struct test_unit *unit_that_expects(struct runner *runner, const struct splat *splat)
{
	int i;

	for (i = 0; i < runner->options->jobs; i++) {
		struct test_unit *unit = &runner->units[i];

		if (unit->state != UNIT_FREE && unit__expects_splat(unit, splat))
			return unit;
	}
	return NULL;
}

/* In the phases in which suspects run again there is only one that it can be. */
static struct test_unit *unit_that_is_alone(struct runner *runner)
{
	bool is_alone = runner->again.is_running || runner->journal.is_alone;
	int i;

	for (i = 0; is_alone && i < runner->options->jobs; i++) {
		if (runner->units[i].state != UNIT_FREE)
			return &runner->units[i];
	}
	return NULL;
}

/* Takes the splat over. */
static void suspect_all(struct runner *runner, struct splat *splat)
{
	struct open_splat *open =
		open_splats__add(&runner->splats.open, splat, runner->options->jobs);
	int i;

	for (i = 0; open && i < runner->options->jobs; i++) {
		if (runner->units[i].state != UNIT_FREE)
			open->suspects[open->suspects_cnt++] =
				runner->units[i].test - runner->tests;
	}
}

/* Takes the splat over. */
static void charge(struct runner *runner, struct splat *splat)
{
	struct test_unit *unit;

	if (!splat)
		return;
	runner->splats.seen++;
	unit = unit_of(runner, splat);
	if (!unit)
		unit = unit_that_expects(runner, splat);
	if (!unit) {
		unit = unit_that_is_alone(runner);
		/* After a restart, it may be what it was suspected of before. */
		if (unit)
			splats__convict(runner, unit->test);
	}
	runner__debug(runner, "splat of process %d (%s): %s", splat->has_task ? splat->pid : -1,
		      splat->comm, splat->title);
	events__splat(&runner->events, splat, unit ? unit->test : NULL,
		      unit ? unit__current_outcome(unit) : NULL,
		      unit && unit__expects_splat(unit, splat));
	if (unit) {
		unit__take_splat(unit, splat);
		splat__free(splat);
	} else {
		suspect_all(runner, splat);
	}
}

/* Who uses the memory up is not always who is killed for it. */
static void note_victim(struct runner *runner, const struct kernel_log_line *line)
{
	int i, pid;

	/* "Memory cgroup out of memory: ..." is about a limit of the test's own. */
	if (line->facility || sscanf(line->text, "Out of memory: Killed process %d", &pid) != 1)
		return;
	for (i = 0; i < runner->options->jobs; i++)
		runner->units[i].is_out_of_memory |= runner->units[i].state != UNIT_FREE &&
						     runner->units[i].pid == pid;
}

static void on_line(void *context, const struct kernel_log_line *line)
{
	struct runner *runner = context;
	struct splat *ended;

	note_victim(runner, line);
	if (splat_callers__add(&runner->splats.callers, line, &ended))
		runner->splats.last_line_ns = clock__now_ns();
	charge(runner, ended);
}

static uint64_t read_taint(void)
{
	FILE *file = fopen("/proc/sys/kernel/tainted", "re");
	uint64_t bits = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%" SCNu64, &bits) != 1)
		bits = 0;
	fclose(file);
	return bits;
}

void splats__begin(struct runner *runner)
{
	runner->splats.taint = read_taint();
	runner->kernel_log.on_line = on_line;
	runner->kernel_log.context = runner;
}

/* What the tests that ran may have done cannot be known: they run again alone. */
static void suspect_of_gap(struct runner *runner)
{
	struct open_splats *open_splats = &runner->splats.open;
	struct open_splat *open = open_splats__find(open_splats, OPEN_SPLAT_GAP);
	struct splat *splat;
	int i;

	if (!open) {
		splat = splat__new(OPEN_SPLAT_GAP, OPEN_SPLAT_GAP "\n");
		if (splat)
			events__splat(&runner->events, splat, NULL, NULL, false);
		open = splat ? open_splats__add(open_splats, splat, runner->tests_cnt) : NULL;
	}
	for (i = 0; open && i < runner->options->jobs; i++) {
		int test = runner->units[i].test - runner->tests;

		if (runner->units[i].state != UNIT_FREE && !open_splat__suspects(open, test))
			open->suspects[open->suspects_cnt++] = test;
	}
}

/* Alone it logs faster than it can be read: nobody can say that there is no splat of it. */
static void charge_gap(struct runner *runner, struct test_unit *unit)
{
	struct splat *splat;

	if (unit->test->outcome.splat)
		return;
	splat = splat__new(OPEN_SPLAT_GAP, OPEN_SPLAT_GAP "\n");
	if (!splat)
		return;
	events__splat(&runner->events, splat, unit->test, unit__current_outcome(unit), false);
	unit__take_splat(unit, splat);
	splat__free(splat);
}

static void look_for_gap(struct runner *runner)
{
	struct splats *splats = &runner->splats;
	struct test_unit *alone;

	if (splats->gaps == runner->kernel_log.overwritten)
		return;
	splats->gaps = runner->kernel_log.overwritten;
	alone = unit_that_is_alone(runner);
	if (alone)
		charge_gap(runner, alone);
	else if (runner->running)
		suspect_of_gap(runner);
}

void splats__end_again(struct runner *runner)
{
	open_splats__drop(&runner->splats.open, OPEN_SPLAT_GAP);
}

void splats__read(struct runner *runner)
{
	struct splats *splats = &runner->splats;
	struct splat *splat;

	kernel_log__read(&runner->kernel_log);
	look_for_gap(runner);
	if (clock__now_ns() <= splats->last_line_ns + QUIET_NS)
		return;
	while ((splat = splat_callers__end(&splats->callers)))
		charge(runner, splat);
}

bool splats__settle(struct runner *runner)
{
	splats__read(runner);
	return !splat_callers__is_open(&runner->splats.callers);
}

void splats__end_own(struct runner *runner, struct test_unit *unit)
{
	int i;

	for (i = 0; i < SPLAT_CALLERS_MAX; i++) {
		struct splat_parser *parser = &runner->splats.callers.callers[i].parser;

		if (parser->open && !parser->is_mixed && unit_of(runner, parser->open) == unit)
			charge(runner, splat_parser__end(parser));
	}
}

static char *running_tests(const struct runner *runner)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	const char *comma = "";
	int i;

	if (!out)
		return NULL;
	for (i = 0; i < runner->options->jobs; i++) {
		if (runner->units[i].state == UNIT_FREE)
			continue;
		fprintf(out, "%s%s", comma, runner->units[i].test->outcome.name);
		comma = ", ";
	}
	if (!*comma)
		fputs("no test", out);
	fclose(out);
	return text;
}

/* The letters of @bits; a bit without one is its number. */
static void print_taint(FILE *out, uint64_t bits)
{
	const char *comma = "";
	unsigned int i;

	for (i = 0; i < 64; i++) {
		if (!(bits >> i & 1))
			continue;
		if (i < sizeof(taint_letters) - 1)
			fprintf(out, "%s%c", comma, taint_letters[i]);
		else
			fprintf(out, "%sbit %u", comma, i);
		comma = ", ";
	}
}

static bool is_trouble(uint64_t bits)
{
	unsigned int i;

	for (i = 0; i < sizeof(taint_letters) - 1; i++) {
		if (bits >> i & 1 && strchr(taint_trouble, taint_letters[i]))
			return true;
	}
	return false;
}

void splats__look_at_taint(struct runner *runner)
{
	struct splats *splats = &runner->splats;
	uint64_t bits = read_taint(), fresh = bits & ~splats->taint;
	bool is_explained = splats->seen != splats->at_taint;
	struct new_taint *grown;

	splats->at_taint = splats->seen;
	splats->taint |= bits;
	/* Any splat explains trouble; none explains, say, a module from elsewhere. */
	if (!fresh || (is_explained && is_trouble(fresh)))
		return;
	grown = reallocarray(splats->taints, splats->taints_cnt + 1, sizeof(*grown));
	if (!grown)
		return;
	splats->taints = grown;
	grown[splats->taints_cnt++] = (struct new_taint){
		.bits = fresh,
		.tests = running_tests(runner),
		.is_trouble = is_trouble(fresh),
	};
}

bool splats__is_suspected(const struct runner *runner, const struct test_outcome *test)
{
	return open_splats__has_suspect(&runner->splats.open, test - runner->tests);
}

void splats__convict(struct runner *runner, const struct test_outcome *test)
{
	open_splats__explain(&runner->splats.open, test - runner->tests);
}

bool splats__fail_run(const struct runner *runner)
{
	int i;

	for (i = 0; i < runner->splats.taints_cnt; i++) {
		if (runner->splats.taints[i].is_trouble)
			return true;
	}
	return runner->splats.open.cnt;
}

static void print_splat(const struct runner *runner, const struct open_splat *open, FILE *out)
{
	const struct splat *splat = open->splat;
	char *title = printable_line(splat->title, strlen(splat->title));
	char *text = printable(splat->text, splat->text_bytes);
	int i;

	fprintf(out, "  %s\n", title ?: "");
	fprintf(out, "  running: %s", open->suspects_cnt ? "" : "no test");
	for (i = 0; i < open->suspects_cnt; i++)
		fprintf(out, "%s%s", i ? ", " : "", runner->tests[open->suspects[i]].outcome.name);
	fprintf(out, "\n%s", text ?: "");
	free(title);
	free(text);
}

void splats__print(const struct runner *runner, FILE *out)
{
	const struct splats *splats = &runner->splats;
	int i;

	for (i = 0; i < splats->taints_cnt; i++) {
		fputs("Taint: ", out);
		print_taint(out, splats->taints[i].bits);
		fprintf(out, " new, and no splat explains it; running: %s\n",
			splats->taints[i].tests ?: "not known");
	}
	if (runner->kernel_log.overwritten)
		fprintf(out, "Kernel log: %" PRIu64 " gap%s\n", runner->kernel_log.overwritten,
			runner->kernel_log.overwritten == 1 ? "" : "s");
	if (!splats->open.cnt)
		return;
	fprintf(out, "Kernel log: %d splat%s not charged to a test\n", splats->open.cnt,
		splats->open.cnt == 1 ? "" : "s");
	for (i = 0; i < splats->open.cnt; i++)
		print_splat(runner, &splats->open.list[i], out);
}

static struct json_object *printable_object(const char *text, size_t len)
{
	char *shown = printable(text, len);
	struct json_object *object = json_object_new_string(shown ?: "");

	free(shown);
	return object;
}

static struct json_object *open_object(const struct runner *runner, const struct open_splat *open)
{
	struct json_object *object = json_object_new_object();
	struct json_object *running = json_object_new_array();
	int i;

	for (i = 0; i < open->suspects_cnt; i++)
		json_object_array_add(running,
				      json_object_new_string(
					      runner->tests[open->suspects[i]].outcome.name));
	json_object_object_add(object, "title",
			       printable_object(open->splat->title, strlen(open->splat->title)));
	json_object_object_add(object, "text",
			       printable_object(open->splat->text, open->splat->text_bytes));
	json_object_object_add(object, "running", running);
	return object;
}

struct json_object *splats__object(const struct runner *runner)
{
	const struct splats *splats = &runner->splats;
	struct json_object *object = json_object_new_object();
	struct json_object *open = json_object_new_array();
	struct json_object *taints = json_object_new_array();
	int i;

	for (i = 0; i < splats->open.cnt; i++)
		json_object_array_add(open, open_object(runner, &splats->open.list[i]));
	for (i = 0; i < splats->taints_cnt; i++) {
		struct json_object *taint = json_object_new_object();

		json_object_object_add(taint, "bits",
				       json_object_new_int64(splats->taints[i].bits));
		json_object_object_add(taint, "running",
				       json_object_new_string(splats->taints[i].tests ?: ""));
		json_object_array_add(taints, taint);
	}
	json_object_object_add(object, "is_read",
			       json_object_new_boolean(!runner->kernel_log.error));
	json_object_object_add(object, "gaps",
			       json_object_new_int64(runner->kernel_log.overwritten));
	json_object_object_add(object, "not_charged", open);
	json_object_object_add(object, "new_taint", taints);
	return object;
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
