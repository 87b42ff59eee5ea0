// SPDX-License-Identifier: GPL-2.0-only
/* Charges splats to tests. Reads the kernel's log through kernel_log.h, and its taint. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "runner/printable.h"
#include "runner/report.h"
#include "runner/splats.h"
#include "runner/unit_parts.h"

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

/* In the phase in which suspects run again there is only one that it can be. */
static struct test_unit *unit_that_is_alone(struct runner *runner)
{
	int i;

	for (i = 0; runner->again.is_running && i < runner->options->jobs; i++) {
		if (runner->units[i].state != UNIT_FREE)
			return &runner->units[i];
	}
	return NULL;
}

/* Takes the splat over. */
static void suspect_all(struct runner *runner, struct splat *splat)
{
	struct splats *splats = &runner->splats;
	struct open_splat *grown = reallocarray(splats->open, splats->open_cnt + 1, sizeof(*grown));
	struct open_splat *open;
	int i;

	if (!grown) {
		splat__free(splat);
		return;
	}
	splats->open = grown;
	open = &splats->open[splats->open_cnt++];
	*open = (struct open_splat){ .splat = splat };
	open->suspects = calloc(runner->options->jobs, sizeof(*open->suspects));
	for (i = 0; open->suspects && i < runner->options->jobs; i++) {
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
	if (!unit)
		unit = unit_that_is_alone(runner);
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

static void on_line(void *context, const struct kernel_log_line *line)
{
	struct runner *runner = context;

	charge(runner, splat_parser__add(&runner->splats.parser, line));
	if (runner->splats.parser.open)
		runner->splats.last_line_ns = runner__now_ns();
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

void splats__read(struct runner *runner)
{
	struct splats *splats = &runner->splats;

	kernel_log__read(&runner->kernel_log);
	if (splats->parser.open && runner__now_ns() > splats->last_line_ns + QUIET_NS)
		charge(runner, splat_parser__end(&splats->parser));
}

bool splats__settle(struct runner *runner)
{
	splats__read(runner);
	return !runner->splats.parser.open;
}

void splats__end_own(struct runner *runner, struct test_unit *unit)
{
	struct splat_parser *parser = &runner->splats.parser;

	if (parser->open && unit_of(runner, parser->open) == unit)
		charge(runner, splat_parser__end(parser));
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
	const struct splats *splats = &runner->splats;
	int i, k;

	for (i = 0; i < splats->open_cnt; i++) {
		for (k = 0; k < splats->open[i].suspects_cnt; k++) {
			if (&runner->tests[splats->open[i].suspects[k]] == test)
				return true;
		}
	}
	return false;
}

static void free_open(struct open_splat *open)
{
	splat__free(open->splat);
	free(open->suspects);
}

void splats__convict(struct runner *runner, const struct test_outcome *test)
{
	struct splats *splats = &runner->splats;
	int i, k, kept = 0;

	for (i = 0; i < splats->open_cnt; i++) {
		struct open_splat *open = &splats->open[i];
		bool is_explained = false;

		for (k = 0; k < open->suspects_cnt; k++)
			is_explained |= &runner->tests[open->suspects[k]] == test;
		if (is_explained)
			free_open(open);
		else
			splats->open[kept++] = *open;
	}
	splats->open_cnt = kept;
}

bool splats__fail_run(const struct runner *runner)
{
	int i;

	for (i = 0; i < runner->splats.taints_cnt; i++) {
		if (runner->splats.taints[i].is_trouble)
			return true;
	}
	return runner->splats.open_cnt;
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
		fprintf(out, "Kernel log: %" PRIu64 " gap%s, a splat may have been missed\n",
			runner->kernel_log.overwritten,
			runner->kernel_log.overwritten == 1 ? "" : "s");
	if (!splats->open_cnt)
		return;
	fprintf(out, "Kernel log: %d splat%s not charged to a test\n", splats->open_cnt,
		splats->open_cnt == 1 ? "" : "s");
	for (i = 0; i < splats->open_cnt; i++)
		print_splat(runner, &splats->open[i], out);
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

	for (i = 0; i < splats->open_cnt; i++)
		json_object_array_add(open, open_object(runner, &splats->open[i]));
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
	int i;

	splat__free(splat_parser__end(&splats->parser));
	for (i = 0; i < splats->open_cnt; i++)
		free_open(&splats->open[i]);
	for (i = 0; i < splats->taints_cnt; i++)
		free(splats->taints[i].tests);
	free(splats->open);
	free(splats->taints);
}
