// SPDX-License-Identifier: GPL-2.0-only
/* The calls that test_progs.h offers to a test: subtests, skips, requirements. Sends records. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "runner/inside/bpf_calls.h"
#include "runner/inside/capture_requests.h"
#include "runner/inside/channel.h"
#include "runner/inside/program_loads.h"
#include "runner/inside/subtest_names.h"
#include "runner/inside/test_api.h"
#include "test_progs.h"

#define SUBTEST_NAME_MAX_BYTES 1024

static struct {
	int number; /* number of the latest subtest */
	bool is_open;
	bool may_share_names; /* a second subtest of one name is NAME#2 */
	int repetition;       /* how many subtests have the name of the latest one */
} subtests;

void test__save_verifier_log(const char *program, const char *log)
{
	char heading[256];

	snprintf(heading, sizeof(heading), "program %s:\n", program);
	if (*log)
		channel__save_verifier_log(heading, log);
}

void test__end_subtest(void)
{
	if (!subtests.is_open || !channel__is_test())
		return;
	fflush(NULL);
	program_loads__report();
	bpf_calls__report();
	capture_requests__leave_subtest();
	channel__send_type(RECORD_SUBTEST_END, true);
	subtests.is_open = false;
}

bool test_api__act_on_needs(enum need_state state, const char *reason)
{
	if (state == NEED_MISSING)
		test__skip_reason("%s", reason);
	else if (state == NEED_LOST)
		assert__report(__FILE__, __LINE__, channel__setup()->test->name, "requirement",
			       false, "%s", reason);
	return state == NEED_HOLDS;
}

bool test__require(const struct test_need *need)
{
	char reason[SKIP_REASON_MAX_BYTES];

	return test_api__act_on_needs(needs__judge(&channel__setup()->needs->facts, need, reason,
						   sizeof(reason)),
				      reason);
}

bool test__has(const struct test_need *need)
{
	char reason[SKIP_REASON_MAX_BYTES];

	return needs__judge(&channel__setup()->needs->facts, need, reason, sizeof(reason)) ==
	       NEED_HOLDS;
}

void test__number_repeated_subtests(void)
{
	subtests.may_share_names = true;
}

/*
 * Count the names of subtests. Write NAME#2 for the second one of a name, if the test may have one.
 *
 * Return: whether @numbered has such a name.
 */
static bool number_repeated(const char *shown, char *numbered, size_t size_bytes)
{
	subtests.repetition = subtest_names__count(shown);
	if (!subtests.may_share_names || subtests.repetition == 1)
		return false;
	snprintf(numbered, size_bytes, "%s#%d", shown, subtests.repetition);
	return true;
}

/* Two results under one name: a reader would take the one for the other. */
static void fail_if_repeated(const char *shown)
{
	char text[SUBTEST_NAME_MAX_BYTES + 64];

	if (subtests.may_share_names || subtests.repetition == 1)
		return;
	snprintf(text, sizeof(text), "%d subtests are named '%s': give each a name of its own",
		 subtests.repetition, shown);
	channel__send_failure(text);
}

/* @description: the description, or the numbered name, or "" */
static bool is_selected(const char *name, const char *description)
{
	const struct test_process_setup *setup = channel__setup();

	/* Once a mutant is killed, nothing more is to be learned about it. */
	if (setup->mutation &&
	    (!mutation_order__wants(setup->mutation, subtests.number) || channel__has_failed()))
		return false;
	return selection__has_subtest(setup->selection, setup->test->name, setup->number, name,
				      description, subtests.number);
}

bool test__start_subtest_with_desc(const char *name, const char *description)
{
	char name_cut[SUBTEST_NAME_MAX_BYTES], description_cut[SUBTEST_NAME_MAX_BYTES];
	char reason[SKIP_REASON_MAX_BYTES], numbered[SUBTEST_NAME_MAX_BYTES + 16];
	struct record record = {
		.header.flags = RECORD_WANTS_ANSWER,
		.texts = { name_cut, description_cut },
	};
	const char *shown;

	snprintf(name_cut, sizeof(name_cut), "%s", name ?: "");
	snprintf(description_cut, sizeof(description_cut), "%s", description ?: "");

	if (!channel__is_test()) {
		channel__send_failure("a forked child may not begin a subtest");
		return false;
	}
	test__end_subtest();
	program_loads__report();
	bpf_calls__report();
	record.header.number = ++subtests.number;
	if (!*name_cut) {
		channel__send_failure("a subtest needs a name");
		return false;
	}
	shown = *description_cut ? description_cut : name_cut;
	if (number_repeated(shown, numbered, sizeof(numbered)))
		record.texts[1] = numbered;
	if (!is_selected(name_cut, *description_cut ? description_cut : record.texts[1])) {
		record.header.type = RECORD_SUBTEST_LEFT_OUT;
		record.header.flags = 0;
		channel__send(&record);
		return false;
	}
	fflush(NULL);
	fail_if_repeated(shown);
	capture_requests__enter_subtest(name_cut, record.texts[1], subtests.number);
	record.header.type = RECORD_SUBTEST_BEGIN;
	subtests.is_open = true;
	channel__send(&record);
	if (test_api__act_on_needs(needs__check(channel__setup()->needs,
						channel__setup()->test->name,
						(const char *const[]){ name_cut, description_cut },
						true, reason, sizeof(reason)),
				   reason))
		return true;
	test__end_subtest();
	return false;
}

bool test__start_subtest(const char *name)
{
	return test__start_subtest_with_desc(name, NULL);
}

void test__skip_reason(const char *fmt, ...)
{
	char reason[SKIP_REASON_MAX_BYTES];
	struct record record = { .header.type = RECORD_SKIP, .texts = { reason } };
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	channel__send(&record);
}

void test__skip(void)
{
	channel__send_type(RECORD_SKIP, false);
}

void test__expect_splat(const char *regex)
{
	struct record record = {
		.header.type = RECORD_EXPECT_SPLAT,
		.header.flags = RECORD_WANTS_ANSWER,
		.texts = { regex },
	};

	channel__send(&record);
}

void test__force_log(void)
{
	channel__send_type(RECORD_FORCE_LOG, false);
}

int test__verbosity(void)
{
	return channel__setup()->verbosity;
}

bool test__verifier_stats(void)
{
	return channel__setup()->verifier_stats;
}

int test__wait_timeout_ms(void)
{
	return channel__setup()->wait_timeout_ms;
}

int test__system(const char *fmt, ...)
{
	char *command;
	va_list args;
	int n, status;

	va_start(args, fmt);
	n = vasprintf(&command, fmt, args);
	va_end(args);
	if (n < 0)
		return -ENOMEM;
	fflush(NULL);
	status = system(command);
	free(command);
	if (status < 0)
		return -errno;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
