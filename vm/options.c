// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line, read with argp. Knows what is valid by itself; whether a kernel or folder
 * exists is found out by those who use it.
 */
#include <argp.h>
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
#include "vm/host/exit_status.h"
#include "vm/host/path.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/options.h"

#define DEFAULT_CPUS_MIN       2
#define DEFAULT_CPUS_MAX       8
#define DEFAULT_MEM_MIB        2048
#define DEFAULT_TIMEOUT_S      3600
#define DEFAULT_BOOT_TIMEOUT_S 120
#define DEFAULT_RESULTS_MIB    256
#define CPUS_MAX               255
#define PARALLEL_MAX           64
#define MEM_MIB_MIN            128
#define MEM_MIB_MAX            (1024 * 1024)
#define RESULTS_MIB_MIN        8
#define DEFAULT_MAX_PANICS     3
#define MAX_PANICS_MAX         1000
#define HANG_TIMEOUT_S_MIN     5
#define SECONDS_MAX            (30 * 24 * 3600)

enum {
	KEY_CPUS = 256,
	KEY_MEM,
	KEY_TIMEOUT,
	KEY_BOOT_TIMEOUT,
	KEY_HANG_TIMEOUT,
	KEY_SHELL,
	KEY_RESULTS,
	KEY_RESULTS_SIZE,
	KEY_MAX_PANICS,
	KEY_TREE,
	KEY_WITH,
	KEY_ACCEL,
	KEY_APPEND,
	KEY_PARALLEL,
	KEY_OFFLINE,
	KEY_FETCH_ONLY,
	KEY_FETCH_PACKAGE,
	KEY_FETCH_SOURCE,
	KEY_SUITE,
	KEY_LIST,
};

static const struct argp_option argp_options[] = {
	{ .doc = "The guest:", .group = 1 },
	{ "kernel", 'k', "KERNEL", 0,
	  "version (7.3, 6.12, latest), file (bzImage or vmlinux), kernel build tree, \"host\", or "
	  "\"all\" (a version each, see \"vmtest kernels\"); "
	  "several: one VM each, with a table at the end; default: the pinned kernel",
	  1 },
	{ "cpus", KEY_CPUS, "N", 0, "virtual CPUs (default: as many as here, 2 to 8)", 1 },
	{ "mem", KEY_MEM, "SIZE", 0, "memory, such as 512M or 2G (default: 2G)", 1 },
	{ "accel", KEY_ACCEL, "HOW", 0, "kvm or tcg (default: KVM if a trial boot works)", 1 },
	{ "tree", KEY_TREE, "DIR", 0,
	  "folder that the guest sees at the same path (default: that of vmtest)", 1 },
	{ "append", KEY_APPEND, "OPTIONS", 0,
	  "add OPTIONS to the kernel's command line, such as lsm=landlock; may be repeated", 1 },
	{ "with", KEY_WITH, "COMMAND", 0, "also bring this command into the guest", 1 },
	{ .doc = "The run:", .group = 2 },
	{ "timeout", KEY_TIMEOUT, "S", 0,
	  "longest time for the command in seconds, 0: none (default: 3600; with --shell: none)",
	  2 },
	{ "boot-timeout", KEY_BOOT_TIMEOUT, "S", 0,
	  "longest time until the guest is up (default: 120)", 2 },
	{ "hang-timeout", KEY_HANG_TIMEOUT, "S", 0,
	  "longest time without a sign of life from the guest, 0: any (default: 60, under TCG 300; "
	  "with --shell: any)",
	  2 },
	{ "shell", KEY_SHELL, NULL, 0,
	  "run COMMAND, or a shell, on a terminal; Ctrl-] ends a guest that hangs", 2 },
	{ "results", KEY_RESULTS, "DIR", 0,
	  "keep the console's log and what the command leaves in $RESULTS", 2 },
	{ "results-size", KEY_RESULTS_SIZE, "SIZE", 0,
	  "size of the guest's results disk (default: 256M)", 2 },
	{ "parallel", KEY_PARALLEL, "N", 0,
	  "with several kernels: so many VMs at once, as far as memory allows (default: 1)", 2 },
	{ "max-panics", KEY_MAX_PANICS, "N", 0,
	  "boot again, up to N times, after a panic or a run that was killed, so that COMMAND can "
	  "go on (default: 3 for test_progs, else 0)",
	  2 },
	{ "verbose", 'v', NULL, 0, "show the console and QEMU's command line", 2 },
	{ .doc = "Fetching:", .group = 3 },
	{ "offline", KEY_OFFLINE, NULL, 0, "use the cache only, never the network", 3 },
	{ "fetch-only", KEY_FETCH_ONLY, NULL, 0,
	  "fetch the kernel, print its folder in the cache, and end", 3 },
	{ "fetch-package", KEY_FETCH_PACKAGE, "NAME", 0,
	  "fetch a Debian package, print the folder it is unpacked in, and end", 3 },
	{ "fetch-source", KEY_FETCH_SOURCE, "NAME", 0, "the same with a source package", 3 },
	{ "suite", KEY_SUITE, "SUITE", 0, "suite for both (default: sid)", 3 },
	{ .doc = "Information:", .group = -1 },
	{ "list-exit-statuses", KEY_LIST, NULL, 0, "print the exit statuses and end", -1 },
	{}
};

static unsigned int parse_number(struct argp_state *state, const char *what, const char *text,
				 unsigned int min, unsigned int max)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (end == text || *end || number < (long)min || number > (long)max)
		argp_error(state, "cannot use \"%s\" for %s: give a number from %u to %u", text,
			   what, min, max);
	return number;
}

/* A size with K, M, G or T behind it; M when there is none. */
static unsigned int parse_mib(struct argp_state *state, const char *what, const char *text,
			      unsigned int min_mib, unsigned int max_mib)
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
	if (!valid || *end || !(size >= min_mib && size <= max_mib))
		argp_error(state,
			   "cannot use \"%s\" for %s: give a size from %uM to %uM, such as "
			   "512M or 2G",
			   text, what, min_mib, max_mib);
	return size;
}

static enum acceleration parse_accel(struct argp_state *state, const char *text)
{
	if (!strcmp(text, "kvm"))
		return ACCEL_KVM;
	if (strcmp(text, "tcg"))
		argp_error(state, "cannot use \"%s\" for --accel: give kvm or tcg", text);
	return ACCEL_TCG;
}

/* "vmtest kernels"; behind "--" it is a command of the guest like any other. */
static bool is_list_kernels(const struct argp_state *state)
{
	return state->next == state->argc - 1 && !strcmp(state->argv[state->next], "kernels") &&
	       strcmp(state->argv[state->next - 1], "--");
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *opt = state->input;

	switch (key) {
	case 'k':
		words__add(&opt->kernels, "%s", arg);
		break;
	case 'v':
		opt->verbose = true;
		break;
	case KEY_CPUS:
		opt->cpus = parse_number(state, "--cpus", arg, 1, CPUS_MAX);
		break;
	case KEY_MEM:
		opt->mem_mib = parse_mib(state, "--mem", arg, MEM_MIB_MIN, MEM_MIB_MAX);
		break;
	case KEY_TIMEOUT:
		opt->timeout_s = parse_number(state, "--timeout", arg, 0, SECONDS_MAX);
		break;
	case KEY_BOOT_TIMEOUT:
		opt->boot_timeout_s = parse_number(state, "--boot-timeout", arg, 1, SECONDS_MAX);
		break;
	case KEY_HANG_TIMEOUT:
		opt->hang_timeout_s = parse_number(state, "--hang-timeout", arg, 0, SECONDS_MAX);
		if (opt->hang_timeout_s && opt->hang_timeout_s < HANG_TIMEOUT_S_MIN)
			argp_error(state,
				   "cannot use \"%s\" for --hang-timeout: the guest says once a "
				   "second that it lives; give 0, or %d and more",
				   arg, HANG_TIMEOUT_S_MIN);
		break;
	case KEY_SHELL:
		opt->shell = true;
		break;
	case KEY_RESULTS:
		opt->results = arg;
		break;
	case KEY_RESULTS_SIZE:
		opt->results_mib =
			parse_mib(state, "--results-size", arg, RESULTS_MIB_MIN, MEM_MIB_MAX);
		break;
	case KEY_MAX_PANICS:
		opt->max_panics = parse_number(state, "--max-panics", arg, 0, MAX_PANICS_MAX);
		break;
	case KEY_TREE:
		free(opt->tree);
		opt->tree = path__absolute(arg);
		break;
	case KEY_WITH:
		words__add(&opt->with, "%s", arg);
		break;
	case KEY_ACCEL:
		opt->accel = parse_accel(state, arg);
		break;
	case KEY_PARALLEL:
		opt->parallel = parse_number(state, "--parallel", arg, 1, PARALLEL_MAX);
		break;
	case KEY_APPEND:
		words__add(&opt->append, "%s", arg);
		break;
	case KEY_OFFLINE:
		opt->offline = true;
		break;
	case KEY_FETCH_ONLY:
		opt->fetch_only = true;
		break;
	case KEY_FETCH_PACKAGE:
		opt->fetch_package = arg;
		break;
	case KEY_FETCH_SOURCE:
		opt->fetch_source = arg;
		break;
	case KEY_SUITE:
		opt->suite = arg;
		break;
	case KEY_LIST:
		exit_status__print(stdout);
		exit(EXIT_OK);
	case ARGP_KEY_ARGS:
		opt->command = state->argv + state->next;
		opt->list_kernels = is_list_kernels(state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* The help page ends with the table of exit statuses. */
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

/* ./vmtest and path/to/vmtest may be links into build/: the tree is where the link lies. */
static char *default_tree(const char *argv0)
{
	char target[PATH_MAX];
	autofree char *path = NULL;
	char *slash;

	if (strchr(argv0, '/')) {
		path = path__absolute(argv0);
	} else {
		ssize_t len = readlink("/proc/self/exe", target, sizeof(target) - 1);

		path = text__format("%.*s", len > 0 ? (int)len : 1, len > 0 ? target : "/");
		/* Found through PATH: build/vmtest belongs to the folder above. */
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

/* It knows what is to be done after a restart; its flavours do, too. */
static bool runs_test_progs(const struct options *opt)
{
	const char *program = opt->command ? opt->command[0] : NULL;
	const char *slash = program ? strrchr(program, '/') : NULL;

	if (opt->shell)
		return false;
	return !program || !strncmp(slash ? slash + 1 : program, "test_progs", 10);
}

void options__parse(int argc, char **argv, struct options *opt)
{
	const struct argp argp = {
		.options = argp_options,
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
		.suite = "sid",
		.tree = default_tree(argv[0]),
	};
	argp_err_exit_status = EXIT_USAGE_ERROR;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, opt);
	if (opt->timeout_s == UINT_MAX)
		opt->timeout_s = opt->shell ? 0 : DEFAULT_TIMEOUT_S;
	if (opt->max_panics == UINT_MAX)
		opt->max_panics = runs_test_progs(opt) ? DEFAULT_MAX_PANICS : 0;
}

void options__free(struct options *opt)
{
	words__free(&opt->kernels);
	words__free(&opt->with);
	words__free(&opt->append);
	free(opt->tree);
}
