// SPDX-License-Identifier: GPL-2.0-only
/* The command line of vmtest, one argument a line. Its parser is part of this file. */
#include <argp.h>
#include <errno.h>

#include "vm/host/vmtest.h"

#include "check/fuzz/fuzz.h"

static bool refused;

/* It does not return in vmtest. */
#define argp_error(state, ...)  \
	do {                    \
		refused = true; \
		return 0;       \
	} while (0)
#define exit(status) return ECANCELED
#define argp_parse(argp, argc, argv, flags, index, input)                                     \
	(refused |= !!argp_parse(argp, argc, argv,                                            \
				 (flags) | ARGP_NO_EXIT | ARGP_NO_ERRS | ARGP_NO_HELP, index, \
				 input))
#include "vm/options.c"
#undef exit

#define ARGUMENTS_MAX 32

static void check(const struct options *opt, char *const *argv, int argc)
{
	INVARIANT(opt->cpus >= 1 && opt->cpus <= CPUS_MAX);
	INVARIANT(opt->mem_mib >= MEM_MIB_MIN && opt->mem_mib <= MEM_MIB_MAX);
	INVARIANT(opt->results_mib >= RESULTS_MIB_MIN && opt->results_mib <= MEM_MIB_MAX);
	INVARIANT(opt->timeout_s <= SECONDS_MAX);
	INVARIANT(opt->hang_timeout_s <= SECONDS_MAX || opt->hang_timeout_s == UINT_MAX);
	INVARIANT(opt->boot_timeout_s >= 1 && opt->boot_timeout_s <= SECONDS_MAX);
	INVARIANT(opt->tree[0] == '/' && !strstr(opt->tree, "/../") && !strstr(opt->tree, "//"));
	INVARIANT(!opt->command || (opt->command > argv && opt->command <= argv + argc));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[ARGUMENTS_MAX + 2] = { (char *)"./vmtest" };
	struct input input = { data, size };
	struct options opt;
	int argc = 1, i;

	while (argc <= ARGUMENTS_MAX && (argv[argc] = input__line(&input)))
		argc++;
	argv[argc] = NULL;
	refused = false;
	options__parse(argc, argv, &opt);
	if (!refused)
		check(&opt, argv, argc);
	options__free(&opt);
	for (i = 1; i < argc; i++)
		free(argv[i]);
	return 0;
}
