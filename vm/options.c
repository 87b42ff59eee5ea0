// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the command line with argp. It only checks each option by itself; the code that uses a
 * kernel or folder checks whether it exists.
 */
#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/variable.h"
#include "vm/defaults.h"
#include "vm/host/exit_status.h"
#include "vm/host/path.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/options.h"
#include "vm/version.h"

#define DEFAULT_CPUS_MIN       2
#define DEFAULT_CPUS_MAX       8
#define DEFAULT_MEM_MIB        2048
#define DEFAULT_TIMEOUT_S      3600
#define DEFAULT_BOOT_TIMEOUT_S 120
#define DEFAULT_RESULTS_MIB    256
#define CPUS_MAX               255
#define PARALLEL_MAX           64
#define VMS_MAX                16
#define MEM_MIB_MIN            128
#define MEM_MIB_MAX            (1024 * 1024)
#define RESULTS_MIB_MIN        8
#define DEFAULT_MAX_PANICS     3
#define MAX_PANICS_MAX         1000
#define HANG_TIMEOUT_S_MIN     5
#define SECONDS_MAX            (30 * 24 * 3600)

/* The type of an option's member in struct options, and the way to store the value. */
enum option_kind {
	OPTION_FLAG,   /* bool: true if the option is given */
	OPTION_TEXT,   /* const char *: the value */
	OPTION_WORDS,  /* struct words: each use of the option adds a word */
	OPTION_NUMBER, /* unsigned int: a number from min to max */
	OPTION_MIB,    /* unsigned int: a size with a suffix */
	OPTION_SET,    /* any type: .set() stores the value */
};

struct option_row {
	const char *name, *argument, *doc;
	int group, key; /* key: the letter of a short option, or 0 */
	enum option_kind kind;
	int flags; /* of argp */
	size_t offset;
	unsigned int min, max;
	int (*set)(struct argp_state *state, const char *text, struct options *opt);
};

static int parse_number(struct argp_state *state, const struct option_row *row, const char *text,
			unsigned int *number)
{
	char *end;
	long parsed = strtol(text, &end, 10);

	if (end == text || *end || parsed < (long)row->min || parsed > (long)row->max)
		argp_error(state, "cannot use \"%s\" for --%s: give a number from %u to %u", text,
			   row->name, row->min, row->max);
	*number = parsed;
	return 0;
}

/* Parses a size with the suffix K, M, G or T; no suffix means M. */
static int parse_mib(struct argp_state *state, const struct option_row *row, const char *text,
		     unsigned int *mib)
{
	static const struct {
		char suffix;
		double mib;
	} units[] = { { 'K', 1.0 / 1024 }, { 'M', 1 }, { 'G', 1024 }, { 'T', 1024 * 1024 } };
	char *end;
	double size = strtod(text, &end);
	bool valid = end != text;

	for (size_t i = 0; valid && *end && i < ARRAY_SIZE(units); i++) {
		if (*end == units[i].suffix || *end == units[i].suffix + ('a' - 'A')) {
			size *= units[i].mib;
			end++;
			break;
		}
	}
	if (!valid || *end || !(size >= row->min && size <= row->max))
		argp_error(state,
			   "cannot use \"%s\" for --%s: give a size from %uM to %uM, such as "
			   "512M or 2G",
			   text, row->name, row->min, row->max);
	*mib = size;
	return 0;
}

static int set_accel(struct argp_state *state, const char *text, struct options *opt)
{
	opt->accel = !strcmp(text, "kvm") ? ACCEL_KVM : ACCEL_TCG;
	if (opt->accel == ACCEL_TCG && strcmp(text, "tcg"))
		argp_error(state, "cannot use \"%s\" for --accel: give kvm or tcg", text);
	return 0;
}

static int set_snapshot(struct argp_state *state, const char *text, struct options *opt)
{
	static const char *const words[] = {
		[SNAPSHOT_AUTO] = "auto",
		[SNAPSHOT_ALWAYS] = "always",
		[SNAPSHOT_NEVER] = "never",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(text, words[i]))
			continue;
		opt->snapshot = i;
		return 0;
	}
	argp_error(state, "cannot use \"%s\" for --snapshot: give auto, always or never", text);
	return EINVAL;
}

static int set_gdb_kernel(struct argp_state *state, const char *text, struct options *opt)
{
	opt->gdb_kernel = text && !strcmp(text, "run") ? GDB_RUN : GDB_WAIT;
	if (opt->gdb_kernel == GDB_WAIT && text && strcmp(text, "wait"))
		argp_error(state, "cannot use \"%s\" for --gdb-kernel: give wait or run", text);
	return 0;
}

static int set_hang_timeout(struct argp_state *state, const char *text, struct options *opt)
{
	const struct option_row row = { .name = "hang-timeout", .max = SECONDS_MAX };
	int ret = parse_number(state, &row, text, &opt->hang_timeout_s);

	if (opt->hang_timeout_s && opt->hang_timeout_s < HANG_TIMEOUT_S_MIN)
		argp_error(
			state,
			"cannot use \"%s\" for --hang-timeout: the guest says once a second that "
			"it lives; give 0, or %d and more",
			text, HANG_TIMEOUT_S_MIN);
	return ret;
}

static int set_tree(struct argp_state *state, const char *text, struct options *opt)
{
	free(opt->tree);
	opt->tree = path__absolute(text);
	return 0;
}

/* vmtest needs these variables itself. */
static const char *const own_variables[] = {
	"RESULTS",    "TEST_HEAD",        "TEST_JOURNAL",   "TEST_KILLED_BY",
	"TEST_PANIC", "TEST_PANICS_LEFT", "TEST_PEERS",     "TEST_TERMINAL",
	"VMTEST",     "VMTEST_COMMAND",   "VMTEST_RESULTS",
};

static int add_variable(struct argp_state *state, const char *text, struct options *opt)
{
	const char *assignment = NULL;
	int err = variable__assignment(text, &assignment);

	if (err == -ENOENT)
		argp_error(state,
			   "cannot use \"%s\" for --env: it is not set here; give --env %s=VALUE",
			   text, text);
	if (err == -EINVAL)
		argp_error(state, "cannot use \"%s\" for --env: give NAME or NAME=VALUE", text);
	for (size_t i = 0; i < ARRAY_SIZE(own_variables); i++) {
		if (variable__has_name(assignment, own_variables[i]))
			argp_error(state, "cannot use \"%s\" for --env: vmtest sets %s itself",
				   text, own_variables[i]);
	}
	words__add(&opt->env, "%s", assignment);
	return 0;
}

static int print_help(struct argp_state *state, const char *text, struct options *opt)
{
	argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
	return 0;
}

static int print_exit_statuses(struct argp_state *state, const char *text, struct options *opt)
{
	exit_status__print(stdout);
	exit(EXIT_OK);
}

static int print_version(struct argp_state *state, const char *text, struct options *opt)
{
	printf("vmtest %s\n", version__text());
	exit(EXIT_OK);
}

enum { GROUP_INFORMATION = -1, GROUP_GUEST = 1, GROUP_RUN, GROUP_FETCHING };

#define MEMBER(type, field) .kind = OPTION_##type, .offset = offsetof(struct options, field)

static const struct option_row rows[] = {
	{ .doc = "The guest:", .group = GROUP_GUEST },
	{ "kernel", "KERNEL",
	  "version (7.3, v6.12, latest), file (bzImage, vmlinux, .deb, .rpm), kernel build tree, \"host\", or "
	  "\"all\" (a version each, see \"vmtest kernels\"); several: one VM each, with a table at "
	  "the end; default: the pinned kernel",
	  GROUP_GUEST, 'k', MEMBER(WORDS, kernels) },
	{ "cpus", "N", "virtual CPUs (default: as many as here, 2 to 8)", GROUP_GUEST, 0,
	  MEMBER(NUMBER, cpus), 1, CPUS_MAX },
	{ "mem", "SIZE", "memory, such as 512M or 2G (default: 2G)", GROUP_GUEST, 0,
	  MEMBER(MIB, mem_mib), MEM_MIB_MIN, MEM_MIB_MAX },
	{ "accel", "HOW", "kvm or tcg (default: KVM if a trial boot works)", GROUP_GUEST, 0,
	  .kind = OPTION_SET, .set = set_accel },
	{ "snapshot", "WHEN",
	  "restore a guest that was saved after an earlier boot, instead of booting: always, never, "
	  "or auto: under TCG, but not with --verbose (default: auto)",
	  GROUP_GUEST, 0, .kind = OPTION_SET, .set = set_snapshot },
	{ "tree", "DIR", "folder that the guest sees at the same path (default: that of vmtest)",
	  GROUP_GUEST, 0, .kind = OPTION_SET, .set = set_tree },
	{ "append", "OPTIONS",
	  "add OPTIONS to the kernel's command line, such as slub_debug=FZ; may be repeated",
	  GROUP_GUEST, 0, MEMBER(WORDS, append) },
	{ "with", "COMMAND", "also bring this command into the guest", GROUP_GUEST, 0,
	  MEMBER(WORDS, with) },
	{ "env", "NAME[=VALUE]",
	  "give COMMAND this environment variable (default: the value that it has here); may be "
	  "repeated",
	  GROUP_GUEST, 0, .kind = OPTION_SET, .set = add_variable },
	{ "qemu-arg", "ARG", "add this word to QEMU's command line; may be repeated", GROUP_GUEST,
	  0, MEMBER(WORDS, qemu_args) },
	{ .doc = "The run:", .group = GROUP_RUN },
	{ "timeout", "S",
	  "longest time for the command in seconds, 0: none (default: 3600; with --shell and --gdb-kernel: none)",
	  GROUP_RUN, 0, MEMBER(NUMBER, timeout_s), 0, SECONDS_MAX },
	{ "boot-timeout", "S", "longest time until the guest is up (default: 120)", GROUP_RUN, 0,
	  MEMBER(NUMBER, boot_timeout_s), 1, SECONDS_MAX },
	{ "hang-timeout", "S",
	  "longest time without a sign of life from the guest, 0: any (default: 60, under TCG 300; "
	  "with --shell and --gdb-kernel: any)",
	  GROUP_RUN, 0, .kind = OPTION_SET, .set = set_hang_timeout },
	{ "stdin", NULL, "give COMMAND this program's stdin, also if that is not a terminal",
	  GROUP_RUN, 0, MEMBER(FLAG, pass_stdin) },
	{ "shell", NULL, "run COMMAND, or a shell, on a terminal; Ctrl-] ends a guest that hangs",
	  GROUP_RUN, 0, MEMBER(FLAG, shell) },
	{ "gdb-kernel", "HOW",
	  "let gdb debug the kernel, and print the command for it; the guest waits for gdb's "
	  "'continue' (wait, the default) or not (run)",
	  GROUP_RUN, 0, .kind = OPTION_SET, .flags = OPTION_ARG_OPTIONAL, .set = set_gdb_kernel },
	{ "results", "DIR", "keep the console's log and what the command leaves in $RESULTS",
	  GROUP_RUN, 0, MEMBER(TEXT, results) },
	{ "results-size", "SIZE", "size of the guest's results disk (default: 256M)", GROUP_RUN, 0,
	  MEMBER(MIB, results_mib), RESULTS_MIB_MIN, MEM_MIB_MAX },
	{ "vms", "N",
	  "deal the tests of one run of test_progs out to N VMs, as far as memory allows (default: "
	  "under TCG one for each CPU, else 1)",
	  GROUP_RUN, 0, MEMBER(NUMBER, vms), 1, VMS_MAX },
	{ "parallel", "N",
	  "with several kernels: so many VMs at once, as far as memory allows (default: 1)",
	  GROUP_RUN, 0, MEMBER(NUMBER, parallel), 1, PARALLEL_MAX },
	{ "max-panics", "N",
	  "boot again, up to N times, after a panic or a run that was killed, so that COMMAND can "
	  "go on (default: 3 for test_progs, else 0)",
	  GROUP_RUN, 0, MEMBER(NUMBER, max_panics), 0, MAX_PANICS_MAX },
	{ "bisect", NULL,
	  "end with a status for \"git bisect run\": 0 good, 1 bad, 125 if the kernel does not boot; "
	  "from 128 if the fault is not the kernel's, which ends the bisection",
	  GROUP_RUN, 0, MEMBER(FLAG, bisect) },
	{ "verbose", NULL, "show the console and QEMU's command line", GROUP_RUN, 'v',
	  MEMBER(FLAG, verbose) },
	{ .doc = "Fetching:", .group = GROUP_FETCHING },
	{ "offline", NULL, "use the cache only, never the network", GROUP_FETCHING, 0,
	  MEMBER(FLAG, offline) },
	{ "fetch-only", NULL, "fetch the kernel, print its folder in the cache, and end",
	  GROUP_FETCHING, 0, MEMBER(FLAG, fetch_only) },
	{ "fetch-package", "NAME",
	  "fetch a Debian package, print the folder it is unpacked in, and end", GROUP_FETCHING, 0,
	  MEMBER(TEXT, fetch_package) },
	{ "fetch-source", "NAME", "the same with a source package", GROUP_FETCHING, 0,
	  MEMBER(TEXT, fetch_source) },
	{ "fetch-root", "NAMES",
	  "fetch Debian packages with all that they depend on, print the folder they are unpacked "
	  "in, and end",
	  GROUP_FETCHING, 0, MEMBER(TEXT, fetch_root) },
	{ "suite", "SUITE",
	  "suite for these (default: sid); --fetch-root may need several, separated by commas",
	  GROUP_FETCHING, 0, MEMBER(TEXT, suite) },
	{ .doc = "Information:", .group = GROUP_INFORMATION },
	{ NULL, NULL, "the same as --help", GROUP_INFORMATION, 'h', .kind = OPTION_SET,
	  .set = print_help },
	{ "list-exit-statuses", NULL, "print the exit statuses and end", GROUP_INFORMATION, 0,
	  .kind = OPTION_SET, .set = print_exit_statuses },
	{ "version", NULL, "print the version and end", GROUP_INFORMATION, 0, .kind = OPTION_SET,
	  .set = print_version },
};

/* The key of an option without a letter is FIRST_KEY plus its row. */
#define FIRST_KEY 256

static int key_of(size_t row)
{
	return rows[row].key ? rows[row].key : FIRST_KEY + (int)row;
}

/* Return: an array for argp, terminated by an empty element. */
static const struct argp_option *options_for_argp(void)
{
	static struct argp_option options[ARRAY_SIZE(rows) + 1];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool is_heading = !rows[i].name && !rows[i].key;

		options[i] = (struct argp_option){
			.name = rows[i].name,
			.key = is_heading ? 0 : key_of(i),
			.arg = rows[i].argument,
			.flags = rows[i].flags,
			.doc = rows[i].doc,
			.group = rows[i].group,
		};
	}
	return options;
}

static int take(struct argp_state *state, const struct option_row *row, char *text,
		struct options *opt)
{
	void *member = (char *)opt + row->offset;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return 0;
	case OPTION_TEXT:
		*(const char **)member = text;
		return 0;
	case OPTION_WORDS:
		words__add(member, "%s", text);
		return 0;
	case OPTION_NUMBER:
		return parse_number(state, row, text, member);
	case OPTION_MIB:
		return parse_mib(state, row, text, member);
	case OPTION_SET:
		return row->set(state, text, opt);
	}
	return EINVAL;
}

/* Return: true for "vmtest kernels". After "--", "kernels" is a command for the guest. */
static bool is_list_kernels(const struct argp_state *state)
{
	return state->next == state->argc - 1 && !strcmp(state->argv[state->next], "kernels") &&
	       strcmp(state->argv[state->next - 1], "--");
}

/* What argp reads into: the options, and whether they are defaults. */
struct reading {
	struct options *opt;
	bool are_defaults;
};

/* A default holds for all that vmtest does, also for the build, which fetches packages with it. */
static bool is_for_one_call(const struct option_row *row)
{
	return row->group == GROUP_INFORMATION ||
	       (row->group == GROUP_FETCHING && strcmp(row->name, "offline") != 0);
}

static error_t parse_default(int key, char *arg, struct argp_state *state, struct options *opt)
{
	if (key == ARGP_KEY_ARGS)
		argp_error(state, "cannot use \"%s\" as a default: it is no option",
			   state->argv[state->next]);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if ((!rows[i].name && !rows[i].key) || key_of(i) != key)
			continue;
		if (is_for_one_call(&rows[i]))
			argp_error(state,
				   "cannot use %s%s as a default: give it when you call vmtest",
				   rows[i].name ? "--" : "-h", rows[i].name ? rows[i].name : "");
		return take(state, &rows[i], arg, opt);
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	const struct reading *reading = state->input;
	struct options *opt = reading->opt;

	if (reading->are_defaults)
		return parse_default(key, arg, state, opt);
	if (key == ARGP_KEY_ARGS) {
		opt->command = state->argv + state->next;
		opt->is_explicit = !strcmp(state->argv[state->next - 1], "--");
		opt->list_kernels = is_list_kernels(state);
		return 0;
	}
	if (key == ARGP_KEY_END && opt->suite && !opt->fetch_package && !opt->fetch_source &&
	    !opt->fetch_root)
		argp_error(
			state,
			"cannot use \"%s\" for --suite: only --fetch-package, --fetch-source and "
			"--fetch-root have a suite",
			opt->suite);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if ((rows[i].name || rows[i].key) && key_of(i) == key)
			return take(state, &rows[i], arg, opt);
	}
	return ARGP_ERR_UNKNOWN;
}

/* Appends the table of exit statuses to the help page. */
static char *help_filter(int key, const char *text, void *input)
{
	char *page = NULL;
	size_t len_bytes;
	FILE *out;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	out = open_memstream(&page, &len_bytes);
	if (!out)
		return (char *)text;
	fputs("Exit statuses:\n", out);
	exit_status__print(out);
	fclose(out);
	return page;
}

/* Return: true for a file in a folder named build. */
static bool is_in_build(const char *path)
{
	autofree char *folder = text__format("%.*s", (int)(strrchr(path, '/') - path), path);

	return text__ends_with(folder, "/build");
}

/* Return: the folder of vmtest; if vmtest is a link into build/, the folder of the link. */
static char *default_tree(const char *argv0)
{
	char target[PATH_MAX];
	autofree char *path = NULL, *resolved = NULL;
	char *slash;

	if (strchr(argv0, '/')) {
		path = path__absolute(argv0);
		resolved = realpath(path, NULL);
		/* An installed vmtest may be a link to the one beside the suite. */
		if (resolved && !is_in_build(resolved)) {
			free(path);
			path = text__copy(resolved);
		}
	} else {
		ssize_t len = readlink("/proc/self/exe", target, sizeof(target) - 1);

		path = text__format("%.*s", len > 0 ? (int)len : 1, len > 0 ? target : "/");
		/* vmtest was found through PATH. If it is build/vmtest, take the folder above. */
		slash = strrchr(path, '/');
		*slash = '\0';
		if (!text__ends_with(path, "/build"))
			*slash = '/';
	}
	slash = strrchr(path, '/');
	return slash == path ? text__copy("/") : text__format("%.*s", (int)(slash - path), path);
}

static unsigned int default_cpus(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof(set), &set) ? 0 : CPU_COUNT(&set);

	if (count < DEFAULT_CPUS_MIN)
		return DEFAULT_CPUS_MIN;
	return count > DEFAULT_CPUS_MAX ? DEFAULT_CPUS_MAX : count;
}

/* Return: true for test_progs and its flavours, which can continue after a restart. */
static bool runs_test_progs(const struct options *opt)
{
	const char *program = opt->command ? opt->command[0] : NULL;
	const char *slash = program ? strrchr(program, '/') : NULL;

	if (opt->shell)
		return false;
	return !program || !strncmp(slash ? slash + 1 : program, "test_progs", 10);
}

/*
 * Return: the command line in front of the command, as words for a shell, so that a run can be repeated. A
 * run has one of the kernels, and other results.
 */
static char *repeat_of(char *const *argv, int cnt)
{
	static const char *const left_out[] = { "-k", "--kernel", "--results" };
	char *repeat = text__quoted(argv[0]);

	for (int i = 1; i < cnt && strcmp(argv[i], "--") != 0; i++) {
		autofree char *word = text__quoted(argv[i]);
		bool skip = !strcmp(argv[i], "--bisect");

		if (skip)
			continue;
		for (size_t k = 0; !skip && k < ARRAY_SIZE(left_out); k++) {
			size_t len = strlen(left_out[k]);

			skip = !strncmp(argv[i], left_out[k], len) &&
			       (!argv[i][len] || argv[i][len] == '=' || len == strlen("-k"));
			/* The value is the next word. */
			i += skip && !argv[i][len];
		}
		if (!skip)
			text__append(&repeat, " %s", word);
	}
	return repeat;
}

/* At exit: argp has printed what is wrong, and ended the program. */
static void name_place(int status, void *place)
{
	if (status && *(const char **)place)
		fprintf(stderr, "vmtest: this option is in %s\n", *(const char **)place);
}

/*
 * Read options in front of those that were read before. A list of kernels replaces an earlier one;
 * other lists become longer.
 */
static void read_words(const struct argp *argp, int argc, char **argv, struct reading *reading)
{
	struct words earlier = reading->opt->kernels;

	reading->opt->kernels = (struct words){};
	argp_parse(argp, argc, argv, ARGP_IN_ORDER | (reading->are_defaults ? ARGP_NO_HELP : 0),
		   NULL, reading);
	if (reading->opt->kernels.count)
		words__free(&earlier);
	else
		reading->opt->kernels = earlier;
}

/* Read the defaults, all those of one place at once, so that an error can name the place. */
static void read_defaults(const struct argp *argp, struct options *opt)
{
	struct words *texts = &opt->defaults, *places = &opt->default_places;
	struct reading reading = { opt, true };
	autofree char **argv = NULL;
	const char **place;

	defaults__read(texts, places);
	if (!texts->count)
		return;
	place = calloc(1, sizeof(*place));
	argv = calloc(texts->count + 2, sizeof(*argv));
	if (!argv || !place || on_exit(name_place, place))
		abort();
	argv[0] = "vmtest";
	for (size_t first = 0, next; first < texts->count; first = next) {
		int argc = 1;

		*place = places->v[first];
		for (next = first; next < texts->count && !strcmp(places->v[next], *place); next++)
			argv[argc++] = texts->v[next];
		argv[argc] = NULL;
		read_words(argp, argc, argv, &reading);
	}
	*place = NULL;
}

/* Return: true if --bisect is an option of vmtest, also if a wrong option stands before it. */
static bool asks_for_bisect(char *const *argv)
{
	while (*++argv && strcmp(*argv, "--") != 0) {
		if (!strcmp(*argv, "--bisect"))
			return true;
	}
	return false;
}

void options__parse(int argc, char **argv, struct options *opt)
{
	struct reading reading = { opt, false };
	const struct argp argp = {
		.options = options_for_argp(),
		.parser = parse_option,
		.args_doc = "[--] [COMMAND...]\nkernels",
		.doc = "Boot a kernel in a virtual machine and run COMMAND in it (default: "
		       "./test_progs -j). The guest sees a copy of the tree; nothing that it writes "
		       "reaches the host, except for what --results keeps.\n"
		       "\"vmtest kernels\" lists the kernels of the mirror and of the cache.\v",
		.help_filter = help_filter,
	};

	*opt = (struct options){
		.cpus = default_cpus(),
		.mem_mib = DEFAULT_MEM_MIB,
		.parallel = 1,
		.timeout_s = UINT_MAX,
		.max_panics = UINT_MAX,
		.hang_timeout_s = UINT_MAX,
		.boot_timeout_s = DEFAULT_BOOT_TIMEOUT_S,
		.results_mib = DEFAULT_RESULTS_MIB,
		.tree = default_tree(argv[0]),
	};
	argp_err_exit_status = asks_for_bisect(argv) ? EXIT_BISECT_STOP : EXIT_USAGE_ERROR;
	read_defaults(&argp, opt);
	read_words(&argp, argc, argv, &reading);
	if (!opt->suite)
		opt->suite = "sid";
	opt->repeat = repeat_of(argv, opt->command ? opt->command - argv : argc);
	if (opt->timeout_s == UINT_MAX)
		opt->timeout_s = opt->shell || opt->gdb_kernel ? 0 : DEFAULT_TIMEOUT_S;
	/* The user looks at the kernel that stops or panics. */
	if (opt->max_panics == UINT_MAX && opt->gdb_kernel)
		opt->max_panics = 0;
	if (opt->max_panics == UINT_MAX)
		opt->max_panics = runs_test_progs(opt) ? DEFAULT_MAX_PANICS : 0;
}

void options__free(struct options *opt)
{
	words__free(&opt->kernels);
	words__free(&opt->with);
	words__free(&opt->append);
	words__free(&opt->env);
	words__free(&opt->qemu_args);
	words__free(&opt->defaults);
	words__free(&opt->default_places);
	free(opt->tree);
	free(opt->repeat);
}
