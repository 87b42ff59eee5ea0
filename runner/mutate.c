// SPDX-License-Identifier: GPL-2.0-only
/*
 * The course of --mutate: a run of the unchanged tests; a survey, in which those that passed run with
 * marks in their programs, which gives the list of mutants; the mutants, in parts, each the test of
 * its program once more; the report.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "runner/inside/shared_btf.h"
#include "runner/mutants/known_mutants.h"
#include "runner/mutants/mutant_journal.h"
#include "runner/mutants/mutant_list.h"
#include "runner/mutants/mutant_report.h"
#include "runner/mutants/mutant_scores.h"
#include "runner/mutate.h"
#include "runner/run.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "test_progs.h"

/* Tests wait most of the time: more of them run at once than there are CPUs. */
#define JOBS_PER_CPU    4
/*
 * Mutants of one part of the run. A budget of time is looked at between parts: then a part is as large
 * as takes about this time.
 */
#define MUTANTS_AT_ONCE 200
#define MUTANTS_MIN     20
#define PART_MS         5000
/*
 * Limits of a mutant: for a wait and for the test, a minimum and a multiple of the time that the
 * unchanged test took.
 */
#define WAIT_MIN_MS     500
#define WAIT_FACTOR     4
#define DEADLINE_MIN_MS 3000
#define DEADLINE_FACTOR 10

/* Names of programs that are printed, at most. */
#define LEFT_OUT_MAX 64

struct mutate {
	const struct run_options *options;
	struct run_options quiet; /* for the runs of surveys and mutants */
	struct selection *selection;
	struct tests tests; /* with the results of the unchanged tests */
	struct mutant_list mutants;
	struct known_mutants known;
	struct mutant_journal journal;
	uint32_t seed;
	int events_fd; /* the event stream, to append to; or -1 */
	int status;    /* the worst exit status so far */
	bool is_out_of_memory;
	bool *failed_survey;          /* for each test */
	char *left_out[LEFT_OUT_MAX]; /* names of programs */
	int left_out_cnt;
	struct mutant **now; /* the mutants of the part that runs */
	struct test_outcome *orders;
	uint64_t start_ns;
};

static void note_status(struct mutate *mutate, int status)
{
	if (status > mutate->status)
		mutate->status = status;
}

/* What is for the run of the unchanged tests only does not happen again. */
static void make_quiet_options(struct mutate *mutate)
{
	struct run_options *quiet = &mutate->quiet;

	*quiet = *mutate->options;
	quiet->jobs = (quiet->parallel ? quiet->jobs : get_nprocs()) * JOBS_PER_CPU;
	quiet->parallel = true;
	quiet->shuffle = false;
	quiet->known_skips = NULL;
	quiet->captured = NULL;
	quiet->json = NULL;
	quiet->results_path = quiet->resume_path = quiet->events_path = NULL;
	quiet->reports = (struct report_paths){};
	quiet->no_history = true;
	quiet->fail_fast = 0;
	quiet->max_time_ms = 0;
	quiet->verbosity = 0;
	quiet->machines = (struct machine_sockets){};
}

/* Return: an order for a test, which test_outcome__free() frees; -ENOMEM without a name. */
static int make_order(struct test_outcome *order, const struct test_entry *entry, int number,
		      const struct mutation_order *mutation)
{
	order->entry = entry;
	order->mutation = mutation;
	order->outcome.number = number;
	order->outcome.name = strdup(entry->name);
	return order->outcome.name ? 0 : -ENOMEM;
}

static void free_orders(struct mutate *mutate, int cnt)
{
	int i;

	for (i = 0; i < cnt; i++)
		test_outcome__free(&mutate->orders[i]);
	free(mutate->orders);
	mutate->orders = NULL;
}

/* Return: RUN_EXIT_OK, or an exit status that ends all. */
static int run_orders(struct mutate *mutate, int cnt,
		      void (*listen)(void *context, const struct event *event))
{
	struct tests orders = { mutate->orders, cnt };
	int status = run__orders(&mutate->quiet, mutate->selection, &orders, listen, mutate);

	free_orders(mutate, cnt);
	if (status == RUN_EXIT_FAILED) {
		note_status(mutate, status);
		return RUN_EXIT_OK;
	}
	return status;
}

/* --- the survey ------------------------------------------------------------------------------ */

static void note_left_out(struct mutate *mutate, const char *program)
{
	int i;

	for (i = 0; i < mutate->left_out_cnt; i++) {
		if (!strcmp(mutate->left_out[i], program))
			return;
	}
	if (mutate->left_out_cnt == LEFT_OUT_MAX)
		return;
	mutate->left_out[mutate->left_out_cnt] = strdup(program);
	mutate->left_out_cnt += !!mutate->left_out[mutate->left_out_cnt];
}

static void print_left_out(const struct mutate *mutate)
{
	int i;

	if (!mutate->left_out_cnt)
		return;
	printf("Mutants: none of programs that act on the whole machine; in a VM they are tried:");
	for (i = 0; i < mutate->left_out_cnt; i++)
		printf(" %s", mutate->left_out[i]);
	printf("\n");
}

static void listen_to_survey(void *context, const struct event *event)
{
	struct mutate *mutate = context;
	const struct test_outcome *test = event->test;
	int subtest;

	if (event->kind == EVENT_MUTATION &&
	    event->record->header.type == RECORD_MUTANTS_LEFT_OUT) {
		note_left_out(mutate, event->record->texts[0]);
	} else if (event->kind == EVENT_MUTATION) {
		subtest = event->where == &test->outcome ? 0 : event->where->number;
		if (mutant_list__add(&mutate->mutants, test, subtest, event->record))
			mutate->is_out_of_memory = true;
	}
	if (event->kind == EVENT_TEST_END)
		mutate->failed_survey[test->outcome.number] =
			result__is_failure(test->outcome.result);
}

/* @is_wanted: for each number of a test; NULL: all that have passed */
static int survey(struct mutate *mutate, const bool *is_wanted, const struct mutation_order *order)
{
	int i, cnt = 0;

	mutate->orders = calloc(mutate->tests.cnt + 1, sizeof(*mutate->orders));
	if (!mutate->orders)
		return error__fail(RUN_EXIT_INFRASTRUCTURE, "out of memory");
	for (i = 0; i < mutate->tests.cnt; i++) {
		const struct test_outcome *test = &mutate->tests.all[i];

		if (test->outcome.result != RESULT_PASS ||
		    (is_wanted && !is_wanted[test->outcome.number]))
			continue;
		if (make_order(&mutate->orders[cnt++], test->entry, test->outcome.number, order))
			mutate->is_out_of_memory = true;
	}
	return cnt ? run_orders(mutate, cnt, listen_to_survey) : RUN_EXIT_OK;
}

/* Return: whether the marks of a test say anything. */
static bool has_reached(const struct mutate *mutate, int test_number)
{
	int i;

	for (i = 0; i < mutate->mutants.cnt; i++) {
		const struct mutant *mutant = mutate->mutants.all[i];

		if (mutant->test_number == test_number && mutant->result == MUTANT_WAITS)
			return true;
	}
	return false;
}

/*
 * A test that looks at its program, such as at the number of its maps, fails with marks in it. If it
 * has come so far that a program ran, the marks count all the same. Otherwise it is surveyed again
 * without them.
 */
static int survey_all(struct mutate *mutate)
{
	struct mutation_order order = {
		.kind = mutate->options->mutation.is_assertions ? MUTATION_SITES : MUTATION_SURVEY,
		.is_for_own_only = strcmp(getenv("VMTEST") ?: "", "1") != 0,
	};
	struct mutation_order blind = order;
	bool *failed;
	int i, status;

	blind.is_blind = true;
	mutate->failed_survey = calloc(test_entries_cnt + 1, sizeof(bool));
	failed = calloc(test_entries_cnt + 1, sizeof(bool));
	if (!mutate->failed_survey || !failed) {
		free(failed);
		return error__fail(RUN_EXIT_INFRASTRUCTURE, "out of memory");
	}
	status = survey(mutate, NULL, &order);
	for (i = 1; i <= test_entries_cnt; i++)
		failed[i] = mutate->failed_survey[i] && !has_reached(mutate, i);
	if (!status)
		status = survey(mutate, failed, &blind);
	free(failed);
	if (mutate->is_out_of_memory)
		return error__fail(RUN_EXIT_INFRASTRUCTURE, "out of memory");
	return status;
}

/* --- the mutants ----------------------------------------------------------------------------- */

static int64_t duration_us(const struct outcome *outcome)
{
	return (outcome->end_ns - outcome->begin_ns) / 1000;
}

/* Return: the time of the slowest subtest of the unchanged test, or of the test if it has none. */
static int64_t slowest_us(const struct test_outcome *test)
{
	int64_t slowest = test->subtests_cnt ? 0 : duration_us(&test->outcome);
	int i;

	for (i = 0; i < test->subtests_cnt; i++) {
		if (duration_us(&test->subtests[i]->outcome) > slowest)
			slowest = duration_us(&test->subtests[i]->outcome);
	}
	return slowest;
}

static void set_limits(struct mutate *mutate)
{
	int scale = mutate->options->time_scale;
	int i, k;

	for (i = 0; i < mutate->tests.cnt; i++) {
		const struct test_outcome *test = &mutate->tests.all[i];
		int64_t slowest_ms = slowest_us(test) / 1000;

		for (k = 0; k < mutate->mutants.cnt; k++) {
			struct mutation_order *order = &mutate->mutants.all[k]->order;

			if (mutate->mutants.all[k]->test_number != test->outcome.number)
				continue;
			order->wait_timeout_ms = WAIT_MIN_MS * scale + WAIT_FACTOR * slowest_ms;
			order->deadline_ms = DEADLINE_MIN_MS * scale +
					     DEADLINE_FACTOR * slowest_ms + order->wait_timeout_ms;
		}
	}
}

static void write_event(struct mutate *mutate, const struct mutant *mutant)
{
	struct json_object *object;
	const char *text;

	if (mutate->events_fd < 0)
		return;
	object = mutant_report__object(mutant);
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (dprintf(mutate->events_fd, "%s\n", text) < 0)
		note_status(mutate,
			    error__fail(RUN_EXIT_INFRASTRUCTURE,
					"cannot write a mutant to the event stream: " ERRNO_FMT,
					ERRNO_ARG(errno)));
	json_object_put(object);
}

/* A log is of use only for the one mutant that --mutant names. */
static void print_log(const struct test_outcome *test)
{
	size_t len;
	int i;

	for (i = -1; i < test->subtests_cnt; i++) {
		const struct outcome *outcome = i < 0 ? &test->outcome :
							&test->subtests[i]->outcome;
		autofree char *text = capped_log__text(&outcome->log, &len);

		if (text)
			fwrite(text, 1, len, stdout);
	}
}

static void print_one(const struct mutant *mutant, const struct test_outcome *test)
{
	autofree char *patch = mutant_report__patch(mutant);

	print_log(test);
	if (patch)
		fputs(patch, stdout);
}

static void listen_to_mutants(void *context, const struct event *event)
{
	struct mutate *mutate = context;
	struct test_outcome *test = event->test;
	struct mutant *mutant;

	if (!test)
		return;
	mutant = mutate->now[test - mutate->orders];
	if (event->kind == EVENT_TEST_BEGIN)
		mutant_journal__begin(&mutate->journal, mutant);
	if (event->kind == EVENT_MUTATION && event->record->header.type == RECORD_MUTANT_LOADED)
		mutant__take_load(mutant, event->record->header.code);
	if (event->kind != EVENT_TEST_END)
		return;
	mutant__judge(mutant, test);
	mutant_journal__end(&mutate->journal, mutant);
	if (mutate->options->mutation.only)
		print_one(mutant, test);
	capped_log__free(&test->outcome.log);
}

static int run_part(struct mutate *mutate, struct mutant **mutants, int cnt)
{
	int i, status;

	mutate->orders = calloc(cnt, sizeof(*mutate->orders));
	if (!mutate->orders)
		return error__fail(RUN_EXIT_INFRASTRUCTURE, "out of memory");
	mutate->now = mutants;
	for (i = 0; i < cnt; i++) {
		if (make_order(&mutate->orders[i], mutants[i]->entry, mutants[i]->test_number,
			       &mutants[i]->order))
			return error__fail(RUN_EXIT_INFRASTRUCTURE, "out of memory");
	}
	status = run_orders(mutate, cnt, listen_to_mutants);
	known_mutants__explain(&mutate->known, &mutate->mutants);
	for (i = 0; i < cnt; i++) {
		write_event(mutate, mutants[i]);
		if (mutants[i]->result == MUTANT_SURVIVED && !mutants[i]->explained)
			mutant_report__print_survivor(mutants[i]);
	}
	return status;
}

/* Without those that have a result already, from before a restart. */
static int run_waiting(struct mutate *mutate, struct mutant **mutants, int cnt)
{
	struct mutant *waiting[MUTANTS_AT_ONCE];
	int i, waiting_cnt = 0;

	for (i = 0; i < cnt; i++) {
		if (mutants[i]->result == MUTANT_WAITS)
			waiting[waiting_cnt++] = mutants[i];
	}
	return waiting_cnt ? run_part(mutate, waiting, waiting_cnt) : RUN_EXIT_OK;
}

static bool is_time_over(const struct mutate *mutate)
{
	int64_t budget_ms = mutate->options->mutation.budget_ms;

	return budget_ms &&
	       (int64_t)((clock__now_ns() - mutate->start_ns) / NS_PER_MS) >= budget_ms;
}

/* Those that ran when the kernel went down run alone: if it goes down again, one of them is known. */
static int run_suspects(struct mutate *mutate)
{
	int i, status = RUN_EXIT_OK;

	for (i = 0; i < mutate->mutants.cnt && !status; i++) {
		if (mutate->mutants.all[i]->is_suspect)
			status = run_part(mutate, &mutate->mutants.all[i], 1);
	}
	return status;
}

static int take_journal(struct mutate *mutate)
{
	int i, taken = mutant_journal__take(&mutate->journal, &mutate->mutants);

	if (taken < 0)
		return RUN_EXIT_INFRASTRUCTURE;
	for (i = 0; taken && i < mutate->mutants.cnt; i++) {
		const struct mutant *mutant = mutate->mutants.all[i];

		if (mutant->result != MUTANT_WAITS && mutant->result != MUTANT_NOT_RUN)
			write_event(mutate, mutant);
	}
	if (mutate->journal.is_resumed)
		printf("Mutants: %d have a result from before the restart\n", taken);
	return run_suspects(mutate);
}

/*
 * A test that failed before it loaded the mutant says nothing about it. It was too slow beside the
 * others: it runs once more, alone.
 */
static int run_unloaded(struct mutate *mutate)
{
	int i, status = RUN_EXIT_OK;

	mutate->quiet.jobs = 1;
	for (i = 0; i < mutate->mutants.cnt && !status && !is_time_over(mutate); i++) {
		struct mutant *mutant = mutate->mutants.all[i];

		if (mutant->result != MUTANT_WAITS || !mutant->why)
			continue;
		free(mutant->why);
		mutant->why = NULL;
		status = run_part(mutate, &mutate->mutants.all[i], 1);
	}
	return status;
}

/* @ms: the time that the last part took; 0: there was none */
static int part_size(const struct mutate *mutate, int last, int64_t ms)
{
	int64_t size = ms ? last * (int64_t)PART_MS / ms : MUTANTS_MIN;

	if (!mutate->options->mutation.budget_ms || size > MUTANTS_AT_ONCE)
		return MUTANTS_AT_ONCE;
	return size < MUTANTS_MIN ? MUTANTS_MIN : size;
}

static int run_mutants(struct mutate *mutate)
{
	int cnt, done = 0, part = 0, status = RUN_EXIT_OK;
	int64_t begin_ms, part_ms = 0;
	struct mutant **sample;

	/* Surveys end in any order; only the seed shall decide what is in the sample. */
	mutant_list__sort(&mutate->mutants);
	sample = mutant_list__sample(&mutate->mutants, mutate->seed, &cnt);
	if (!sample)
		return error__fail(RUN_EXIT_INFRASTRUCTURE, "out of memory");
	status = take_journal(mutate);
	if (mutate->options->mutation.budget_cnt && mutate->options->mutation.budget_cnt < cnt)
		cnt = mutate->options->mutation.budget_cnt;
	print_left_out(mutate);
	printf("Mutants: %d found, trying %d, seed %u\n", mutate->mutants.cnt, cnt, mutate->seed);
	while (done < cnt && !status && !is_time_over(mutate)) {
		part = part_size(mutate, part, part_ms);
		if (part > cnt - done)
			part = cnt - done;
		begin_ms = clock__now_ns() / NS_PER_MS;
		status = run_waiting(mutate, sample + done, part);
		part_ms = clock__now_ns() / NS_PER_MS - begin_ms;
		done += part;
		printf("Mutants: %d of %d tried in %.0f s\n", done, cnt,
		       (double)(clock__now_ns() - mutate->start_ns) / NS_PER_S);
		fflush(stdout);
	}
	free(sample);
	return status ?: run_unloaded(mutate);
}

/* Leave only the mutant that --mutant names. */
static int keep_only(struct mutate *mutate)
{
	const char *only = mutate->options->mutation.only;
	bool is_found = false;
	char name[64];
	int i;

	if (!only)
		return RUN_EXIT_OK;
	for (i = 0; i < mutate->mutants.cnt; i++) {
		struct mutant *mutant = mutate->mutants.all[i];

		mutant_report__name(mutant, name, sizeof(name));
		if (strcmp(name, only))
			mutant->result = MUTANT_NOT_RUN;
		else
			is_found = true;
	}
	if (is_found)
		return RUN_EXIT_OK;
	return error__fail(
		RUN_EXIT_NOTHING_RAN,
		"no mutant of the selected tests is named '%s': its test has changed, or is "
		"not selected",
		only);
}

static int open_events(struct mutate *mutate)
{
	const struct run_options *options = mutate->options;
	autofree char *path = NULL;

	mutate->events_fd = -1;
	if (options->events_path)
		path = strdup(options->events_path);
	else if (options->results_path &&
		 asprintf(&path, "%s/events.jsonl", options->results_path) < 0)
		path = NULL;
	if (!path)
		return RUN_EXIT_OK;
	mutate->events_fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (mutate->events_fd >= 0)
		return RUN_EXIT_OK;
	return error__fail(RUN_EXIT_INFRASTRUCTURE, "cannot append to '%s': " ERRNO_FMT, path,
			   ERRNO_ARG(errno));
}

/* Whether all mutants that there are were tried, so that the lists can be compared with them. */
static bool is_whole(const struct mutate *mutate)
{
	return !mutate->options->mutation.only &&
	       !mutant_totals__count(&mutate->mutants, NULL).of[MUTANT_WAITS];
}

extern const struct assert_site __start_assert_sites[] __attribute__((weak));
extern const struct assert_site __stop_assert_sites[] __attribute__((weak));

/* @line: 0: any line of the file */
static bool was_reached(const struct mutate *mutate, const char *file, int line)
{
	int i;

	for (i = 0; i < mutate->mutants.cnt; i++) {
		const struct mutant *mutant = mutate->mutants.all[i];

		if ((!line || mutant->line == line) && !strcmp(mutant->file, file))
			return true;
	}
	return false;
}

/* The assertions that no process came to, in the files of tests that ran. */
static void print_never_reached(const struct mutate *mutate)
{
	const struct assert_site *site;
	int cnt = 0;

	for (site = __start_assert_sites; site && site < __stop_assert_sites; site++) {
		if (!strchr(site->file, '/') || !was_reached(mutate, site->file, 0) ||
		    was_reached(mutate, site->file, site->line))
			continue;
		printf("never reached  %s:%d\n", site->file, site->line);
		cnt++;
	}
	printf("Assertions never reached: %d\n", cnt);
}

static int report(struct mutate *mutate)
{
	const struct mutation_options *options = &mutate->options->mutation;

	if (mutate->options->mutation.is_assertions && !mutate->options->mutation.only)
		print_never_reached(mutate);
	mutant_report__print_tests(&mutate->mutants);
	if (is_whole(mutate) && known_mutants__report_unneeded(&mutate->known))
		note_status(mutate, RUN_EXIT_FAILED);
	if (options->scores_path &&
	    mutant_scores__check(options->scores_path, &mutate->mutants, is_whole(mutate)))
		note_status(mutate, RUN_EXIT_FAILED);
	mutant_report__print_totals(&mutate->mutants, mutate->seed,
				    (double)(clock__now_ns() - mutate->start_ns) / NS_PER_S);
	return mutate->status;
}

static int run_all(struct mutate *mutate)
{
	int status;

	if (mutant_journal__open(&mutate->journal, mutate->seed))
		return RUN_EXIT_INFRASTRUCTURE;
	mutate->seed = mutate->journal.seed;
	if (known_mutants__read(&mutate->known, mutate->options->mutation.known_path))
		return RUN_EXIT_USAGE;
	mutate->status = run__tests_and_keep(mutate->options, mutate->selection, &mutate->tests);
	if (mutate->status != RUN_EXIT_OK && mutate->status != RUN_EXIT_FAILED)
		return mutate->status;
	mutate->start_ns = clock__now_ns();
	shared_btf__load();
	status = open_events(mutate) ?: survey_all(mutate) ?: keep_only(mutate);
	if (status)
		return status;
	set_limits(mutate);
	status = run_mutants(mutate);
	if (status == RUN_EXIT_RESTART && mutate->journal.path)
		return status;
	report(mutate);
	return status == RUN_EXIT_RESTART ? RUN_EXIT_INFRASTRUCTURE : status ?: mutate->status;
}

int mutate__run(const struct run_options *options, struct selection *selection)
{
	struct mutate mutate = {
		.options = options,
		.selection = selection,
		.seed = options->mutation.seed,
		.events_fd = -1,
	};
	int i, status;

	if (!options->mutation.has_seed &&
	    getrandom(&mutate.seed, sizeof(mutate.seed), 0) != sizeof(mutate.seed))
		mutate.seed = clock__now_ns();
	make_quiet_options(&mutate);
	status = run_all(&mutate);
	for (i = 0; i < mutate.tests.cnt; i++)
		test_outcome__free(&mutate.tests.all[i]);
	free(mutate.tests.all);
	free(mutate.failed_survey);
	for (i = 0; i < mutate.left_out_cnt; i++)
		free(mutate.left_out[i]);
	mutant_journal__close(&mutate.journal, status != RUN_EXIT_RESTART);
	shared_btf__free();
	mutant_list__free(&mutate.mutants);
	known_mutants__free(&mutate.known);
	if (mutate.events_fd >= 0)
		close(mutate.events_fd);
	return status;
}
