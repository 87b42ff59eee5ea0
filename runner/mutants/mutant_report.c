// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "runner/mutants/mutant_report.h"
#include "runner/mutants/source_patch.h"
#include "runner/text/cleanup.h"
#include "runner/text/json_add.h"

struct mutant_totals mutant_totals__count(const struct mutant_list *list,
					  const struct test_entry *entry)
{
	struct mutant_totals totals = {};
	int i;

	for (i = 0; i < list->cnt; i++) {
		const struct mutant *mutant = list->all[i];

		if (entry && mutant->entry != entry)
			continue;
		totals.of[mutant->result]++;
		totals.explained += mutant->result == MUTANT_SURVIVED && mutant->explained;
	}
	return totals;
}

int mutant_totals__score(const struct mutant_totals *totals)
{
	int killed = totals->of[MUTANT_KILLED] + totals->of[MUTANT_TIMEOUT];
	int all = killed + totals->of[MUTANT_SURVIVED] - totals->explained;

	return all ? (int)((int64_t)killed * 1000 / all) : -1;
}

void mutant_report__name(const struct mutant *mutant, char *name, size_t size_bytes)
{
	snprintf(name, size_bytes, "%016llx:%d:%d", (unsigned long long)mutant->order.program,
		 mutant->order.insn, mutant->order.op);
}

/* "xdp/#3, 5 others": numbers, because a name may be long. */
static void print_subtests(const struct mutant *mutant)
{
	const struct mutation_order *order = &mutant->order;

	printf("(%s", mutant->entry->name);
	if (order->subtests_cnt && order->subtests[0])
		printf(" #%d/%d", mutant->test_number, order->subtests[0]);
	if (order->subtests_cnt > 1)
		printf(", %d other%s", order->subtests_cnt - 1, order->subtests_cnt > 2 ? "s" : "");
	printf(")");
}

void mutant_report__print_survivor(const struct mutant *mutant)
{
	char name[64];

	printf("survived  %s:%d  \"%s\"  %s%s%s  ", *mutant->file ? mutant->file : mutant->program,
	       mutant->line, mutant->text, mutant__what(mutant), *mutant->detail ? " " : "",
	       mutant->detail);
	print_subtests(mutant);
	mutant_report__name(mutant, name, sizeof(name));
	printf("  %s\n", name);
}

static void print_score(int score)
{
	if (score < 0)
		printf("     -");
	else
		printf("%4d.%d", score / 10, score % 10);
}

void mutant_report__print_tests(const struct mutant_list *list)
{
	const struct test_entry *entry = NULL;
	int i;

	printf("\n%-24s %6s %7s %8s %9s %8s %8s %9s\n", "Mutants of", "score", "killed", "survived",
	       "explained", "rejected", "not run", "not tried");
	for (i = 0; i < list->cnt; i++) {
		struct mutant_totals totals;

		if (list->all[i]->entry == entry)
			continue;
		entry = list->all[i]->entry;
		totals = mutant_totals__count(list, entry);
		printf("%-24s ", entry->name);
		print_score(mutant_totals__score(&totals));
		printf(" %7d %8d %9d %8d %8d %9d\n",
		       totals.of[MUTANT_KILLED] + totals.of[MUTANT_TIMEOUT],
		       totals.of[MUTANT_SURVIVED] - totals.explained, totals.explained,
		       totals.of[MUTANT_REJECTED], totals.of[MUTANT_NOT_RUN],
		       totals.of[MUTANT_WAITS]);
	}
}

void mutant_report__print_totals(const struct mutant_list *list, uint32_t seed, double duration_s)
{
	struct mutant_totals totals = mutant_totals__count(list, NULL);
	int score = mutant_totals__score(&totals);
	int tried = list->cnt - totals.of[MUTANT_WAITS] - totals.of[MUTANT_NOT_RUN];

	printf("Mutants: %d, of which %d tried in %.1f s (%.1f a second), seed %u: %d killed, %d "
	       "timeout, %d survived, %d explained, %d rejected, %d not run, %d not tried; score ",
	       list->cnt, tried, duration_s, duration_s > 0 ? tried / duration_s : 0, seed,
	       totals.of[MUTANT_KILLED], totals.of[MUTANT_TIMEOUT],
	       totals.of[MUTANT_SURVIVED] - totals.explained, totals.explained,
	       totals.of[MUTANT_REJECTED], totals.of[MUTANT_NOT_RUN], totals.of[MUTANT_WAITS]);
	if (score < 0)
		printf("unknown\n");
	else
		printf("%d.%d %%\n", score / 10, score % 10);
}

char *mutant_report__patch(const struct mutant *mutant)
{
	return source_patch__make(mutant->file, mutant->line, mutant->source, mutant__what(mutant),
				  mutant->detail);
}

struct json_object *mutant_report__object(const struct mutant *mutant)
{
	struct json_object *object = json_object_new_object();
	struct json_object *subtests = json_object_new_array();
	autofree char *patch = mutant_report__patch(mutant);
	char name[64];
	int i;

	mutant_report__name(mutant, name, sizeof(name));
	json_add__text(object, "event", "mutant");
	json_add__text(object, "test", mutant->entry->name);
	json_add__number(object, "number", mutant->test_number);
	json_add__text(object, "mutant", name);
	json_add__text(object, "program", mutant->program);
	if (mutant->order.kind == MUTATION_MUTANT)
		json_add__number(object, "instruction", mutant->order.insn);
	json_add__text(object, "file", mutant->file);
	json_add__number(object, "line", mutant->line);
	json_add__text(object, "text", mutant->text);
	json_add__text(object, "operator", mutant__what(mutant));
	json_add__text(object, "detail", mutant->detail);
	for (i = 0; i < mutant->order.subtests_cnt; i++)
		json_object_array_add(subtests, json_object_new_int(mutant->order.subtests[i]));
	json_object_object_add(object, "subtest_numbers", subtests);
	if (patch)
		json_add__text(object, "patch", patch);
	json_add__text(object, "result", mutant_result__word(mutant->result));
	if (mutant->why)
		json_add__text(object, "why", mutant->why);
	if (mutant->explained)
		json_add__text(object, "explained", mutant->explained);
	return object;
}
