// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "runner/text/json_field.h"
#include "runner/process/unit.h"
#include "runner/blame/undecided.h"

/* Return: "process 12 (sh), by one of: a, b", to be freed by the caller; NULL when out of memory. */
static char *describe(const struct runner *runner, const char *process)
{
	const char *separator = "";
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int i;

	if (!out)
		return NULL;
	fprintf(out, "%s, by one of: ", process);
	for (i = 0; i < runner->options->jobs; i++) {
		if (!test_unit__has_ended(&runner->units[i]))
			continue;
		fprintf(out, "%s%s", separator, runner->units[i].test->outcome.name);
		separator = ", ";
	}
	fclose(out);
	return text;
}

static void keep(struct runner *runner, const char *text)
{
	runner->undecided = runner->undecided ?: json_object_new_array();
	json_object_array_add(runner->undecided, json_object_new_string(text));
}

void undecided__add(struct runner *runner, const char *process)
{
	char *text = describe(runner, process);

	printf("left behind, killed: %s\n", text ?: process);
	fflush(stdout);
	events__left_behind(&runner->events, NULL, text ?: process, true);
	keep(runner, text ?: process);
	free(text);
}

void undecided__resume(struct runner *runner, char *text)
{
	struct json_object *event;
	const char *name, *what;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		event = *line == '{' ? json_tokener_parse(line) : NULL;
		name = event ? json_field__text(event, "event") : NULL;
		what = event ? json_field__text(event, "what") : NULL;
		if (name && what && !strcmp(name, "left_behind") &&
		    !json_field__text(event, "test"))
			keep(runner, what);
		json_object_put(event);
	}
}

int undecided__cnt(const struct runner *runner)
{
	return runner->undecided ? json_object_array_length(runner->undecided) : 0;
}

void undecided__print(const struct runner *runner, FILE *out)
{
	int i, cnt = undecided__cnt(runner);

	if (cnt)
		fprintf(out, "Left behind, and killed: %d process%s not charged to a test\n", cnt,
			cnt == 1 ? "" : "es");
	for (i = 0; i < cnt; i++)
		fprintf(out, "  %s\n",
			json_object_get_string(json_object_array_get_idx(runner->undecided, i)));
}

struct json_object *undecided__object(const struct runner *runner)
{
	return runner->undecided ? json_object_get(runner->undecided) : json_object_new_array();
}
