// SPDX-License-Identifier: GPL-2.0-only
/*
 * One table has every option with its help and with the function that takes its value. argp reads
 * the grammar, as in the kernel's runner: values that are optional are glued (-j4, --shuffle=5).
 */
#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "runner/command_line/command_line.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/number.h"
#include "runner/text/output_file.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define JOBS_MAX                 1024
#define SECONDS_MAX              1000000
#define FAILURES_MAX             1000000
#define TIME_SCALE_MAX           1000
/*
 * How much more time a traced test and its waits get. Under strace a system call takes some 20 times
 * as long (measured); under gdb a person is thinking.
 */
#define TIME_SCALE_STRACE        10
#define TIME_SCALE_GDB           100
/* Together with that of an emulated machine: a minute of it still fits an int of milliseconds. */
#define TIME_SCALE_TRACED_MAX    10000
/* argp takes a key below this for a letter. */
#define FIRST_KEY_WITHOUT_LETTER 0x100

const char *argp_program_version = "test_progs 0.1";

static const char documentation[] =
	"Runs BPF selftests, each in a process of its own.\n"
	"\v"
	"NAMES is a list of test names separated by commas, or @FILE with one name a line ('#' "
	"begins a comment). A name may have a subtest behind a '/': TEST/SUBTEST. '*' stands for "
	"any characters. -t and -b match anywhere in a name, -a and -d match whole names. "
	"-b and -d win over -t, -a and -n.\n"
	"\n"
	"Exit status: 0 all that ran passed or was skipped; 1 a test failed; 2 nothing ran, or a "
	"pattern of the command line matched nothing; 3 the run itself could not go on, or "
	"--max-time was over; 64 wrong usage; 128+N stopped by signal N.\n";

struct option_entry;

/* What is known while the arguments are read. */
struct parsing {
	struct command_line *line;
	struct argp_state *state;
	bool has_deadline;
	const struct option_entry *tracer; /* --gdb or --strace, or NULL */
	const char *traced;                /* the test that it names */
	/* The option that came last without its optional value, and the index of the word behind it. */
	const struct option_entry *without_value;
	int next_word;
};

struct option_entry {
	struct argp_option argp; /* where @key is 0 there is no letter */
	error_t (*set)(struct parsing *parsing, const struct option_entry *option,
		       const char *value);
	size_t member;     /* of struct run_options, for set_flag() and set_text() */
	bool may_be_apart; /* the next word may be the value */
};

/* Ends the program with RUN_EXIT_USAGE, except in the fuzz target. */
__attribute__((format(printf, 2, 3))) static error_t refuse(struct parsing *parsing,
							    const char *fmt, ...)
{
	autofree char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	argp_error(parsing->state, "%s", text ?: "out of memory");
	return EINVAL;
}

static long parse_number(const char *text, long min, long max)
{
	return number__parse(text, strlen(text), min, max);
}

static error_t set_flag(struct parsing *parsing, const struct option_entry *option,
			const char *value)
{
	*(bool *)((char *)&parsing->line->options + option->member) = true;
	return 0;
}

static error_t set_text(struct parsing *parsing, const struct option_entry *option,
			const char *value)
{
	*(const char **)((char *)&parsing->line->options + option->member) = value;
	return 0;
}

static error_t add_names(struct parsing *parsing, struct name_list *list, const char *names,
			 bool substring)
{
	char error[PATH_MAX + 128];

	if (name_list__parse(list, names, substring, error, sizeof(error)))
		return refuse(parsing, "%s", error);
	return 0;
}

static error_t set_numbers(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	char error[512];

	if (selection__set_numbers(&parsing->line->selection, value, error, sizeof(error)))
		return refuse(parsing, "-n %s: %s", value, error);
	return 0;
}

static error_t add_allowed(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	return add_names(parsing, &parsing->line->selection.allow, value, option->argp.key == 't');
}

static error_t add_denied(struct parsing *parsing, const struct option_entry *option,
			  const char *value)
{
	return add_names(parsing, &parsing->line->selection.deny, value, option->argp.key == 'b');
}

static error_t add_captured(struct parsing *parsing, const struct option_entry *option,
			    const char *value)
{
	parsing->line->options.captured = &parsing->line->captured;
	return add_names(parsing, &parsing->line->captured.allow, value, false);
}

static error_t add_known_skips(struct parsing *parsing, const struct option_entry *option,
			       const char *value)
{
	char names[PATH_MAX + 2];

	snprintf(names, sizeof(names), "@%s", value);
	parsing->line->options.known_skips = &parsing->line->known_skips;
	return add_names(parsing, &parsing->line->known_skips, names, false);
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
		parsing->line->options.list = i;
		return 0;
	}
	return refuse(parsing, "--list takes 'all', 'long' or no value, not '%s'", value);
}

static error_t set_workers(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	struct run_options *options = &parsing->line->options;
	long jobs = value ? parse_number(value, 1, JOBS_MAX) : get_nprocs();

	if (jobs < 0)
		return refuse(parsing, "-j takes a number of tests at once, from 1 to %d, not '%s'",
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
		parsing->line->options.verbosity = i + 1;
		/* Helpers of the kernel's tests read it. */
		setenv("SELFTESTS_VERBOSE", "1", 1);
		return 0;
	}
	return refuse(parsing, "verbosity is -v, -vv or -vvv, not '-v%s'", value);
}

static error_t set_deadline(struct parsing *parsing, const struct option_entry *option,
			    const char *value)
{
	long seconds = parse_number(value, 0, SECONDS_MAX);

	if (seconds < 0)
		return refuse(parsing,
			      "-w takes whole seconds up to %d, or 0 for no limit, not '%s'",
			      SECONDS_MAX, value);
	parsing->line->options.deadline_ms = seconds * 1000;
	parsing->has_deadline = true;
	return 0;
}

static error_t set_max_time(struct parsing *parsing, const struct option_entry *option,
			    const char *value)
{
	long seconds = parse_number(value, 1, SECONDS_MAX);

	if (seconds < 0)
		return refuse(parsing, "--max-time takes a number from 1 to %d, not '%s'",
			      SECONDS_MAX, value);
	parsing->line->options.max_time_ms = (int64_t)seconds * 1000;
	return 0;
}

static error_t set_fail_fast(struct parsing *parsing, const struct option_entry *option,
			     const char *value)
{
	long failures = value ? parse_number(value, 1, FAILURES_MAX) : 1;

	if (failures < 0)
		return refuse(parsing, "--fail-fast takes a number from 1 to %d, not '%s'",
			      FAILURES_MAX, value);
	parsing->line->options.fail_fast = failures;
	return 0;
}

static error_t set_shuffle(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	struct run_options *options = &parsing->line->options;
	long seed = value ? parse_number(value, 0, UINT32_MAX) : 0;

	if (seed < 0)
		return refuse(parsing, "--shuffle takes a number from 0 to %u, not '%s'",
			      UINT32_MAX, value);
	options->shuffle = true;
	options->has_seed = value;
	options->seed = seed;
	return 0;
}

static error_t set_shard(struct parsing *parsing, const struct option_entry *option,
			 const char *value)
{
	char error[512];

	if (shard__parse(&parsing->line->options.shard, value, error, sizeof(error)))
		return refuse(parsing, "%s", error);
	return 0;
}

static error_t set_history(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	struct run_options *options = &parsing->line->options;

	options->no_history = !strcmp(value, "none");
	options->history_path = options->no_history ? NULL : value;
	return 0;
}

/* Without a value: below the folder that vmtest keeps, where several programs may run in turn. */
static error_t set_results(struct parsing *parsing, const struct option_entry *option,
			   const char *value)
{
	static char path[PATH_MAX];
	const char *folder = getenv("RESULTS");

	parsing->line->options.results_path = value ?: path;
	if (value)
		return 0;
	if (!folder || !*folder)
		return refuse(parsing,
			      "--results without a folder needs $RESULTS: give --results=DIR");
	if (snprintf(path, sizeof(path), "%s/%s", folder, program_invocation_short_name) >=
	    (int)sizeof(path))
		return refuse(parsing, "$RESULTS is too long for a path: give --results=DIR");
	return 0;
}

static error_t set_tracer(struct parsing *parsing, const struct option_entry *option,
			  const char *value)
{
	const char *name = option->argp.name;

	if (parsing->tracer)
		return refuse(parsing,
			      "one test can be traced in a run: give --gdb or --strace, once");
	if (!*value)
		return refuse(parsing, "--%s takes the name of a test (-l lists them)", name);
	parsing->tracer = option;
	parsing->traced = value;
	parsing->line->options.tracer = !strcmp(name, "gdb") ? TRACER_GDB : TRACER_STRACE;
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
	GROUP_HELP = -1, /* where argp has --help */
};

#define MEMBER(name) offsetof(struct run_options, name)

static const struct option_entry options[] = {
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
	{ .argp = { "no-error-summary", 0, NULL, 0, "Do not show failed logs again at the end",
		    GROUP_OUTPUT },
	  .set = set_flag,
	  .member = MEMBER(no_error_summary) },
	{ .argp = { "json-summary", 'J', "FILE", 0, "Write a report to FILE", GROUP_OUTPUT },
	  .set = set_text,
	  .member = MEMBER(json_path) },
	{ .argp = { "results", 0, "DIR", OPTION_ARG_OPTIONAL,
		    "Keep report.json, events.jsonl, kernel.log and the logs of all tests and of the "
		    "verifier in DIR (default: a folder with the program's name in $RESULTS)",
		    GROUP_OUTPUT },
	  .set = set_results },
	{ .argp = { "events", 0, "FILE", 0,
		    "Write events to FILE as they happen, one JSON object a line", GROUP_OUTPUT },
	  .set = set_text,
	  .member = MEMBER(events_path) },
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

static error_t on_option(struct parsing *parsing, const struct option_entry *option,
			 const char *value)
{
	bool lacks_value = (option->argp.flags & OPTION_ARG_OPTIONAL) && !value;

	parsing->without_value = lacks_value ? option : NULL;
	parsing->next_word = parsing->state->next;
	return option->set(parsing, option, value);
}

/* People know `-j 4` from make, and think of the value of other options in the same way. */
static error_t on_word(struct parsing *parsing, const char *word)
{
	const struct option_entry *before = parsing->without_value;

	if (!before || parsing->state->next - 1 != parsing->next_word)
		return refuse(parsing, "unexpected argument '%s': choose tests with -t or -a",
			      word);
	if (before->may_be_apart)
		return before->set(parsing, before, word);
	return refuse(
		parsing,
		"unexpected argument '%s' after --%s: write --%s=%s for its value, or choose tests with -t or -a",
		word, before->argp.name, before->argp.name, word);
}

/* With all options known: the traced test is the selection, and it runs alone. */
static error_t select_traced(struct parsing *parsing)
{
	struct run_options *options = &parsing->line->options;
	struct selection *selection = &parsing->line->selection;
	bool is_gdb = options->tracer == TRACER_GDB;
	const char *name;

	if (!parsing->tracer)
		return 0;
	name = parsing->tracer->argp.name;
	if (selection->allow.cnt || selection->numbers_origin)
		return refuse(parsing, "--%s names the test that runs: leave out -t, -a and -n",
			      name);
	if (options->list || options->count || options->resume_path)
		return refuse(parsing, "--%s runs a test: leave out -l, -c and --resume", name);
	options->parallel = false;
	options->jobs = 1;
	/* A traced test's duration would mislead the schedule of later runs. */
	options->no_history = true;
	options->time_scale *= is_gdb ? TIME_SCALE_GDB : TIME_SCALE_STRACE;
	if (options->time_scale > TIME_SCALE_TRACED_MAX)
		options->time_scale = TIME_SCALE_TRACED_MAX;
	if (is_gdb) {
		options->deadline_ms = 0;
		parsing->has_deadline = true;
	}
	return add_names(parsing, &selection->allow, parsing->traced, false);
}

static int key_of(size_t i)
{
	return options[i].argp.key ?: FIRST_KEY_WITHOUT_LETTER + (int)i;
}

static error_t on_key(int key, char *value, struct argp_state *state)
{
	struct parsing *parsing = state->input;
	size_t i;

	parsing->state = state;
	if (key == ARGP_KEY_ARG)
		return on_word(parsing, value);
	if (key == ARGP_KEY_END)
		return select_traced(parsing);
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].set && key_of(i) == key)
			return on_option(parsing, &options[i], value);
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t read_arguments(struct parsing *parsing, int argc, char **argv, unsigned int flags)
{
	struct argp_option table[ARRAY_SIZE(options) + 1] = {};
	const struct argp argp = { .options = table, .parser = on_key, .doc = documentation };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		table[i] = options[i].argp;
		if (options[i].set)
			table[i].key = key_of(i);
	}
	/* In order: on_word() must know which option a word follows. */
	return argp_parse(&argp, argc, argv, ARGP_IN_ORDER | flags, NULL, parsing);
}

/* An emulated machine is slower by a factor that only the caller knows. */
static int read_time_scale(struct run_options *options)
{
	const char *text = getenv("TEST_TIME_SCALE");
	long scale = text && *text ? parse_number(text, 1, TIME_SCALE_MAX) : 1;

	if (scale < 0)
		return error__fail(RUN_EXIT_USAGE,
				   "TEST_TIME_SCALE is a whole number from 1 to %d, not '%s'",
				   TIME_SCALE_MAX, text);
	options->time_scale = scale;
	return RUN_EXIT_OK;
}

/* --shard wins over the environment, which describes a whole run and not the one traced test. */
static int read_shard(struct run_options *options)
{
	char error[512];

	if (!options->shard.total && shard__from_environment(&options->shard, error, sizeof(error)))
		return error__fail(RUN_EXIT_USAGE, "%s", error);
	if (options->tracer)
		options->shard = (struct shard){};
	return RUN_EXIT_OK;
}

/* Before the run, so that a wrong path does not cost its result. */
static int open_json(struct run_options *options)
{
	int fd;

	if (!options->json_path || options->list || options->count || options->why)
		return RUN_EXIT_OK;
	fd = output_file__open(options->json_path, 0);
	options->json = fd < 0 ? NULL : fdopen(fd, "w");
	if (options->json)
		return RUN_EXIT_OK;
	return error__fail(RUN_EXIT_INFRASTRUCTURE, "cannot open '%s' for the JSON report: %s",
			   options->json_path, output_file__error(fd < 0 ? fd : -errno));
}

int command_line__parse(struct command_line *line, int argc, char **argv)
{
	struct parsing parsing = { .line = line };
	struct run_options *options = &line->options;
	int status;

	*line = (struct command_line){ .options.jobs = 1 };
	status = read_time_scale(options);
	if (status)
		return status;
	if (read_arguments(&parsing, argc, argv, 0))
		return RUN_EXIT_USAGE;
	status = read_shard(options);
	if (status)
		return status;
	if (!parsing.has_deadline)
		options->deadline_ms = (int64_t)DEFAULT_DEADLINE_S * 1000 * options->time_scale;
	return open_json(options);
}

int command_line__end(struct command_line *line, int status)
{
	const struct run_options *options = &line->options;

	if (options->json && fclose(options->json) && !status)
		status = error__fail(RUN_EXIT_INFRASTRUCTURE,
				     "cannot write the JSON report '%s': " ERRNO_FMT,
				     options->json_path, ERRNO_ARG(errno));
	selection__free(&line->selection);
	selection__free(&line->captured);
	name_list__free(&line->known_skips);
	return status;
}
