// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of options, with a function for the value of each. It checks every value alone.
 * Conflicts between options are checked when all of them are known.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "runner/command_line/mutation_options.h"
#include "runner/command_line/option.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/variable.h"

#define ARRAY_SIZE(array)     (sizeof(array) / sizeof((array)[0]))
/*
 * A traced test and its waits get this many times more time. Under strace a system call takes about
 * 20 times as long (measured); under gdb a person is thinking.
 */
#define TIME_SCALE_STRACE     10
#define TIME_SCALE_GDB        100
/*
 * The maximum of this factor times the factor of an emulated machine. A minute times the maximum,
 * in milliseconds, fits into an int.
 */
#define TIME_SCALE_TRACED_MAX 10000
/* The number of options that name an output, or more. */
#define OUTPUTS_MAX           16

static error_t set_flag(struct parsing *parsing, const struct option_entry *option,
			const char *value)
{
	*(bool *)((char *)parsing->options + option->member) = true;
	return 0;
}

static error_t set_text(struct parsing *parsing, const struct option_entry *option,
			const char *value)
{
	*(const char **)((char *)parsing->options + option->member) = value;
	return 0;
}

/*
 * The place of an output. vmtest throws everything in its guest away except for the results folder, so a
 * relative path is one below $RESULTS there. An absolute path is for another command in the guest: vmtest
 * refuses one of its own command.
 */
static error_t set_output(struct parsing *parsing, const struct option_entry *option,
			  const char *value)
{
	static char paths[OUTPUTS_MAX][PATH_MAX];
	static size_t paths_cnt;
	const char *folder = getenv("VMTEST") ? getenv("RESULTS") : NULL;
	char *path = paths[paths_cnt % OUTPUTS_MAX];

	if (!folder || !*folder || *value == '/')
		return set_text(parsing, option, value);
	if (snprintf(path, PATH_MAX, "%s/%s", folder, value) >= PATH_MAX)
		return parsing__refuse(parsing, "'%s' is too long for a path", value);
	paths_cnt++;
	return set_text(parsing, option, path);
}

static error_t set_conformance(struct parsing *parsing, const struct option_entry *option,
			       const char *value)
{
	static const struct option_entry output = { .member = offsetof(struct run_options,
								       reports.conformance) };

	if (value)
		return set_output(parsing, &output, value);
	parsing->options->reports.conformance = "/dev/stdout";
	return 0;
}

static error_t add_names(struct parsing *parsing, struct name_list *list, const char *names,
			 bool substring)
{
	char error[PATH_MAX + 128];

	if (name_list__parse(list, names, substring, error, sizeof(error)))
		return parsing__refuse(parsing, "%s", error);
	return 0;
}

static error_t set_numbers(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	char error[512];

	if (selection__set_numbers(parsing->selection, value, error, sizeof(error)))
		return parsing__refuse(parsing, "-n %s: %s", value, error);
	return 0;
}

static error_t add_allowed(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	const struct name_list *allow = &parsing->selection->allow;
	int before = allow->cnt;
	error_t err =
		add_names(parsing, &parsing->selection->allow, value, option->argp.key == 't');

	/* The kernel's runner takes an empty list for all tests. */
	if (!err && allow->cnt == before)
		error__say("warning: -%c '%s' has no names, so it selects no test by name",
			   option->argp.key, value);
	return err;
}

static error_t add_denied(struct parsing *parsing, const struct option_entry *option,
			  const char *value)
{
	return add_names(parsing, &parsing->selection->deny, value, option->argp.key == 'b');
}

static error_t add_captured(struct parsing *parsing, const struct option_entry *option,
			    const char *value)
{
	parsing->options->captured = parsing->captured;
	return add_names(parsing, &parsing->captured->allow, value, false);
}

static error_t add_known_skips(struct parsing *parsing, const struct option_entry *option,
			       const char *value)
{
	char names[PATH_MAX + 2];

	snprintf(names, sizeof(names), "@%s", value);
	parsing->options->known_skips = parsing->known_skips;
	return add_names(parsing, parsing->known_skips, names, false);
}

static error_t set_list(struct parsing *parsing, const struct option_entry *option,
			const char *value)
{
	static const char *const kinds[] = {
		[LIST_NAMES] = "", [LIST_LONG] = "long", [LIST_ALL] = "all"
	};
	size_t i;

	for (i = LIST_NAMES; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(value ?: "", kinds[i]))
			continue;
		parsing->options->list = i;
		return 0;
	}
	return parsing__refuse(parsing, "--list takes 'all', 'long' or no value, not '%s'", value);
}

static error_t set_workers(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	struct run_options *options = parsing->options;
	long jobs = value ? parsing__number(value, 1, JOBS_MAX) : get_nprocs();

	if (jobs < 0)
		return parsing__refuse(parsing,
				       "-j takes a number of tests at once, from 1 to %d, not '%s'",
				       JOBS_MAX, value);
	options->parallel = true;
	options->jobs = jobs;
	return 0;
}

static error_t set_verbosity(struct parsing *parsing, const struct option_entry *option,
			     const char *value)
{
	static const char *const levels[] = { "", "v", "vv" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		if (strcmp(value ?: "", levels[i]))
			continue;
		parsing->options->verbosity = i + 1;
		/* Helpers of the kernel's tests read this variable. */
		setenv("SELFTESTS_VERBOSE", "1", 1);
		return 0;
	}
	return parsing__refuse(parsing, "verbosity is -v, -vv or -vvv, not '-v%s'", value);
}

static error_t set_deadline(struct parsing *parsing, const struct option_entry *option,
			    const char *value)
{
	long seconds = parsing__number(value, 0, SECONDS_MAX);

	if (seconds < 0)
		return parsing__refuse(
			parsing, "-w takes whole seconds up to %d, or 0 for no limit, not '%s'",
			SECONDS_MAX, value);
	parsing->options->deadline_ms = seconds * 1000;
	return 0;
}

static error_t add_variable(struct parsing *parsing, const struct option_entry *option,
			    const char *value)
{
	struct run_options *options = parsing->options;
	const char *assignment, **grown;
	int err = variable__assignment(value, &assignment);

	if (err == -ENOENT)
		return parsing__refuse(
			parsing, "--env %s: this variable is not set here; give --env %s=VALUE",
			value, value);
	if (err)
		return parsing__refuse(parsing, "--env takes NAME or NAME=VALUE, not '%s'", value);
	grown = reallocarray(options->environment, options->environment_cnt + 2, sizeof(*grown));
	if (!grown)
		return parsing__refuse(parsing, "out of memory");
	options->environment = grown;
	grown[options->environment_cnt++] = assignment;
	grown[options->environment_cnt] = NULL;
	return 0;
}

static error_t set_max_time(struct parsing *parsing, const struct option_entry *option,
			    const char *value)
{
	long seconds = parsing__number(value, 1, SECONDS_MAX);

	if (seconds < 0)
		return parsing__refuse(parsing, "--max-time takes a number from 1 to %d, not '%s'",
				       SECONDS_MAX, value);
	parsing->options->max_time_ms = (int64_t)seconds * 1000;
	return 0;
}

static error_t set_fail_fast(struct parsing *parsing, const struct option_entry *option,
			     const char *value)
{
	long failures = value ? parsing__number(value, 1, FAILURES_MAX) : 1;

	if (failures < 0)
		return parsing__refuse(parsing, "--fail-fast takes a number from 1 to %d, not '%s'",
				       FAILURES_MAX, value);
	parsing->options->fail_fast = failures;
	return 0;
}

static error_t set_shuffle(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	struct run_options *options = parsing->options;
	long seed = value ? parsing__number(value, 0, UINT32_MAX) : 0;

	if (seed < 0)
		return parsing__refuse(parsing, "--shuffle takes a number from 0 to %u, not '%s'",
				       UINT32_MAX, value);
	options->shuffle = true;
	options->has_seed = value;
	options->seed = seed;
	return 0;
}

/* A file that is read after minutes: a wrong path is found now. */
static error_t set_input(struct parsing *parsing, const struct option_entry *option,
			 const char *value)
{
	if (access(value, R_OK))
		return parsing__refuse(parsing, "--%s: cannot read '%s': " ERRNO_FMT,
				       option->argp.name, value, ERRNO_ARG(errno));
	return set_text(parsing, option, value);
}

static error_t set_color(struct parsing *parsing, const struct option_entry *option,
			 const char *value)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(value, words[i])) {
			parsing->options->color = i;
			return 0;
		}
	}
	return parsing__refuse(parsing, "--color takes auto, always or never, not '%s'", value);
}

static error_t set_shard(struct parsing *parsing, const struct option_entry *option,
			 const char *value)
{
	char error[512];

	if (shard__parse(&parsing->options->shard, value, error, sizeof(error)))
		return parsing__refuse(parsing, "%s", error);
	return 0;
}

static error_t set_history(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	struct run_options *options = parsing->options;

	options->no_history = !strcmp(value, "none");
	options->history_path = options->no_history ? NULL : value;
	return 0;
}

/*
 * Without a value, use a subfolder of the results folder that vmtest keeps, because several
 * programs may run in turn in one guest.
 */
static error_t set_results(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	static char path[PATH_MAX];
	const char *folder = getenv("RESULTS");

	parsing->options->results_path = value ?: path;
	if (value)
		return 0;
	if (!folder || !*folder)
		return parsing__refuse(
			parsing, "--results without a folder needs $RESULTS: give --results=DIR");
	if (snprintf(path, sizeof(path), "%s/%s", folder, program_invocation_short_name) >=
	    (int)sizeof(path))
		return parsing__refuse(parsing,
				       "$RESULTS is too long for a path: give --results=DIR");
	return 0;
}

error_t option__complete_results(struct parsing *parsing)
{
	const struct run_options *options = parsing->options;

	if (options->results_path || !getenv("VMTEST") || !getenv("RESULTS") ||
	    (!options->captured && options->tracer != TRACER_STRACE))
		return 0;
	return set_results(parsing, NULL, NULL);
}

static error_t set_tracer(struct parsing *parsing, const struct option_entry *option,
			  const char *value)
{
	const char *name = option->argp.name;

	if (parsing->tracer)
		return parsing__refuse(
			parsing, "one test can be traced in a run: give --gdb or --strace, once");
	if (!*value)
		return parsing__refuse(parsing, "--%s takes the name of a test (-l lists them)",
				       name);
	parsing->tracer = option;
	parsing->traced = value;
	parsing->options->tracer = !strcmp(name, "gdb") ? TRACER_GDB : TRACER_STRACE;
	return 0;
}

static error_t show_help(struct parsing *parsing, const struct option_entry *option,
			 const char *value)
{
	argp_state_help(parsing->state, parsing->state->out_stream, ARGP_HELP_STD_HELP);
	return 0;
}

enum group {
	GROUP_WHICH = 1,
	GROUP_HOW,
	GROUP_OUTPUT,
	GROUP_DEBUGGING,
	GROUP_INSTEAD,
	GROUP_HELP = -1, /* the group of argp's own --help */
};

#define MEMBER(name) offsetof(struct run_options, name)

const struct option_entry option_table[] = {
	{ .argp = { .doc = "Which tests run:", .group = GROUP_WHICH } },
	{ .argp = { "num", 'n', "NUM", 0,
		    "Tests with these numbers: A[/B], each a list of N and N-M; B has numbers of subtests",
		    GROUP_WHICH },
	  .set = set_numbers },
	{ .argp = { "name", 't', "NAMES", 0, "Tests with a name that contains one of NAMES",
		    GROUP_WHICH },
	  .set = add_allowed },
	{ .argp = { "allow", 'a', "NAMES", 0, "Tests with a name that is one of NAMES",
		    GROUP_WHICH },
	  .set = add_allowed },
	{ .argp = { "name-blacklist", 'b', "NAMES", 0,
		    "Not the tests with a name that contains one of NAMES", GROUP_WHICH },
	  .set = add_denied },
	{ .argp = { "deny", 'd', "NAMES", 0, "Not the tests with a name that is one of NAMES",
		    GROUP_WHICH },
	  .set = add_denied },
	{ .argp = { "shard", 0, "I/N", 0,
		    "Part I of N parts of the selected tests (default: taken from TEST_TOTAL_SHARDS, "
		    "GTEST_TOTAL_SHARDS or JOB_COMPLETIONS and its index, if set)",
		    GROUP_WHICH },
	  .set = set_shard },
	{ .argp = { "resume", 0, "FILE", 0,
		    "Go on with a run that was cut short; FILE is its event stream", GROUP_WHICH },
	  .set = set_text,
	  .member = MEMBER(resume_path) },

	{ .argp = { .doc = "How they run:", .group = GROUP_HOW } },
	{ .argp = { "workers", 'j', "N", OPTION_ARG_OPTIONAL,
		    "Run up to N tests at once (default: one for each CPU), then the serial ones one by "
		    "one",
		    GROUP_HOW },
	  .set = set_workers,
	  .may_be_apart = true },
	{ .argp = { "watchdog-timeout", 'w', "SECONDS", 0,
		    "Kill a test or subtest that takes longer (default: 120, times TEST_TIME_SCALE); 0: "
		    "never",
		    GROUP_HOW },
	  .set = set_deadline },
	{ .argp = { "env", 0, "NAME[=VALUE]", 0,
		    "Give the tests this environment variable (default: the value that it has here); may "
		    "be repeated",
		    GROUP_HOW },
	  .set = add_variable },
	{ .argp = { "fail-fast", 0, "N", OPTION_ARG_OPTIONAL,
		    "Start no further test once N tests (default: 1) have failed", GROUP_HOW },
	  .set = set_fail_fast },
	{ .argp = { "max-time", 0, "SECONDS", 0,
		    "Start no further test after SECONDS; tests that run may finish", GROUP_HOW },
	  .set = set_max_time },
	{ .argp = { "shuffle", 0, "SEED", OPTION_ARG_OPTIONAL,
		    "Run the tests in an order that SEED determines (default: a new one, printed)",
		    GROUP_HOW },
	  .set = set_shuffle },
	{ .argp = { "history", 0, "FILE", 0,
		    "Keep durations and subtests of earlier runs in FILE (default: "
		    "bpf-selftests/history in $XDG_STATE_HOME or ~/.local/state); 'none': keep nothing",
		    GROUP_HOW },
	  .set = set_history },
	{ .argp = { "strict-skips", 0, "FILE", 0,
		    "Fail if a skipped test or subtest is not in FILE, one TEST or TEST/SUBTEST a line",
		    GROUP_HOW },
	  .set = add_known_skips },
	{ .argp = { "kconfig", 0, "FILE", 0,
		    "The running kernel's configuration, if it is not in /proc, /boot or /lib/modules",
		    GROUP_HOW },
	  .set = set_text,
	  .member = MEMBER(kconfig_path) },
	{ .argp = { "mutate", 0, "BUDGET", OPTION_ARG_OPTIONAL,
		    "After the tests, change the BPF programs of those that passed, one instruction at a "
		    "time, and name the changes that no test notices. BUDGET is a number of changes, or a "
		    "time such as 2m (default: all). 'assertions': let each assertion fail instead",
		    GROUP_HOW },
	  .set = mutation_options__set_budget },
	{ .argp = { "mutant", 0, "NAME", 0,
		    "With --mutate: only the change with this name, and show the log of the test",
		    GROUP_HOW },
	  .set = mutation_options__set_only },
	{ .argp = { "mutation-seed", 0, "SEED", 0,
		    "Which changes a budget takes (default: new ones, printed)", GROUP_HOW },
	  .set = mutation_options__set_seed },
	{ .argp = { "known-mutants", 0, "FILE", 0,
		    "With --mutate: changes that no test can notice, with reasons", GROUP_HOW },
	  .set = set_input,
	  .member = MEMBER(mutation.known_path) },
	{ .argp = { "mutation-scores", 0, "FILE", 0,
		    "With --mutate: fail if a test has a lower score than in FILE", GROUP_HOW },
	  .set = set_input,
	  .member = MEMBER(mutation.scores_path) },
	{ .argp = { "no-audit", 0, NULL, 0,
		    "Do not look for what tests leave on the machine, except processes",
		    GROUP_HOW },
	  .set = set_flag,
	  .member = MEMBER(no_audit) },
	{ .argp = { "kernel-log", 0, "FILE", OPTION_HIDDEN,
		    "Read FILE in place of /dev/kmsg, for tests of the runner", GROUP_HOW },
	  .set = set_text,
	  .member = MEMBER(kernel_log_path) },

	{ .argp = { .doc = "What is printed and kept:", .group = GROUP_OUTPUT } },
	{ .argp = { "verbose", 'v', "LEVEL", OPTION_ARG_OPTIONAL,
		    "Show the logs of all tests; -vv adds libbpf's debug lines, -vvv the verifier's log "
		    "level 2",
		    GROUP_OUTPUT },
	  .set = set_verbosity },
	{ .argp = { "verifier-stats", 's', NULL, 0,
		    "Show the verifier's statistics of annotated programs", GROUP_OUTPUT },
	  .set = set_flag,
	  .member = MEMBER(verifier_stats) },
	{ .argp = { "color", 0, "WHEN", 0,
		    "Print colours: auto (the default: on a terminal, unless $NO_COLOR is set), always, "
		    "never",
		    GROUP_OUTPUT },
	  .set = set_color },
	{ .argp = { "no-error-summary", 0, NULL, 0, "Do not list the failures at the end",
		    GROUP_OUTPUT },
	  .set = set_flag,
	  .member = MEMBER(no_error_summary) },
	{ .argp = { "json-summary", 'J', "FILE", 0, "Write a report to FILE", GROUP_OUTPUT },
	  .set = set_output,
	  .member = MEMBER(json_path) },
	{ .argp = { "results", 0, "DIR", OPTION_ARG_OPTIONAL,
		    "Keep report.json, events.jsonl, kernel.log and the logs of all tests and of the "
		    "verifier in DIR (default: a folder with the program's name in $RESULTS)",
		    GROUP_OUTPUT },
	  .set = set_results },
	{ .argp = { "events", 0, "FILE", 0,
		    "Write events to FILE as they happen, one JSON object a line", GROUP_OUTPUT },
	  .set = set_output,
	  .member = MEMBER(events_path) },
	{ .argp = { "junit", 0, "FILE", 0,
		    "Write a report as JUnit XML, which most CI systems show", GROUP_OUTPUT },
	  .set = set_output,
	  .member = MEMBER(reports.junit),
	  .is_report = true },
	{ .argp = { "ktap", 0, "FILE", 0, "Write the results as KTAP, as the kernel's own tests do",
		    GROUP_OUTPUT },
	  .set = set_output,
	  .member = MEMBER(reports.ktap),
	  .is_report = true },
	{ .argp = { "html", 0, "FILE", 0, "Write a page for a browser, in one file", GROUP_OUTPUT },
	  .set = set_output,
	  .member = MEMBER(reports.html),
	  .is_report = true },
	{ .argp = { "trace", 0, "FILE", 0,
		    "Write what ran when, for ui.perfetto.dev or chrome://tracing", GROUP_OUTPUT },
	  .set = set_output,
	  .member = MEMBER(reports.trace),
	  .is_report = true },
	{ .argp = { "coverage", 0, "FILE", 0,
		    "Write which types, helpers, flags, ... of BPF passing tests have used, as Markdown",
		    GROUP_OUTPUT },
	  .set = set_output,
	  .member = MEMBER(reports.coverage),
	  .is_report = true },
	{ .argp = { "conformance", 0, "FILE", OPTION_ARG_OPTIONAL,
		    "Write what of BPF works on this kernel, what is absent and what is broken, as a "
		    "table (default: on the terminal), or as FILE.md or FILE.json",
		    GROUP_OUTPUT },
	  .set = set_conformance,
	  .is_report = true },
	{ .argp = { "github", 0, NULL, 0,
		    "Print annotations of GitHub Actions, and add a table to $GITHUB_STEP_SUMMARY "
		    "if that is set",
		    GROUP_OUTPUT },
	  .set = set_flag,
	  .member = MEMBER(reports.github),
	  .is_report = true },
	{ .argp = { "traffic-monitor", 'm', "NAMES", 0,
		    "Capture the packets of tests with a name that is one of NAMES, in files below the "
		    "results folder, or in a folder that is printed",
		    GROUP_OUTPUT },
	  .set = add_captured },

	{ .argp = { .doc = "Debugging:", .group = GROUP_DEBUGGING } },
	{ .argp = { "gdb", 0, "TEST", 0,
		    "Run TEST, or TEST/SUBTEST, alone under gdb, which stops where it begins",
		    GROUP_DEBUGGING },
	  .set = set_tracer },
	{ .argp = { "strace", 0, "TEST", 0,
		    "Run TEST, or TEST/SUBTEST, alone under strace -f; prints the name of its file",
		    GROUP_DEBUGGING },
	  .set = set_tracer },
	{ .argp = { "keep", 0, NULL, 0,
		    "Keep the namespaces and the cgroup of failed tests, and say how to enter them",
		    GROUP_DEBUGGING },
	  .set = set_flag,
	  .member = MEMBER(keep) },
	{ .argp = { "debug", 0, NULL, 0, "Trace on stderr what tests report to the runner",
		    GROUP_DEBUGGING },
	  .set = set_flag,
	  .member = MEMBER(debug) },

	{ .argp = { .doc = "Instead of a run:", .group = GROUP_INSTEAD } },
	{ .argp = { NULL, 'l', NULL, 0, "Print the names of the selected tests", GROUP_INSTEAD },
	  .set = set_list },
	{ .argp = { "list", 0, "KIND", OPTION_ARG_OPTIONAL,
		    "The same; --list=long adds what each test needs, --list=all numbers and the known "
		    "subtests",
		    GROUP_INSTEAD },
	  .set = set_list },
	{ .argp = { "count", 'c', NULL, 0, "Print the number of selected tests", GROUP_INSTEAD },
	  .set = set_flag,
	  .member = MEMBER(count) },
	{ .argp = { "why", 0, "TEST", 0,
		    "Say line by line what TEST needs and whether this kernel has it",
		    GROUP_INSTEAD },
	  .set = set_text,
	  .member = MEMBER(why) },

	{ .argp = { NULL, 'h', NULL, 0, "The same as --help", GROUP_HELP }, .set = show_help },
};

const size_t option_table_cnt = ARRAY_SIZE(option_table);

error_t option__select_traced(struct parsing *parsing)
{
	struct run_options *options = parsing->options;
	struct selection *selection = parsing->selection;
	bool is_gdb = options->tracer == TRACER_GDB;
	const char *name;

	if (!parsing->tracer)
		return 0;
	name = parsing->tracer->argp.name;
	if (selection->allow.cnt || selection->numbers_origin)
		return parsing__refuse(parsing,
				       "--%s names the test that runs: leave out -t, -a and -n",
				       name);
	if (options->list || options->count || options->resume_path)
		return parsing__refuse(parsing, "--%s runs a test: leave out -l, -c and --resume",
				       name);
	options->parallel = false;
	options->jobs = 1;
	/* Keep no history, because the duration of a traced test would mislead later runs. */
	options->no_history = true;
	options->time_scale *= is_gdb ? TIME_SCALE_GDB : TIME_SCALE_STRACE;
	if (options->time_scale > TIME_SCALE_TRACED_MAX)
		options->time_scale = TIME_SCALE_TRACED_MAX;
	if (is_gdb)
		options->deadline_ms = 0;
	return add_names(parsing, &selection->allow, parsing->traced, false);
}
