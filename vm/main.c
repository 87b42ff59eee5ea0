// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmtest: boots a kernel in QEMU and runs a command in it.
 *
 * The same program is the launcher on the host and PID 1 of the guest.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cache.h"
#include "files.h"
#include "guest.h"
#include "options.h"
#include "packages.h"
#include "run.h"

/* A descriptor 0, 1 or 2 that is closed would become one of ours, and be written to. */
static void open_standard_fds(void)
{
	int fd;

	do {
		/* NOLINTNEXTLINE(android-cloexec-open): a standard descriptor, for all that is run */
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Several -k: one after the other, each with results of its own, and a table at the end. */
static int run_matrix(struct vmtest *vm)
{
	const struct words *kernels = &vm->opt.kernels;
	int *statuses = calloc(kernels->count, sizeof(*statuses));
	int first = 0;

	if (!statuses)
		return fail(EXIT_HOST_SETUP, "out of memory");
	for (size_t i = 0; i < kernels->count && !vm->ending_signal; i++) {
		autofree char *results = NULL;

		if (vm->opt.results) {
			autofree char *name = text_copy(kernels->v[i]);

			for (char *c = name; *c; c++)
				*c = *c == '/' ? '_' : *c;
			results = text_format("%s/%s", vm->opt.results, name);
		}
		statuses[i] = run_kernel(vm, kernels->v[i], results);
		first = first ? first : statuses[i];
	}
	for (size_t i = 0; i < kernels->count && !vm->ending_signal; i++)
		fprintf(stderr, "vmtest: %-20s %s (%d)\n", kernels->v[i],
			statuses[i] ? "FAIL" : "OK", statuses[i]);
	free(statuses);
	return first;
}

static int run(struct vmtest *vm)
{
	const struct options *opt = &vm->opt;
	int ret = signals_block(vm);

	ret = ret ? ret : cache_open(vm);
	if (ret)
		return ret;
	if (opt->fetch_package)
		return package_fetch(vm, opt->fetch_package, opt->suite, false);
	if (opt->fetch_source)
		return package_fetch(vm, opt->fetch_source, opt->suite, true);
	if (opt->kernels.count > 1)
		return run_matrix(vm);
	return run_kernel(vm, opt->kernels.count ? opt->kernels.v[0] : NULL, opt->results);
}

int main(int argc, char **argv)
{
	struct vmtest vm = { .start_ms = now_ms(), .scratch_fd = -1, .signal_fd = -1 };
	int status;

	if (getpid() == 1 && !strcmp(argv[0], "/init"))
		guest_main();
	open_standard_fds();
	options_parse(argc, argv, &vm.opt);
	status = run(&vm);
	if (vm.ending_signal)
		status = fail(EXIT_SIGNAL_BASE + vm.ending_signal, "ended by signal %d (%s)",
			      vm.ending_signal, strsignal(vm.ending_signal));
	if (fflush(stdout) && !status)
		status = fail(EXIT_HOST_SETUP, "cannot write to stdout: " ERRNO_FMT,
			      ERRNO_ARG(errno));
	options_free(&vm.opt);
	free(vm.cache);
	return status;
}
