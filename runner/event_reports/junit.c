// SPDX-License-Identifier: GPL-2.0-only
/* Writes JUnit XML with the writer of libxml2, which escapes markup. */
#include <errno.h>
#include <json-c/json.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/cases.h"
#include "runner/event_reports/junit.h"
#include "runner/event_reports/unique_names.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_field.h"
#include "runner/text/printable.h"

struct writing {
	xmlTextWriterPtr xml;
	const struct report_column *column;
	struct unique_names names; /* of the test cases of the column */
	bool has_failed;
};

static const xmlChar *x(const char *text)
{
	return (const xmlChar *)text;
}

static void check(struct writing *writing, int status)
{
	writing->has_failed |= status < 0;
}

/*
 * Make a text fit for XML, which cannot hold most control characters, not even escaped. Those are
 * printed as by printable.h, and so are U+FFFE and U+FFFF.
 *
 * Return: a string to be freed by the caller; NULL when out of memory.
 */
static char *xml_text(const char *text)
{
	char *shown = printable(text, strlen(text)), *at;

	/* Both are three bytes of UTF-8 that differ only in the last one: EF BF BE and EF BF BF. */
	for (at = shown; at && (at = strstr(at, "\xef\xbf")); at++) {
		if ((unsigned char)at[2] >= 0xbe)
			at[0] = at[1] = at[2] = '?';
	}
	return shown;
}

static void start(struct writing *writing, const char *element)
{
	check(writing, xmlTextWriterStartElement(writing->xml, x(element)));
}

static void end(struct writing *writing)
{
	check(writing, xmlTextWriterEndElement(writing->xml));
}

static void add_attribute(struct writing *writing, const char *name, const char *value)
{
	autofree char *text = xml_text(value);

	check(writing, text ? xmlTextWriterWriteAttribute(writing->xml, x(name), x(text)) : -1);
}

static void add_number(struct writing *writing, const char *name, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	add_attribute(writing, name, text);
}

static void add_seconds(struct writing *writing, const char *name, int64_t duration_us)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld.%06lld", (long long)duration_us / 1000000,
		 (long long)duration_us % 1000000);
	add_attribute(writing, name, text);
}

static void add_text(struct writing *writing, const char *value)
{
	autofree char *text = xml_text(value);

	check(writing, text ? xmlTextWriterWriteString(writing->xml, x(text)) : -1);
}

static void add_property(struct writing *writing, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	start(writing, "property");
	add_attribute(writing, "name", name);
	add_attribute(writing, "value", value);
	end(writing);
}

/* The members of the header are texts, numbers and booleans, and all of them can be read as texts. */
static void add_properties(struct writing *writing, const struct report_run *run)
{
	start(writing, "properties");
	add_property(writing, "kernel", run->release);
	add_property(writing, "flavour", run->flavour);
	json_object_object_foreach(run->info, key, value)
	{
		if (!strcmp(key, "shuffle_seed"))
			key = "seed";
		if (value && strcmp(key, "release") != 0)
			add_property(writing, key, json_object_get_string(value));
	}
	end(writing);
}

static void add_failure(struct writing *writing, const struct report_case *found,
			const char *message)
{
	bool is_error = found->outcome->result != RESULT_FAIL;
	autofree char *command = report_case__command(found), *text = NULL, *place = NULL;
	int i, line;

	start(writing, is_error ? "error" : "failure");
	add_attribute(writing, "message", message);
	add_attribute(writing, "type",
		      report_case__is_interrupted(found) ? "INTERRUPTED" :
							   result__word(found->outcome->result));
	place = report_case__place(found, &line);
	if (place && asprintf(&text, "%s:%d: ", place, line) >= 0)
		add_text(writing, text);
	add_text(writing, message);
	for (i = 0; i < found->test->splats_cnt; i++) {
		add_text(writing, "\nsplat: ");
		add_text(writing, found->test->splats[i]);
	}
	add_text(writing, "\nto repeat: ");
	add_text(writing, command ?: "");
	end(writing);
}

static void add_case(void *context, const struct report_case *found)
{
	const struct outcome *outcome = found->outcome;
	autofree char *message = report_case__message(found), *log = NULL, *class_name = NULL;
	const char *test = found->test->outcome.outcome.name, *name;
	struct writing *writing = context;

	/* Jenkins takes dots for the borders of packages. */
	if (asprintf(&class_name, "%s.%s", writing->column->label, test) < 0) {
		class_name = NULL;
		writing->has_failed = true;
		return;
	}
	for (char *at = class_name; at < class_name + strlen(writing->column->label); at++)
		*at = *at == '.' ? '_' : *at;
	name = unique_names__add(&writing->names, test, found->is_subtest ? outcome->name : test);
	start(writing, "testcase");
	add_attribute(writing, "name", name ?: outcome->name);
	add_attribute(writing, "classname", class_name);
	add_seconds(writing, "time", (outcome->end_ns - outcome->begin_ns) / NS_PER_US);
	if (report_case__is_failure(found) || report_case__is_interrupted(found)) {
		add_failure(writing, found, message ?: result__word(outcome->result));
	} else if (outcome->result != RESULT_PASS) {
		start(writing, "skipped");
		add_attribute(writing, "message", message ?: "not run");
		end(writing);
	}
	log = report_case__log(found);
	if (log) {
		start(writing, "system-out");
		add_text(writing, log);
		end(writing);
	}
	end(writing);
}

/* The first run of a column stands for all of them: they differ only in their shards. */
static const struct report_run *first_run(const struct report *report, int column)
{
	int i = 0;

	while (report->runs[i].column != column)
		i++;
	return &report->runs[i];
}

static void add_totals(struct writing *writing, const struct case_totals *totals)
{
	add_number(writing, "tests",
		   totals->passed + totals->failed + totals->skipped + totals->interrupted);
	add_number(writing, "failures", totals->failed - totals->errors);
	add_number(writing, "errors", totals->errors + totals->interrupted);
}

static void add_suite(struct writing *writing, const struct report *report, int column)
{
	const struct report_run *run = first_run(report, column);
	struct case_totals totals = cases__count(report, column);
	autofree char *time = strndup(run->started, strcspn(run->started, "Z"));

	writing->column = &report->columns[column];
	start(writing, "testsuite");
	add_attribute(writing, "name", writing->column->label);
	add_totals(writing, &totals);
	add_number(writing, "skipped", totals.skipped);
	add_seconds(writing, "time", totals.duration_us);
	/* XSDs want a time without a zone. */
	if (time && *time)
		add_attribute(writing, "timestamp", time);
	add_properties(writing, run);
	cases__each(report, column, add_case, writing);
	unique_names__free(&writing->names);
	end(writing);
}

static void add_all(struct writing *writing, const struct report *report)
{
	struct case_totals totals = cases__count(report, -1);
	int i;

	check(writing, xmlTextWriterSetIndent(writing->xml, 1));
	check(writing, xmlTextWriterStartDocument(writing->xml, NULL, "UTF-8", NULL));
	start(writing, "testsuites");
	add_attribute(writing, "name", "BPF selftests");
	add_totals(writing, &totals);
	add_seconds(writing, "time", totals.duration_us);
	for (i = 0; i < report->columns_cnt; i++)
		add_suite(writing, report, i);
	end(writing);
	check(writing, xmlTextWriterEndDocument(writing->xml));
}

int junit__write(const struct report *report, FILE *out)
{
	xmlOutputBufferPtr buffer = xmlOutputBufferCreateFile(out, NULL);
	struct writing writing = { .xml = buffer ? xmlNewTextWriter(buffer) : NULL };

	if (!writing.xml) {
		if (buffer)
			xmlOutputBufferClose(buffer);
		return -ENOMEM;
	}
	add_all(&writing, report);
	xmlFreeTextWriter(writing.xml);
	return writing.has_failed || fflush(out) || ferror(out) ? -EIO : 0;
}
