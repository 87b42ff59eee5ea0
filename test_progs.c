// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program: reads the command line and hands over to the runner. Every option means what it
 * means in the kernel's runner; docs/compatibility.md lists what is different.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "runner/text/output_file.h"
#include "runner/run.h"

const char *argp_program_version = "test_progs 0.1";

static const char documentation[] =
	"Runs BPF selftests, each in a process of its own.\n"
	"\v"
	"NAMES is a list of test names separated by commas, each with an optional subtest name "
	"behind a '/', or @FILE with one such name a line ('#' begins a comment). '*' stands for "
	"any characters. -t and -b match anywhere in a name, -a and -d match whole names. A test "
	"that is denied does not run, whatever else selects it.\n"
	"\n"
	"Exit status: 0 all that ran passed or was skipped; 1 a test failed; 2 nothing ran, or a "
	"pattern of the command line matched nothing; 3 the run itself could not go on, or its time was up; 64 wrong "
	"usage; 128+N stopped by signal N.\n";

enum option_key {
	KEY_DEBUG = 0x100,
	KEY_NO_ERROR_SUMMARY,
	KEY_LIST,
	KEY_WHY,
	KEY_STRICT_SKIPS,
	KEY_RESULTS,
	KEY_EVENTS,
	KEY_RESUME,
	KEY_KCONFIG,
	KEY_SHUFFLE,
	KEY_SHARD,
	KEY_HISTORY,
	KEY_FAIL_FAST,
	KEY_MAX_TIME,
	KEY_GDB,
	KEY_STRACE,
	KEY_KEEP,
	KEY_NO_AUDIT,
	KEY_KERNEL_LOG,
};

static const struct argp_option option_table[] = {
	{ "num", 'n', "NUM", 0,
	  "Run the tests with these numbers only: A[/B], each a list of N and N-M", 0 },
	{ "name", 't', "NAMES", 0, "Run tests with a name that contains one of NAMES", 0 },
	{ "allow", 'a', "NAMES", 0, "Run tests with a name that is one of NAMES", 0 },
	{ "name-blacklist", 'b', "NAMES", 0,
	  "Do not run tests with a name that contains one of NAMES", 0 },
	{ "deny", 'd', "NAMES", 0, "Do not run tests with a name that is one of NAMES", 0 },
	{ NULL, 'l', NULL, 0, "Print the names of the selected tests", 0 },
	{ "list", KEY_LIST, "long", OPTION_ARG_OPTIONAL,
	  "The same; --list=long with what each test needs", 0 },
	{ "why", KEY_WHY, "TEST", 0,
	  "Say line by line what TEST needs and whether it holds on this kernel", 0 },
	{ "strict-skips", KEY_STRICT_SKIPS, "FILE", 0,
	  "Fail if something is skipped that is not in FILE, one TEST or TEST/SUBTEST a line", 0 },
	{ "count", 'c', NULL, 0, "Print the number of selected tests", 0 },
	{ "workers", 'j', "N", OPTION_ARG_OPTIONAL,
	  "Run up to N tests at once (default: one for each CPU), then the serial ones one by one",
	  0 },
	{ "verbose", 'v', "LEVEL", OPTION_ARG_OPTIONAL,
	  "Show the logs of all tests; -vv with libbpf's debug lines, -vvv with the verifier's log level 2",
	  0 },
	{ "verifier-stats", 's', NULL, 0, "Show the verifier's statistics of annotated programs",
	  0 },
	{ "json-summary", 'J', "FILE", 0, "Write a report to FILE", 0 },
	{ "results", KEY_RESULTS, "DIR", OPTION_ARG_OPTIONAL,
	  "Keep report.json, events.jsonl, kernel.log, the logs of all tests and of the verifier in "
	  "DIR (default: a folder with the program's name in $RESULTS)",
	  0 },
	{ "events", KEY_EVENTS, "FILE", 0,
	  "Write what happens to FILE as it happens, one JSON object a line", 0 },
	{ "resume", KEY_RESUME, "FILE", 0,
	  "Go on with a run that was cut short: FILE is its event stream", 0 },
	{ "kconfig", KEY_KCONFIG, "FILE", 0,
	  "The running kernel's configuration, where it is not in /proc, /boot or /lib/modules",
	  0 },
	{ "kernel-log", KEY_KERNEL_LOG, "FILE", OPTION_HIDDEN,
	  "Read FILE in place of /dev/kmsg, for tests of the runner", 0 },
	{ "watchdog-timeout", 'w', "SECONDS", 0,
	  "Kill a test or subtest that takes longer (default: 120, times TEST_TIME_SCALE); 0: never",
	  0 },
	{ "shuffle", KEY_SHUFFLE, "SEED", OPTION_ARG_OPTIONAL,
	  "Run the tests in another order, which follows from SEED (default: a new one, printed)",
	  0 },
	{ "shard", KEY_SHARD, "I/N", 0,
	  "Run the I-th of N parts of the selected tests (default: what TEST_TOTAL_SHARDS, "
	  "GTEST_TOTAL_SHARDS or JOB_COMPLETIONS and its index say)",
	  0 },
	{ "history", KEY_HISTORY, "FILE", 0,
	  "Where durations and subtests of earlier runs are kept (default: bpf-selftests/history "
	  "in $XDG_STATE_HOME or ~/.local/state); 'none': nowhere",
	  0 },
	{ "fail-fast", KEY_FAIL_FAST, "N", OPTION_ARG_OPTIONAL,
	  "Start no further test once N tests (default: 1) have failed", 0 },
	{ "max-time", KEY_MAX_TIME, "SECONDS", 0,
	  "Start no further test after SECONDS; what runs may finish", 0 },
	{ "gdb", KEY_GDB, "TEST", 0,
	  "Run TEST, or TEST/SUBTEST, alone under gdb, which stops where it begins", 0 },
	{ "strace", KEY_STRACE, "TEST", 0,
	  "Run TEST, or TEST/SUBTEST, alone under strace -f; prints the name of its file", 0 },
	{ "keep", KEY_KEEP, NULL, 0,
	  "Keep the namespaces and the cgroup of failed tests, and say how to enter them", 0 },
	{ "no-audit", KEY_NO_AUDIT, NULL, 0,
	  "Do not look for what tests leave on the machine besides processes", 0 },
	{ "traffic-monitor", 'm', "NAMES", 0,
	  "Capture the packets of tests with a name that is one of NAMES, in files below the results "
	  "folder, else in one that is printed",
	  0 },
	{ "no-error-summary", KEY_NO_ERROR_SUMMARY, NULL, 0,
	  "Do not show failed logs again at the end", 0 },
	{ "debug", KEY_DEBUG, NULL, 0, "Trace on stderr what tests report to the runner", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 },
};

struct command_line {
	struct run_options options;
	struct selection selection;
	struct selection captured;
	struct name_list known_skips;
	const char *json_path;
	const char *traced; /* the test of --gdb or --strace, or NULL */
	/* The argument behind a `-j` without a number, which may be the number. */
	int workers_may_be_at;
	bool has_deadline;
};

/* A whole number from @min to @max in digits, or -1. */
static long parse_number(const char *text, long min, long max)
{
	char *end;
	long number;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	number = strtol(text, &end, 10);
	return errno || *end || number < min || number > max ? -1 : number;
}

static void set_workers(struct command_line *command_line, const char *text,
			struct argp_state *state)
{
	long workers = parse_number(text, 1, 1024);

	if (workers < 0)
		argp_error(state, "-j takes a number of tests at once, from 1 to 1024, not '%s'",
			   text);
	command_line->options.jobs = workers;
}

static void set_verbosity(struct run_options *options, const char *level, struct argp_state *state)
{
	static const char *const levels[] = { "", "v", "vv" };
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (!strcmp(level ?: "", levels[i])) {
			options->verbosity = i + 1;
			setenv("SELFTESTS_VERBOSE", "1", 1);
			return;
		}
	}
	argp_error(state, "verbosity is -v, -vv or -vvv, not '-v%s'", level);
}

static void set_deadline(struct command_line *command_line, const char *text,
			 struct argp_state *state)
{
	long seconds = parse_number(text, 0, 1000000);

	if (seconds < 0)
		argp_error(state, "-w takes whole seconds, or 0 for no limit, not '%s'", text);
	command_line->options.deadline_ms = seconds * 1000;
	command_line->has_deadline = true;
}

static void set_shuffle(struct run_options *options, const char *seed, struct argp_state *state)
{
	long number = seed ? parse_number(seed, 0, UINT32_MAX) : 0;

	if (number < 0)
		argp_error(state, "--shuffle takes a number from 0 to %u, not '%s'", UINT32_MAX,
			   seed);
	options->shuffle = true;
	options->has_seed = seed;
	options->seed = number;
}

static void set_shard(struct run_options *options, const char *text, struct argp_state *state)
{
	char error[512];

	if (shard__parse(&options->shard, text, error, sizeof(error)))
		argp_error(state, "%s", error);
}

static void set_history(struct run_options *options, const char *path)
{
	options->no_history = !strcmp(path, "none");
	options->history_path = options->no_history ? NULL : path;
}

static void set_limits(struct run_options *options, int key, const char *text,
		       struct argp_state *state)
{
	long number = text ? parse_number(text, 1, 1000000) : 1;

	if (number < 0)
		argp_error(state, "--%s takes a number from 1 to 1000000, not '%s'",
			   key == KEY_FAIL_FAST ? "fail-fast" : "max-time", text);
	if (key == KEY_FAIL_FAST)
		options->fail_fast = number;
	else
		options->max_time_ms = (int64_t)number * 1000;
}

static void add_names(struct name_list *list, const char *names, bool substring,
		      struct argp_state *state)
{
	char error[512];

	if (name_list__parse(list, names, substring, error, sizeof(error)))
		argp_error(state, "%s", error);
}

static void add_known_skips(struct command_line *command_line, const char *path,
			    struct argp_state *state)
{
	char names[PATH_MAX + 2];

	snprintf(names, sizeof(names), "@%s", path);
	add_names(&command_line->known_skips, names, false, state);
	command_line->options.known_skips = &command_line->known_skips;
}

static void set_tracer(struct command_line *command_line, int key, const char *test,
		       struct argp_state *state)
{
	if (command_line->traced)
		argp_error(state, "one test runs under one of them: give --gdb or --strace, once");
	if (!*test)
		argp_error(state, "--%s takes the name of a test (-l lists them)",
			   key == KEY_GDB ? "gdb" : "strace");
	command_line->traced = test;
	command_line->options.tracer = key == KEY_GDB ? TRACER_GDB : TRACER_STRACE;
}

/* When all options are known: the one test is what is selected, and it runs alone. */
static void select_traced(struct command_line *command_line, struct argp_state *state)
{
	struct run_options *options = &command_line->options;

	if (!command_line->traced)
		return;
	if (command_line->selection.allow.cnt || command_line->selection.numbers_origin)
		argp_error(state, "--%s names the test that runs: leave out -t, -a and -n",
			   tracer_kind__name(options->tracer));
	if (options->list || options->count || options->resume_path)
		argp_error(state, "--%s runs a test: leave out -l, -c and --resume",
			   tracer_kind__name(options->tracer));
	add_names(&command_line->selection.allow, command_line->traced, false, state);
	options->parallel = false;
	options->jobs = 1;
	/* How long it takes says nothing. */
	options->no_history = true;
	options->time_scale *= options->tracer == TRACER_GDB ? TRACER_TIME_SCALE_GDB :
							       TRACER_TIME_SCALE_STRACE;
	if (options->time_scale > TRACER_TIME_SCALE_MAX)
		options->time_scale = TRACER_TIME_SCALE_MAX;
	if (options->tracer == TRACER_GDB) {
		options->deadline_ms = 0;
		command_line->has_deadline = true;
	}
}

static void set_numbers(struct selection *selection, const char *numbers, struct argp_state *state)
{
	char error[512];

	if (selection__set_numbers(selection, numbers, error, sizeof(error)))
		argp_error(state, "-n %s: %s", numbers, error);
}

/* Below the folder that vmtest keeps, where several programs may run one after the other. */
static const char *default_results_path(struct argp_state *state)
{
	static char path[PATH_MAX];
	const char *folder = getenv("RESULTS");
	int n;

	if (!folder || !*folder)
		argp_error(state, "--results without a folder needs $RESULTS: give --results=DIR");
	n = snprintf(path, sizeof(path), "%s/%s", folder, program_invocation_short_name);
	if (n >= (int)sizeof(path))
		argp_error(state, "$RESULTS is too long a path");
	return path;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct command_line *command_line = state->input;
	struct run_options *options = &command_line->options;
	struct selection *selection = &command_line->selection;

	switch (key) {
	case 'n':
		set_numbers(selection, argument, state);
		break;
	case 't':
	case 'a':
		add_names(&selection->allow, argument, key == 't', state);
		break;
	case 'b':
	case 'd':
		add_names(&selection->deny, argument, key == 'b', state);
		break;
	case 'l':
		options->list = true;
		break;
	case KEY_LIST:
		if (argument && strcmp(argument, "long"))
			argp_error(state, "--list takes nothing or 'long', not '%s'", argument);
		options->list = true;
		options->list_long = argument;
		break;
	case KEY_WHY:
		options->why = argument;
		break;
	case KEY_STRICT_SKIPS:
		add_known_skips(command_line, argument, state);
		break;
	case 'c':
		options->count = true;
		break;
	case 'j':
		options->parallel = true;
		options->jobs = get_nprocs();
		command_line->workers_may_be_at = argument ? 0 : state->next;
		if (argument)
			set_workers(command_line, argument, state);
		break;
	case 'v':
		set_verbosity(options, argument, state);
		break;
	case 's':
		options->verifier_stats = true;
		break;
	case 'J':
		command_line->json_path = argument;
		break;
	case 'w':
		set_deadline(command_line, argument, state);
		break;
	case 'm':
		add_names(&command_line->captured.allow, argument, false, state);
		options->captured = &command_line->captured;
		break;
	case KEY_NO_ERROR_SUMMARY:
		options->no_error_summary = true;
		break;
	case KEY_DEBUG:
		options->debug = true;
		break;
	case KEY_RESULTS:
		options->results_path = argument ?: default_results_path(state);
		break;
	case KEY_EVENTS:
		options->events_path = argument;
		break;
	case KEY_RESUME:
		options->resume_path = argument;
		break;
	case KEY_KCONFIG:
		options->kconfig_path = argument;
		break;
	case KEY_SHUFFLE:
		set_shuffle(options, argument, state);
		break;
	case KEY_SHARD:
		set_shard(options, argument, state);
		break;
	case KEY_HISTORY:
		set_history(options, argument);
		break;
	case KEY_FAIL_FAST:
	case KEY_MAX_TIME:
		set_limits(options, key, argument, state);
		break;
	case KEY_GDB:
	case KEY_STRACE:
		set_tracer(command_line, key, argument, state);
		break;
	case KEY_KEEP:
		options->keep = true;
		break;
	case KEY_NO_AUDIT:
		options->no_audit = true;
		break;
	case ARGP_KEY_END:
		select_traced(command_line, state);
		break;
	case KEY_KERNEL_LOG:
		options->kernel_log_path = argument;
		break;
	case ARGP_KEY_ARG:
		if (!command_line->workers_may_be_at ||
		    state->next - 1 != command_line->workers_may_be_at)
			argp_error(state,
				   "unexpected argument '%s': tests are chosen with -t or -a",
				   argument);
		set_workers(command_line, argument, state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Emulation makes everything slower by a factor that only the one who started it knows. */
static int read_time_scale(void)
{
	const char *text = getenv("TEST_TIME_SCALE");
	long scale;

	if (!text || !*text)
		return 1;
	scale = parse_number(text, 1, 1000);
	if (scale < 0)
		fprintf(stderr,
			"test_progs: TEST_TIME_SCALE is a whole number from 1 to 1000, not '%s'\n",
			text);
	return scale;
}

/* What the command line says goes first. */
static int read_shard(struct run_options *options)
{
	char error[512];

	if (options->shard.total || !shard__from_environment(&options->shard, error, sizeof(error)))
		return 0;
	fprintf(stderr, "test_progs: %s\n", error);
	return -EINVAL;
}

static const struct argp parser = { option_table, parse_option, NULL, documentation,
				    NULL,         NULL,         NULL };

/* Or a file that is opened later would become stdout or stderr, and take what is meant for it. */
static void open_missing_stdio(void)
{
	int fd;

	do {
		/* NOLINTNEXTLINE(android-cloexec-open): a standard descriptor, for all that is run */
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct command_line command_line = { .options.jobs = 1 };
	struct run_options *options = &command_line.options;
	int status, fd;

	open_missing_stdio();
	options->time_scale = read_time_scale();
	if (options->time_scale < 0)
		return RUN_EXIT_USAGE;
	/* In order, so that it is known which argument follows -j. */
	if (argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, &command_line))
		return RUN_EXIT_USAGE;
	if (read_shard(options)) {
		status = RUN_EXIT_USAGE;
		goto out;
	}
	/* The environment says what a whole run is to do. */
	if (options->tracer)
		options->shard = (struct shard){};
	if (!command_line.has_deadline)
		options->deadline_ms = (int64_t)DEFAULT_DEADLINE_S * 1000 * options->time_scale;
	if (command_line.json_path && !options->list && !options->count && !options->why) {
		/* Now, so that a wrong path is known before the run and not after it. */
		fd = output_file__open(command_line.json_path, 0);
		options->json = fd < 0 ? NULL : fdopen(fd, "w");
		options->json_path = command_line.json_path;
		if (!options->json) {
			fprintf(stderr, "test_progs: cannot open '%s' for the JSON report: %s\n",
				command_line.json_path, output_file__error(fd < 0 ? fd : -errno));
			status = RUN_EXIT_INFRASTRUCTURE;
			goto out;
		}
	}
	status = run__tests(options, &command_line.selection);
	if (options->json && fclose(options->json) && !status) {
		fprintf(stderr, "test_progs: cannot write the JSON report '%s': %m\n",
			command_line.json_path);
		status = RUN_EXIT_INFRASTRUCTURE;
	}
out:
	selection__free(&command_line.selection);
	selection__free(&command_line.captured);
	name_list__free(&command_line.known_skips);
	return status;
}
