// SPDX-License-Identifier: GPL-2.0-only
/* Prints the splats and the taint that no test is charged with. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "runner/kernel_log/taint.h"
#include "runner/reports/splat_report.h"
#include "runner/text/json_add.h"
#include "runner/text/printable.h"

static void print_splat(const struct splats *splats, const struct open_splat *open, FILE *out)
{
	const struct splat *splat = open->splat;
	char *title = printable_line(splat->title, strlen(splat->title));
	char *text = printable(splat->text, splat->text_bytes);
	int i;

	fprintf(out, "  %s\n", title ?: "");
	fprintf(out, "  running: %s", open->suspects_cnt ? "" : "no test");
	for (i = 0; i < open->suspects_cnt; i++)
		fprintf(out, "%s%s", i ? ", " : "",
			splats->tests->all[open->suspects[i]].outcome.name);
	fprintf(out, "\n%s", text ?: "");
	free(title);
	free(text);
}

void splat_report__print(const struct splats *splats, FILE *out)
{
	int i;

	for (i = 0; i < splats->taints_cnt; i++) {
		fputs("Taint: ", out);
		taint__print(out, splats->taints[i].bits);
		fprintf(out, " new, and no splat explains it; running: %s\n",
			splats->taints[i].tests ?: "not known");
	}
	if (splats->log->overwritten)
		fprintf(out, "Kernel log: %" PRIu64 " gap%s\n", splats->log->overwritten,
			splats->log->overwritten == 1 ? "" : "s");
	if (!splats->open.cnt)
		return;
	fprintf(out, "Kernel log: %d splat%s not charged to a test\n", splats->open.cnt,
		splats->open.cnt == 1 ? "" : "s");
	for (i = 0; i < splats->open.cnt; i++)
		print_splat(splats, &splats->open.list[i], out);
}

static struct json_object *open_object(const struct splats *splats, const struct open_splat *open)
{
	struct json_object *object = json_object_new_object();
	struct json_object *running = json_object_new_array();
	int i;

	for (i = 0; i < open->suspects_cnt; i++)
		json_object_array_add(running,
				      json_object_new_string(
					      splats->tests->all[open->suspects[i]].outcome.name));
	json_object_object_add(object, "title",
			       json_add__new_text(open->splat->title, strlen(open->splat->title)));
	json_object_object_add(object, "text",
			       json_add__new_text(open->splat->text, open->splat->text_bytes));
	json_object_object_add(object, "running", running);
	return object;
}

struct json_object *splat_report__object(const struct splats *splats)
{
	struct json_object *object = json_object_new_object();
	struct json_object *open = json_object_new_array();
	struct json_object *taints = json_object_new_array();
	int i;

	for (i = 0; i < splats->open.cnt; i++)
		json_object_array_add(open, open_object(splats, &splats->open.list[i]));
	for (i = 0; i < splats->taints_cnt; i++) {
		struct json_object *taint = json_object_new_object();

		json_object_object_add(taint, "bits",
				       json_object_new_int64(splats->taints[i].bits));
		json_object_object_add(taint, "running",
				       json_object_new_string(splats->taints[i].tests ?: ""));
		json_object_array_add(taints, taint);
	}
	json_object_object_add(object, "is_read", json_object_new_boolean(!splats->log->error));
	json_object_object_add(object, "gaps", json_object_new_int64(splats->log->overwritten));
	json_object_object_add(object, "not_charged", open);
	json_object_object_add(object, "new_taint", taints);
	return object;
}
