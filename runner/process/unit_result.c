// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides the result of a test, from the strongest reason to the weakest. If a test process exits
 * without RECORD_END and the runner has not killed it, the result is unknown: LOST, which is a
 * failure.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/inside/test_process.h"
#include "runner/process/unit_result.h"
#include "runner/schedule/run_history.h"

const char *unit_result__signal_name(int signal_number)
{
	static const char *const real_time = "a real-time signal";
	static const struct {
		int number;
		const char *name;
	} names[] = {
		/* clang-format off */
		{ SIGHUP, "SIGHUP" }, { SIGINT, "SIGINT" }, { SIGQUIT, "SIGQUIT" },
		{ SIGILL, "SIGILL" }, { SIGTRAP, "SIGTRAP" }, { SIGABRT, "SIGABRT" },
		{ SIGBUS, "SIGBUS" }, { SIGFPE, "SIGFPE" }, { SIGKILL, "SIGKILL" },
		{ SIGUSR1, "SIGUSR1" }, { SIGSEGV, "SIGSEGV" }, { SIGUSR2, "SIGUSR2" },
		{ SIGPIPE, "SIGPIPE" }, { SIGALRM, "SIGALRM" }, { SIGTERM, "SIGTERM" },
		{ SIGSTKFLT, "SIGSTKFLT" }, { SIGXCPU, "SIGXCPU" }, { SIGXFSZ, "SIGXFSZ" },
		{ SIGVTALRM, "SIGVTALRM" }, { SIGPROF, "SIGPROF" }, { SIGIO, "SIGIO" },
		{ SIGPWR, "SIGPWR" }, { SIGSYS, "SIGSYS" },
		/* clang-format on */
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].number == signal_number)
			return names[i].name;
	}
	return real_time;
}

/* Set the same result for the test and for the subtest that was running. */
static void set_result(struct unit *unit, enum result result, const char *fmt, ...)
{
	struct subtest_outcome *subtest = test_outcome__open_subtest(unit->test);
	char *detail = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&detail, fmt, args) < 0)
		detail = NULL;
	va_end(args);
	unit->test->outcome.result = result;
	outcome__set_detail(&unit->test->outcome, "%s", detail ?: "");
	if (subtest) {
		subtest->outcome.result = result;
		outcome__set_detail(&subtest->outcome, "%s", detail ?: "");
	}
	free(detail);
}

#define set_failure(unit, ...)                              \
	do {                                                \
		(unit)->test->outcome.failures++;           \
		set_result(unit, RESULT_FAIL, __VA_ARGS__); \
	} while (0)

static bool is_crash_signal(int signal_number)
{
	return signal_number == SIGSEGV || signal_number == SIGBUS || signal_number == SIGILL ||
	       signal_number == SIGFPE || signal_number == SIGABRT || signal_number == SIGTRAP ||
	       signal_number == SIGSYS;
}

const char *unit_result__describe_crash(const struct record_header *crash, char *text,
					size_t size_bytes)
{
	const char *name = unit_result__signal_name(crash->number);

	if (crash->number == SIGSEGV || crash->number == SIGBUS)
		snprintf(text, size_bytes, "%s, address %#" PRIx64 ", pc %#" PRIx64, name,
			 crash->address, crash->pc);
	else
		snprintf(text, size_bytes, "%s, pc %#" PRIx64, name, crash->pc);
	return text;
}

static void set_crash(struct unit *unit)
{
	int signal_number = unit->exit_status;
	const char *name = unit_result__signal_name(signal_number);
	char what[128];

	if (unit->is_out_of_memory)
		set_result(unit, RESULT_CRASH,
			   "killed: %s, the machine was out of memory; it need not be this test "
			   "that used it up",
			   name);
	else if (!is_crash_signal(signal_number))
		set_result(unit, RESULT_CRASH, "killed: %s, and not by the runner", name);
	else if (!unit->has_crash || unit->crash.number != signal_number)
		set_result(unit, RESULT_CRASH,
			   "crash: %s, no backtrace: the runner's handler was "
			   "replaced or could not run",
			   name);
	else
		set_result(unit, RESULT_CRASH, "crash: %s",
			   unit_result__describe_crash(&unit->crash, what, sizeof(what)));
}

static void set_lost(struct unit *unit)
{
	if (unit->exit_status == TEST_PROCESS_CHANNEL_LOST && unit->channel_closed)
		set_result(unit, RESULT_LOST,
			   "lost: the test closed the runner's descriptor, "
			   "what it found after that is unknown");
	else if (!unit->begun)
		set_result(unit, RESULT_LOST, "lost: exit status %d before the test function",
			   unit->exit_status);
	else
		set_result(unit, RESULT_LOST, "lost: exit status %d in mid-test",
			   unit->exit_status);
}

/* Return: false if the way in which the test process ended decides the result. */
static bool set_from_outside(struct unit *unit, bool is_unkillable)
{
	int64_t deadline_ms = unit__deadline_ms(unit);

	if (unit->isolation_error)
		set_failure(unit, "isolation: %s", unit->isolation_error);
	else if (unit->tracer.error)
		set_failure(unit, "not traced: %s", unit->tracer.error);
	else if (is_unkillable && unit->has_reaped)
		set_result(unit, RESULT_TIMEOUT,
			   "timeout: unkillable, its processes fork faster than they are killed");
	else if (is_unkillable)
		set_result(unit, RESULT_TIMEOUT, "timeout: unkillable, it is stuck in the kernel");
	else if (unit__current_outcome(unit)->splat)
		/*
		 * The test ended in this way because of the splat. test_outcome__finish() then sets
		 * the result.
		 */
		event_sink__debug(unit->units->sink, "%s: splat", unit->test->outcome.name);
	else if (unit->has_too_many_subtests)
		set_failure(unit, "killed: it began more than %d subtests",
			    unit->test->subtests_cnt);
	else if (unit->timed_out)
		set_result(unit, RESULT_TIMEOUT, "timeout: killed after %" PRId64 ".%" PRId64 " s",
			   deadline_ms / 1000, deadline_ms % 1000 / 100);
	else
		return false;
	return true;
}

static void set_from_exit(struct unit *unit)
{
	if (unit->interrupted)
		set_result(unit, RESULT_INTERRUPTED, "interrupted");
	else if (unit->exit_code != CLD_EXITED)
		set_crash(unit);
	else if (!unit->ended || unit->exit_status != TEST_PROCESS_ENDED)
		set_lost(unit);
}

void unit_result__decide(struct unit *unit, bool is_unkillable)
{
	struct test_outcome *test = unit->test;
	struct outcome *outcome = &test->outcome;
	bool has_subtests_only = selection__has_subtests_only(unit->units->selection, outcome->name,
							      outcome->number);

	if (!set_from_outside(unit, is_unkillable))
		set_from_exit(unit);
	/* The test did not reach the subtest that it was selected for: its pass means nothing. */
	if (has_subtests_only && !test->subtests_seen && !outcome->failures && !outcome->skipped) {
		outcome->skipped = true;
		outcome__set_detail(outcome, "no subtest is selected");
	}
	test->is_whole = outcome->result == RESULT_NOTRUN && !has_subtests_only &&
			 test->subtests_seen == test->subtests_cnt;
	if (!test->mutation)
		run_history__add_unreached(unit->units->history, test, unit->units->sink);
	test_outcome__finish(test);
	test_outcome__fail_for_left(test);
}
