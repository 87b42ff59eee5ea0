// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the table of a matrix: a line for each kernel, and below the results that differ.
 *
 * Reads the reports of test_progs with json-c; without a report, a run has only its exit status.
 * Tests are compared by name, subtests by test/subtest. A subtest that is missing because its whole
 * test was skipped does not count as a difference.
 */
#include <stdbool.h>
#include <json-c/json.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/text/cleanup.h"
#include "vm/host/exit_status.h"
#include "vm/host/text.h"
#include "vm/host/words.h"
#include "vm/matrix_report.h"
#include "vm/matrix_run.h"
#include "vm/run.h"

#define MISSING "MISSING"

/**
 * struct result - the result of a test or subtest on one kernel
 * @word: a result such as PASS, FAIL or SKIP, or MISSING; NULL: not compared
 * @reason: reason of a skip or failure, or ""
 */
struct result {
	const char *word;
	const char *reason;
};

void matrix_report__read(const struct matrix *matrix, struct matrix_run *run)
{
	autofree char *path = NULL;

	if (!matrix->report_name)
		return;
	path = text__format("%s/%s", run->results, matrix->report_name);
	run->report = json_object_from_file(path);
}

static struct json_object *member(struct json_object *object, const char *name)
{
	struct json_object *found = NULL;

	json_object_object_get_ex(object, name, &found);
	return found;
}

static const char *text_of(struct json_object *object, const char *name)
{
	struct json_object *found = member(object, name);

	return found ? json_object_get_string(found) : "";
}

static int number_of(struct json_object *object, const char *name)
{
	return json_object_get_int(member(object, name));
}

static size_t length_of(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

/* Return: the array element with this name, or NULL. */
static struct json_object *find(struct json_object *array, const char *name)
{
	for (size_t i = 0; i < length_of(array); i++) {
		struct json_object *element = json_object_array_get_idx(array, i);

		if (!strcmp(text_of(element, "name"), name))
			return element;
	}
	return NULL;
}

static struct result result_of(struct json_object *element)
{
	struct result result = { text_of(element, "result"), text_of(element, "reason") };

	if (!*result.reason)
		result.reason = text_of(element, "assertion");
	return result;
}

static struct result find_result(const struct matrix_run *run, const char *test,
				 const char *subtest)
{
	struct json_object *element = find(member(run->report, "results"), test);
	bool is_skip = element && !strcmp(text_of(element, "result"), "SKIP");

	if (!run->report)
		return (struct result){};
	if (element && subtest) {
		element = find(member(element, "subtests"), subtest);
		if (!element && is_skip)
			return (struct result){};
	}
	return element ? result_of(element) : (struct result){ MISSING, "" };
}

static bool same(struct result a, struct result b)
{
	return a.word && b.word && !strcmp(a.word, b.word) && !strcmp(a.reason, b.reason);
}

static bool differ(const struct result *results, size_t count)
{
	const char *first = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!results[i].word)
			continue;
		if (first && strcmp(first, results[i].word))
			return true;
		first = results[i].word;
	}
	return false;
}

/* Print a line for each result, with its kernels and the reason. */
static void print_results(const struct matrix *matrix, struct result *results, FILE *out)
{
	for (size_t i = 0; i < matrix->count; i++) {
		struct result result = results[i];

		if (!result.word)
			continue;
		fprintf(out, "    %-7s", result.word);
		for (size_t j = i; j < matrix->count; j++) {
			if (!same(result, results[j]))
				continue;
			fprintf(out, "%s%s", j == i ? " " : ", ", matrix->runs[j].name);
			results[j].word = j == i ? result.word : NULL;
		}
		fprintf(out, "%s%s\n", *result.reason ? ": " : "", result.reason);
	}
}

static void compare(const struct matrix *matrix, const char *test, const char *subtest,
		    bool *is_first, FILE *out)
{
	struct result results[matrix->count];

	for (size_t i = 0; i < matrix->count; i++)
		results[i] = find_result(&matrix->runs[i], test, subtest);
	if (!differ(results, matrix->count))
		return;
	if (*is_first)
		fputs("\nResults that differ between kernels:\n", out);
	*is_first = false;
	fprintf(out, "  %s%s%s\n", test, subtest ? "/" : "", subtest ? subtest : "");
	print_results(matrix, results, out);
}

/* Call compare() once for each name that is in any report. */
static void compare_subtests(const struct matrix *matrix, const char *test, bool *is_first,
			     FILE *out)
{
	autowords struct words seen = {};

	for (size_t i = 0; i < matrix->count; i++) {
		struct json_object *results = member(matrix->runs[i].report, "results");
		struct json_object *subtests = member(find(results, test), "subtests");

		for (size_t j = 0; j < length_of(subtests); j++) {
			const char *name = text_of(json_object_array_get_idx(subtests, j), "name");

			if (words__contain(&seen, name))
				continue;
			words__add(&seen, "%s", name);
			compare(matrix, test, name, is_first, out);
		}
	}
}

static void print_differences(const struct matrix *matrix, FILE *out)
{
	autowords struct words seen = {};
	bool is_first = true;

	for (size_t i = 0; i < matrix->count; i++) {
		struct json_object *results = member(matrix->runs[i].report, "results");

		for (size_t j = 0; j < length_of(results); j++) {
			const char *name = text_of(json_object_array_get_idx(results, j), "name");

			if (words__contain(&seen, name))
				continue;
			words__add(&seen, "%s", name);
			compare(matrix, name, NULL, &is_first, out);
			compare_subtests(matrix, name, &is_first, out);
		}
	}
}

static void print_counts(struct json_object *report, FILE *out)
{
	autofree char *passed = NULL, *failed = NULL;

	if (!report) {
		fprintf(out, "  %9s %8s %7s", "-", "-", "-");
		return;
	}
	passed = text__format("%d/%d", number_of(report, "success"),
			      number_of(report, "success_subtest"));
	failed = text__format("%d/%d", number_of(report, "failed"),
			      number_of(report, "failed_subtest"));
	fprintf(out, "  %9s %8d %7s", passed, number_of(report, "skipped"), failed);
}

void matrix_report__print(const struct matrix *matrix, FILE *out)
{
	int width = matrix->width > (int)strlen("kernel") ? matrix->width : (int)strlen("kernel");
	int release_width = strlen("release");

	for (size_t i = 0; i < matrix->count; i++) {
		int len = strlen(matrix->runs[i].facts->release);

		release_width = len > release_width ? len : release_width;
	}
	fprintf(out, "\n%-*s  %-*s", width, "kernel", release_width, "release");
	if (matrix->report_name)
		fprintf(out, "  %9s %8s %7s", "passed", "skipped", "failed");
	fprintf(out, " %9s  %s\n", "time", "status");
	for (size_t i = 0; i < matrix->count; i++) {
		const struct matrix_run *run = &matrix->runs[i];
		const char *meaning = exit_status__meaning(run->status);

		fprintf(out, "%-*s  %-*s", width, run->name, release_width,
			*run->facts->release ? run->facts->release : "-");
		if (matrix->report_name)
			print_counts(run->report, out);
		fprintf(out, " %7.1f s  %d%s%s\n", run->duration_ms / 1000.0, run->status,
			meaning ? ": " : "", meaning ? meaning : "");
	}
	print_differences(matrix, out);
}
