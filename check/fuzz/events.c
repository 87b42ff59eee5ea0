// SPDX-License-Identifier: GPL-2.0-only
/* An event stream that a killed run, another program or a full disk has left: any bytes at all. */
#include <json-c/json.h>
#include <libxml/parser.h>
#include <stdio.h>

#include "check/fuzz/fuzz.h"
#include "runner/event_reports/junit.h"
#include "runner/event_reports/ktap.h"
#include "runner/event_reports/layout.h"
#include "runner/event_reports/page.h"
#include "runner/event_reports/reader.h"
#include "runner/event_reports/step_summary.h"
#include "runner/event_reports/text_summary.h"
#include "runner/event_reports/trace.h"

/* Return: what a kind of report writes, to be freed. */
static char *written(const struct report *report, int (*write)(const struct report *, FILE *))
{
	size_t size = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	INVARIANT(out && !write(report, out));
	fclose(out);
	return text;
}

static void check_xml(char *text)
{
	xmlDocPtr document = xmlReadMemory(text, strlen(text), "junit.xml", NULL,
					   XML_PARSE_NOERROR | XML_PARSE_HUGE);

	INVARIANT(document);
	xmlFreeDoc(document);
	free(text);
}

static void check_json(char *text)
{
	struct json_object *object = json_tokener_parse(text);

	INVARIANT(object);
	json_object_put(object);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *events = size ? fmemopen((void *)data, size, "r") : NULL;
	struct report report = {};

	if (!events)
		return 0;
	if (!reader__read_stream(&report, events, "events", NULL)) {
		INVARIANT(report.runs_cnt == 1 && report.runs[0].parts_cnt);
		INVARIANT(!layout__make(&report));
		INVARIANT(report.columns_cnt == 1);
		check_xml(written(&report, junit__write));
		check_json(written(&report, trace__write));
		free(written(&report, ktap__write));
		free(written(&report, page__write));
		free(written(&report, step_summary__write));
		free(written(&report, text_summary__print));
	}
	fclose(events);
	report__free(&report);
	return 0;
}
