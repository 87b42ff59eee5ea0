// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps the texts of leftovers that no single test can be charged with. Tells the event sink, and
 * prints them at the end.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "runner/blame/undecided.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_field.h"

void undecided__keep(struct undecided *undecided, const char *text)
{
	undecided->texts = undecided->texts ?: json_object_new_array();
	json_object_array_add(undecided->texts, json_object_new_string(text));
}

void undecided__add(struct undecided *undecided, const char *process)
{
	autofree char *suspects = units__running_names(undecided->units, true);
	autofree char *text = NULL;

	if (asprintf(&text, "%s, by one of: %s", process, suspects ?: "") < 0)
		text = NULL;
	event_sink__tell(undecided->units->sink, &(struct event){
							 .kind = EVENT_LEFT_BEHIND,
							 .left = { text ?: process, true },
						 });
	undecided__keep(undecided, text ?: process);
}

void undecided__resume(struct undecided *undecided, char *text)
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
			undecided__keep(undecided, what);
		json_object_put(event);
	}
}

int undecided__cnt(const struct undecided *undecided)
{
	return undecided->texts ? json_object_array_length(undecided->texts) : 0;
}

void undecided__print(const struct undecided *undecided, FILE *out)
{
	int i, cnt = undecided__cnt(undecided);

	if (cnt)
		fprintf(out, "Processes left behind, killed and not charged to a test: %d\n", cnt);
	for (i = 0; i < cnt; i++)
		fprintf(out, "  %s\n",
			json_object_get_string(json_object_array_get_idx(undecided->texts, i)));
}

struct json_object *undecided__object(const struct undecided *undecided)
{
	return undecided->texts ? json_object_get(undecided->texts) : json_object_new_array();
}

void undecided__free(struct undecided *undecided)
{
	json_object_put(undecided->texts);
}
