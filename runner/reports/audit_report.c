// SPDX-License-Identifier: GPL-2.0-only
/* Prints the findings of the audit that no test is charged with. */
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "runner/reports/audit_report.h"
#include "runner/text/error.h"
#include "runner/text/json_add.h"
#include "runner/text/json_field.h"
#include "runner/text/printable.h"

/* Return: true if no test was charged with the finding, and nobody else uses it. */
static bool is_unexplained(const struct audit_finding *finding)
{
	return finding->awaits_rerun && !finding->is_of_others;
}

/*
 * Return: true for a finding to report. A module that the kernel loaded on demand may stay, with the
 * interfaces that it made.
 */
static bool is_reported(const struct audit_finding *finding)
{
	bool comes_with_kernel = finding->kind == &audit_modules || finding->kind == &audit_network;

	return finding->awaits_rerun && !(finding->is_of_others && comes_with_kernel);
}

/* Return: the array of the peers' findings that are not charged to a test; or NULL. */
static struct json_object *findings_of_peer(const struct audit *audit, size_t i)
{
	struct json_object *report, *findings;

	if (!json_object_object_get_ex(json_object_array_get_idx(audit->peers, i), "report",
				       &report) ||
	    !json_object_object_get_ex(report, "not_charged", &findings) ||
	    !json_object_is_type(findings, json_type_array))
		return NULL;
	return findings;
}

/*
 * Call a function for each finding of a peer that is not charged to a test.
 * Return: the sum of what it returns.
 */
static int for_each_of_peers(const struct audit *audit,
			     int (*call)(struct json_object *finding, int machine, void *context),
			     void *context)
{
	size_t i, k;
	int sum = 0;

	for (i = 0; audit->peers && i < json_object_array_length(audit->peers); i++) {
		struct json_object *peer = json_object_array_get_idx(audit->peers, i);
		struct json_object *findings = findings_of_peer(audit, i);

		for (k = 0; findings && k < json_object_array_length(findings); k++)
			sum += call(json_object_array_get_idx(findings, k),
				    json_field__number(peer, "machine", INT_MAX), context);
	}
	return sum;
}

static int is_unexplained_of_peer(struct json_object *finding, int machine, void *context)
{
	return !json_object_object_get_ex(finding, "in_use", NULL);
}

int audit_report__left_cnt(const struct audit *audit)
{
	int i, cnt = 0;

	for (i = 0; i < audit->findings_cnt; i++)
		cnt += is_unexplained(&audit->findings[i]);
	return cnt + for_each_of_peers(audit, is_unexplained_of_peer, NULL);
}

static bool has_become_blind(const struct audit_watch *watch)
{
	return watch->error && !watch->is_blind;
}

bool audit_report__fails_run(const struct audit *audit)
{
	int i;

	if (audit->peers_fail)
		return true;
	if (!audit->owns_machine)
		return false;
	for (i = 0; audit->is_on && i < AUDIT_KINDS; i++) {
		if (has_become_blind(&audit->watches[i]))
			return true;
	}
	return audit_report__left_cnt(audit);
}

static void print_suspects(const struct audit *audit, const struct audit_finding *finding,
			   FILE *out)
{
	int i;

	fputs(finding->suspects_cnt ? "; came while these ran: " : "; came while no test ran", out);
	for (i = 0; i < finding->suspects_cnt; i++)
		fprintf(out, "%s%s", i ? ", " : "",
			audit->tests->all[finding->suspects[i]].outcome.name);
}

static void print_finding(const struct audit *audit, const struct audit_finding *finding, FILE *out)
{
	char *name = audit__name(finding);
	char *shown = name ? printable_line(name, strlen(name)) : NULL;

	fprintf(out, "  %s", shown ?: finding->kind->name);
	if (finding->holder)
		fprintf(out, ", of %s", finding->holder);
	else if (finding->is_of_others)
		fputs(", in use", out);
	else
		print_suspects(audit, finding, out);
	fputs(finding->is_undone ? "; removed\n" : "\n", out);
	free(shown);
	free(name);
}

static int count_of_peer(struct json_object *finding, int machine, void *context)
{
	return 1;
}

static int print_of_peer(struct json_object *finding, int machine, void *context)
{
	const char *what = json_field__text(finding, "what") ?: "";
	const char *holder = json_field__text(finding, "holder");
	struct json_object *running = NULL, *removed = NULL;
	char *shown = printable_line(what, strlen(what));
	FILE *out = context;
	size_t i;

	fprintf(out, "  %s, on machine %d", shown ?: "", machine);
	free(shown);
	json_object_object_get_ex(finding, "running", &running);
	json_object_object_get_ex(finding, "removed", &removed);
	if (holder)
		fprintf(out, ", of %s", holder);
	else if (json_object_object_get_ex(finding, "in_use", NULL))
		fputs(", in use", out);
	else if (!json_object_is_type(running, json_type_array) ||
		 !json_object_array_length(running))
		fputs("; came while no test ran", out);
	else
		for (i = 0; i < json_object_array_length(running); i++)
			fprintf(out, "%s%s", i ? ", " : "; came while these ran: ",
				json_object_get_string(json_object_array_get_idx(running, i)) ?:
												"");
	fputs(json_object_get_boolean(removed) ? "; removed\n" : "\n", out);
	return 0;
}

static void print_blind(const struct audit *audit, FILE *out)
{
	int i;

	for (i = 0; audit->is_on && i < AUDIT_KINDS; i++) {
		if (has_become_blind(&audit->watches[i]))
			fprintf(out, "Audit: %s cannot be looked at any more: %s\n",
				audit->watches[i].kind->name, error__text(audit->watches[i].error));
	}
}

void audit_report__print(const struct audit *audit, FILE *out)
{
	int i, cnt = 0;

	print_blind(audit, out);
	for (i = 0; i < audit->findings_cnt; i++)
		cnt += is_reported(&audit->findings[i]);
	cnt += for_each_of_peers(audit, count_of_peer, NULL);
	if (!cnt)
		return;
	fprintf(out, "Left on the machine: %d object%s not charged to a test%s\n", cnt,
		cnt == 1 ? "" : "s",
		audit->owns_machine ? "" : "; other programs may have made them");
	for (i = 0; i < audit->findings_cnt; i++) {
		if (is_reported(&audit->findings[i]))
			print_finding(audit, &audit->findings[i], out);
	}
	for_each_of_peers(audit, print_of_peer, out);
}

static struct json_object *finding_object(const struct audit *audit,
					  const struct audit_finding *finding)
{
	struct json_object *object = json_object_new_object();
	struct json_object *running = json_object_new_array();
	char *name = audit__name(finding);
	int i;

	for (i = 0; i < finding->suspects_cnt; i++)
		json_object_array_add(running,
				      json_object_new_string(audit->tests->all[finding->suspects[i]]
								     .outcome.name));
	json_add__text(object, "what", name ?: "");
	if (finding->holder)
		json_add__text(object, "holder", finding->holder);
	json_object_object_add(object, "running", running);
	if (finding->is_of_others)
		json_add__bool(object, "in_use", true);
	json_add__bool(object, "removed", finding->is_undone);
	free(name);
	return object;
}

static int add_of_peer(struct json_object *finding, int machine, void *context)
{
	json_add__number(finding, "machine", machine);
	json_object_array_add(context, json_object_get(finding));
	return 0;
}

struct json_object *audit_report__object(const struct audit *audit,
					 const struct undecided *undecided)
{
	struct json_object *object = json_object_new_object();
	struct json_object *kinds = json_object_new_object();
	struct json_object *not_charged = json_object_new_array();
	int i;

	for (i = 0; audit->is_on && i < AUDIT_KINDS; i++)
		json_object_object_add(kinds, audit->watches[i].kind->name,
				       json_object_new_string(
					       audit->watches[i].error ?
						       error__text(audit->watches[i].error) :
						       "audited"));
	for (i = 0; i < audit->findings_cnt; i++) {
		if (is_reported(&audit->findings[i]))
			json_object_array_add(not_charged,
					      finding_object(audit, &audit->findings[i]));
	}
	for_each_of_peers(audit, add_of_peer, not_charged);
	json_object_object_add(object, "kinds", kinds);
	json_object_object_add(object, "not_charged", not_charged);
	json_object_object_add(object, "undecided", undecided__object(undecided));
	json_object_object_add(object, "killed_runs",
			       audit->killed_runs ? json_object_get(audit->killed_runs) :
						    json_object_new_array());
	return object;
}
