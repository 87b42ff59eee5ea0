// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "runner/mutants/mutant_list.h"
#include "runner/mutation/operators.h"
#include "runner/text/error.h"

const char *mutant_result__word(enum mutant_result result)
{
	static const char *const words[MUTANT_RESULTS] = {
		[MUTANT_WAITS] = "not tried",   [MUTANT_KILLED] = "killed",
		[MUTANT_TIMEOUT] = "timeout",   [MUTANT_SURVIVED] = "survived",
		[MUTANT_REJECTED] = "rejected", [MUTANT_NOT_RUN] = "not run",
	};

	return words[result];
}

const char *mutant__what(const struct mutant *mutant)
{
	if (mutant->order.kind == MUTATION_ASSERTION)
		return "assertion inverted";
	return operator_table[mutant->order.op].name;
}

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_identity(const void *a, const void *b)
{
	const struct mutant *first = a, *second = b;

	return compare(first->test_number, second->test_number)             ?:
		       compare(first->order.program, second->order.program) ?:
		       compare(first->order.insn, second->order.insn)       ?:
		       compare(first->order.op, second->order.op);
}

static void free_mutant(struct mutant *mutant)
{
	if (!mutant)
		return;
	free(mutant->program);
	free(mutant->file);
	free(mutant->source);
	free(mutant->detail);
	free(mutant->why);
	free((int *)mutant->order.subtests);
	free(mutant);
}

/* A compiler writes the whole path of a file. What comes after the folder of the suite is enough. */
static const char *short_path(const char *path)
{
	const char *next = path;

	while ((next = strstr(next, "/progs/")))
		path = ++next;
	return path;
}

static struct mutant *make_mutant(const struct mutant *identity, const struct test_outcome *test,
				  const struct record *record)
{
	struct mutant *mutant = calloc(1, sizeof(*mutant));

	if (!mutant)
		return NULL;
	*mutant = *identity;
	mutant->entry = test->entry;
	mutant->program = strdup(record->texts[0]);
	mutant->file = strdup(short_path(record->texts[1]));
	mutant->source = strdup(record->texts[2]);
	mutant->text = mutant->source ? mutant->source + strspn(mutant->source, " \t") : "";
	mutant->detail = strdup(record->texts[3]);
	mutant->order.file = mutant->file;
	mutant->line = record->header.line;
	mutant->result = MUTANT_NOT_RUN;
	if (mutant->program && mutant->file && mutant->source && mutant->detail)
		return mutant;
	free_mutant(mutant);
	return NULL;
}

static struct mutant make_identity(const struct test_outcome *test, const struct record *record)
{
	struct mutation_order order = {
		.kind = MUTATION_MUTANT,
		.program = record->header.address,
		.insn = record->header.number,
		.op = record->header.code,
	};
	const char *file = record->texts[1];

	if (record->header.type == RECORD_SITE) {
		order = (struct mutation_order){
			.kind = MUTATION_ASSERTION,
			.line = record->header.line,
			.insn = record->header.line,
		};
		while (*file)
			order.program = order.program * 31 + *file++;
	}
	return (struct mutant){ .test_number = test->outcome.number, .order = order };
}

/* Return: the mutant, new or known; NULL when out of memory. */
static struct mutant *find(struct mutant_list *list, const struct test_outcome *test,
			   const struct record *record)
{
	struct mutant identity = make_identity(test, record);
	struct mutant **found = tfind(&identity, &list->by_identity, by_identity);
	struct mutant **grown, *mutant;

	if (found)
		return *found;
	mutant = make_mutant(&identity, test, record);
	grown = reallocarray(list->all, list->cnt + 1, sizeof(*grown));
	if (grown)
		list->all = grown;
	if (!mutant || !grown || !tsearch(mutant, &list->by_identity, by_identity)) {
		free_mutant(mutant);
		return NULL;
	}
	grown[list->cnt++] = mutant;
	return mutant;
}

static int add_subtest(struct mutation_order *order, int subtest)
{
	int *grown, i;

	for (i = 0; i < order->subtests_cnt; i++) {
		if (order->subtests[i] == subtest)
			return 0;
	}
	grown = reallocarray((int *)order->subtests, order->subtests_cnt + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[order->subtests_cnt++] = subtest;
	order->subtests = grown;
	return 0;
}

int mutant_list__add(struct mutant_list *list, const struct test_outcome *test, int subtest,
		     const struct record *record)
{
	struct mutant *mutant = find(list, test, record);

	if (!mutant)
		return -ENOMEM;
	if (record->header.type == RECORD_MUTANT && record->header.pc == MUTANT_NOT_REACHED)
		return 0;
	/* A subtest in which it seems to make no difference may see it all the same. */
	if (record->header.type == RECORD_SITE || record->header.pc == MUTANT_REACHED)
		mutant->result = MUTANT_WAITS;
	return add_subtest(&mutant->order, subtest);
}

static int by_place(const void *a, const void *b)
{
	const struct mutant *first = *(struct mutant *const *)a;
	const struct mutant *second = *(struct mutant *const *)b;

	return compare(first->test_number, second->test_number) ?:
		       strcmp(first->file, second->file)        ?:
		       compare(first->line, second->line)       ?:
								  by_identity(first, second);
}

void mutant_list__sort(struct mutant_list *list)
{
	qsort(list->all, list->cnt, sizeof(*list->all), by_place);
}

struct mutant **mutant_list__sample(const struct mutant_list *list, uint32_t seed, int *cnt)
{
	struct mutant **sample = calloc(list->cnt + 1, sizeof(*sample)), *other;
	unsigned short state[3] = { 0x330e, seed & 0xffff, seed >> 16 };
	int i, k;

	*cnt = 0;
	for (i = 0; sample && i < list->cnt; i++) {
		if (list->all[i]->result == MUTANT_WAITS)
			sample[(*cnt)++] = list->all[i];
	}
	for (i = *cnt - 1; i > 0; i--) {
		k = nrand48(state) % (i + 1);
		other = sample[k];
		sample[k] = sample[i];
		sample[i] = other;
	}
	return sample;
}

void mutant__take_load(struct mutant *mutant, int err)
{
	mutant->result = err ? MUTANT_REJECTED : MUTANT_SURVIVED;
	if (err && !mutant->why)
		mutant->why = strdup(strerrorname_np(-err) ?: "error");
}

void mutant__judge(struct mutant *mutant, const struct test_outcome *test)
{
	/*
	 * Without RECORD_MUTANT_LOADED the test did not load the program this time: its result is that
	 * of the unchanged test, or it could not be started.
	 */
	bool was_loaded = mutant->result == MUTANT_SURVIVED ||
			  mutant->order.kind == MUTATION_ASSERTION;

	if (mutant->result == MUTANT_REJECTED)
		return;
	if (test->outcome.result == RESULT_NOTRUN || test->outcome.result == RESULT_INTERRUPTED) {
		mutant->result = MUTANT_WAITS;
		return;
	}
	if (!result__is_failure(test->outcome.result) && was_loaded) {
		mutant->result = MUTANT_SURVIVED;
		return;
	}
	mutant->why = test_outcome__explain(test, &test->outcome);
	if (!was_loaded)
		return;
	mutant->result = test->outcome.result == RESULT_TIMEOUT ? MUTANT_TIMEOUT : MUTANT_KILLED;
}

static void keep(void *mutant)
{
}

void mutant_list__free(struct mutant_list *list)
{
	int i;

	tdestroy(list->by_identity, keep);
	for (i = 0; i < list->cnt; i++)
		free_mutant(list->all[i]);
	free(list->all);
	*list = (struct mutant_list){};
}
