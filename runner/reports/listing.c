// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints names and declarations; runs nothing. Subtests exist only while a test runs. --list=all
 * therefore takes them from earlier runs, and from the programs of annotated objects, which it
 * opens but does not load.
 */
#include <errno.h>
#include <string.h>

#include "runner/needs/needs.h"
#include "runner/needs/run_info.h"
#include "runner/reports/listing.h"
#include "runner/schedule/locks.h"
#include "runner/selection/registry.h"
#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/glob.h"
#include "runner/text/printable.h"
#include "test_progs.h"

extern const struct annotated_object __start_annotated_objects[] __attribute__((weak));
extern const struct annotated_object __stop_annotated_objects[] __attribute__((weak));

void listing__print(const struct run_options *options, const struct tests *tests)
{
	int i;

	if (options->count) {
		printf("%d\n", tests->cnt);
		return;
	}
	for (i = 0; i < tests->cnt; i++) {
		const char *name = tests->all[i].outcome.name;

		puts(name);
		if (options->list != LIST_LONG)
			continue;
		needs__print(name, stdout);
		locks__print(name, stdout);
	}
}

/* The state for listing the subtests of one test. */
struct listing {
	const struct selection *selection;
	const struct history *history;
	struct history_key key;
	const char *test;
	int test_number;
};

/* @number: 0 if the subtest has not run yet. */
static void print_subtest(const struct listing *listing, int number, const char *name)
{
	autofree char *shown = printable_line(name, strlen(name));
	char numbers[32];

	if (number)
		snprintf(numbers, sizeof(numbers), "%d/%d", listing->test_number, number);
	else
		snprintf(numbers, sizeof(numbers), "%d/?", listing->test_number);
	printf("%-9s%s/%s (%s)\n", numbers, listing->test, shown ?: "?",
	       number ? "known" : "not yet run");
}

/*
 * The history has subtests in the order in which the test began them, so the index gives the
 * number.
 */
static void print_known(const struct listing *listing)
{
	size_t i, cnt = history__subtests_cnt(listing->history, &listing->key, listing->test);

	for (i = 0; i < cnt; i++) {
		const char *name =
			history__subtest(listing->history, &listing->key, listing->test, i);

		if (selection__has_subtest(listing->selection, listing->test, listing->test_number,
					   name, NULL, i + 1))
			print_subtest(listing, i + 1, name);
	}
}

static bool is_known(const struct listing *listing, const char *name)
{
	size_t i, cnt = history__subtests_cnt(listing->history, &listing->key, listing->test);

	for (i = 0; i < cnt; i++) {
		if (!strcmp(history__subtest(listing->history, &listing->key, listing->test, i),
			    name))
			return true;
	}
	return false;
}

/* Print a subtest by its description, if it has one: the history stores the same text. */
static void print_program(void *data, const char *name, const char *description)
{
	const struct listing *listing = data;
	const char *shown = description ?: name;

	if (!is_known(listing, shown) &&
	    selection__has_subtest(listing->selection, listing->test, listing->test_number, name,
				   description, 0))
		print_subtest(listing, 0, shown);
}

static bool is_function_of(const char *function, const char *test)
{
	if (!strncmp(function, "serial_", strlen("serial_")))
		function += strlen("serial_");
	return !strncmp(function, "test_", strlen("test_")) &&
	       !strcmp(function + strlen("test_"), test);
}

static void print_subtests(struct listing *listing)
{
	const struct annotated_object *object;

	if (!history__subtests_cnt(listing->history, &listing->key, listing->test))
		listing->key.release = NULL;
	print_known(listing);
	for (object = __start_annotated_objects; object < __stop_annotated_objects; object++) {
		if (is_function_of(object->function, listing->test))
			object->list(object->elf_bytes, print_program, listing);
	}
}

void listing__print_all(const struct tests *tests, const struct selection *selection,
			const struct run_history *history)
{
	int i;

	for (i = 0; i < tests->cnt; i++) {
		struct listing listing = {
			.selection = selection,
			.history = &history->history,
			.key = history->key,
			.test = tests->all[i].outcome.name,
			.test_number = tests->all[i].outcome.number,
		};

		printf("%-9d%s\n", listing.test_number, listing.test);
		print_subtests(&listing);
	}
}

static int explain(const struct run_options *options, struct needs *needs)
{
	int i, status = RUN_EXIT_NOTHING_RAN;

	for (i = 0; i < test_entries_cnt; i++) {
		if (!glob__match(test_entries[i].name, options->why))
			continue;
		needs__explain(needs, test_entries[i].name, stdout);
		status = RUN_EXIT_OK;
	}
	if (status)
		fprintf(stderr, "error: '%s' matches no test (-l lists them)\n", options->why);
	return status;
}

int listing__explain(const struct run_options *options)
{
	struct needs needs = {};
	struct run_info info;
	uint64_t begin_ns;
	int status, err;

	err = run_info__read(&info, options->kconfig_path);
	if (err) {
		status = error__fail(RUN_EXIT_INFRASTRUCTURE,
				     "cannot use '%s' as the kernel's configuration: " ERRNO_FMT,
				     options->kconfig_path, ERRNO_ARG(err));
		goto out;
	}
	if (needs__begin(&needs, &info, ~0U)) {
		status = error__fail(RUN_EXIT_INFRASTRUCTURE, "out of memory");
		goto out;
	}
	begin_ns = clock__now_ns();
	status = explain(options, &needs);
	if (options->debug)
		fprintf(stderr,
			"debug: needs: types and symbols read in %.1f ms, probes in %.1f ms\n",
			needs.facts.read_ns / 1e6,
			(clock__now_ns() - begin_ns - needs.facts.read_ns) / 1e6);
	needs__end(&needs);
out:
	run_info__free(&info);
	return status;
}
