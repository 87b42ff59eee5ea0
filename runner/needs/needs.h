/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The requirements of the selected tests and what holds of them here. All but probes of a test's
 * own are looked up once, by the runner, before the first test; test processes inherit the answers.
 */
#ifndef RUNNER_NEEDS_NEEDS_H
#define RUNNER_NEEDS_NEEDS_H

#include <stdio.h>

#include "runner/needs/kernel_facts.h"
#include "test_needs.h"

enum need_state {
	NEED_NOT_LOOKED_UP,
	NEED_HOLDS,
	NEED_MISSING, /* absent, and that is justified: SKIP */
	NEED_LOST,    /* absent, and this kernel should have it: FAIL */
};

struct need_answer {
	enum need_state state;
	char *text; /* why it is absent, with what would bring it; NULL if it holds */
};

struct needs {
	struct kernel_facts facts;
	struct need_answer **answers; /* one array for each declaration, NULL if not looked up */
};

/** needs__begin() - nothing is looked up yet; returns 0 or -ENOMEM */
int needs__begin(struct needs *needs, const struct run_info *info);

/**
 * needs__look_up() - what this test declared for itself and its subtests, but for its own probes
 */
void needs__look_up(struct needs *needs, const char *test);

/**
 * needs__check() - whether a test or subtest can run
 * @names: of the subtest, and its description or NULL; NULL: the test itself
 * @with_probes: also run the test's own probes; only in its process
 * @text: filled in with the reasons if it cannot
 *
 * Return: NEED_HOLDS, or the worst state of what was declared.
 */
enum need_state needs__check(struct needs *needs, const char *test, const char *const names[2],
			     bool with_probes, char *text, size_t size_bytes);

/**
 * needs__judge() - look for one thing
 * @text: filled in with why it is absent, else empty
 *
 * The rule of test_needs.h.
 */
enum need_state needs__judge(struct kernel_facts *facts, const struct test_need *need, char *text,
			     size_t size_bytes);

/** needs__are_declared() - whether a test says what it needs, even if that is nothing */
bool needs__are_declared(const char *test);

/** needs__check_declarations() - 0, or -EINVAL and the text of the problem */
int needs__check_declarations(char *error, size_t size_bytes);

/** needs__print() - the requirements of a test and its subtests, one a line, for --list=long */
void needs__print(const char *test, FILE *out);

/** needs__explain() - the same with what holds here, for --why */
void needs__explain(struct needs *needs, const char *test, FILE *out);

/** needs__end() - unload modules that were loaded for tests, and free everything */
void needs__end(struct needs *needs);

#endif
