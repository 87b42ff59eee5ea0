// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmtest: boots a kernel in QEMU and runs a command in it.
 *
 * The same program is the launcher on the host and PID 1 in the guest.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/standard_output.h"
#include "vm/guest/guest.h"
#include "vm/guest/order.h"
#include "vm/boot.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/cache.h"
#include "vm/kernel/kernel_list.h"
#include "vm/kernel/package_root.h"
#include "vm/kernel/packages.h"
#include "vm/matrix.h"
#include "vm/options.h"
#include "vm/run.h"
#include "vm/verdict.h"

/*
 * A caller's stdin is often the list that a loop of the shell reads. It goes to the guest only if that
 * is meant, because what the guest does not want would be lost.
 */
static void keep_stdin_of_caller(const struct options *opt)
{
	int fd;

	if (opt->pass_stdin || opt->shell || isatty(STDIN_FILENO))
		return;
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		dup2(fd, STDIN_FILENO);
		close(fd);
	}
}

static int fetch_kernels(struct vmtest *vm)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < vm->opt.kernels.count; i++)
		ret = run__kernel(vm, vm->opt.kernels.v[i], NULL, NULL);
	return ret;
}

static int run_kernels(struct vmtest *vm)
{
	const struct options *opt = &vm->opt;
	int ret = 0;

	if (words__contain(&opt->kernels, "all"))
		ret = kernel_list__expand(vm, &vm->opt.kernels);
	if (ret)
		return ret;
	if (opt->kernels.count <= 1)
		return run__kernel(vm, opt->kernels.count ? opt->kernels.v[0] : NULL, opt->results,
				   NULL);
	if (opt->fetch_only)
		return fetch_kernels(vm);
	if (opt->shell)
		return message__fail(EXIT_USAGE_ERROR,
				     "cannot give a --shell on %zu kernels: give one -k",
				     opt->kernels.count);
	return matrix__main(vm);
}

/*
 * Refuse a first word that is not a command on the host before any work is done. It is probably a
 * typing error, and not a command that only the guest has. After "--" there is no such check.
 */
static int check_command(const struct vmtest *vm)
{
	const char *word = vm->opt.command ? vm->opt.command[0] : NULL;
	autofree char *in_tree = NULL, *in_path = NULL;

	if (!word || vm->opt.is_explicit || vm->opt.list_kernels || strchr(word, '/'))
		return 0;
	in_tree = text__format("%s/%s", vm->opt.tree, word);
	in_path = program__path(word);
	if (in_path || words__contain(&vm->opt.with, word))
		return 0;
	if (path__exists(in_tree))
		return message__fail(
			EXIT_USAGE_ERROR,
			"cannot run \"%s\": it is not in $PATH; the one of the tree is "
			"./%s",
			word, word);
	return message__fail(
		EXIT_USAGE_ERROR,
		"cannot run \"%s\": it is neither in $PATH nor in %s. \"vmtest kernels\" "
		"lists kernels, \"vmtest --help\" the options, and \"vmtest -- %s\" tries it "
		"in the guest",
		word, vm->opt.tree, word);
}

/* Return: the value of an option, if this word is the option; or NULL. */
static const char *value_of(char *const *word, const char *option)
{
	size_t len = strlen(option);

	if (strncmp(*word, option, len))
		return NULL;
	if (!(*word)[len])
		return word[1];
	if (option[1] == '-')
		return (*word)[len] == '=' ? *word + len + 1 : NULL;
	return *word + len;
}

/* Refuse a file of test_progs that would be lost with the guest, before it boots. */
static int check_outputs(const struct vmtest *vm)
{
	static const char *const options[] = { "-J",     "--json-summary", "--events", "--junit",
					       "--ktap", "--html",         "--trace" };
	char *const *words = boot__command(vm);

	for (char *const *word = words; boot__test_program(vm) && *word; word++) {
		for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
			const char *path = value_of(word, options[i]);

			if (!path || *path != '/' || text__starts_with(path, "/dev/") ||
			    text__starts_with(path, GUEST_RESULTS_FOLDER "/"))
				continue;
			return message__fail(
				EXIT_USAGE_ERROR,
				"cannot use %s %s: it would be lost with the guest; give a path "
				"without a leading '/', which is kept in the results folder "
				"(--results)",
				options[i], path);
		}
	}
	return 0;
}

static int check_vms(const struct vmtest *vm)
{
	if (vm->opt.vms <= 1 || boot__test_program(vm))
		return 0;
	return message__fail(
		EXIT_USAGE_ERROR,
		"cannot use --vms=%u: only test_progs can deal its tests out to several "
		"VMs; leave --vms out",
		vm->opt.vms);
}

/* Refuse options that do not go together with --gdb-kernel and --qemu-arg. */
static int check_debugging(const struct vmtest *vm)
{
	const struct options *opt = &vm->opt;
	const char *option = opt->gdb_kernel      ? "--gdb-kernel" :
			     opt->qemu_args.count ? "--qemu-arg" :
						    NULL;

	if (option && opt->snapshot == SNAPSHOT_ALWAYS)
		return message__fail(
			EXIT_USAGE_ERROR,
			"cannot use --snapshot=always with %s: a saved guest has other "
			"devices; leave --snapshot out",
			option);
	if (!opt->gdb_kernel)
		return 0;
	if (opt->kernels.count > 1 || words__contain(&opt->kernels, "all"))
		return message__fail(EXIT_USAGE_ERROR,
				     "cannot use --gdb-kernel with several kernels: give one -k");
	if (opt->vms > 1)
		return message__fail(EXIT_USAGE_ERROR,
				     "cannot use --gdb-kernel with --vms=%u: leave --vms out",
				     opt->vms);
	return 0;
}

static int check_bisect(const struct vmtest *vm)
{
	if (!vm->opt.bisect ||
	    (vm->opt.kernels.count <= 1 && !words__contain(&vm->opt.kernels, "all")))
		return 0;
	return message__fail(EXIT_USAGE_ERROR,
			     "cannot --bisect with several kernels: give one -k, such as -k .");
}

static int check_accel(const struct vmtest *vm)
{
	if (vm->opt.accel != ACCEL_KVM || !access("/dev/kvm", R_OK | W_OK))
		return 0;
	return message__fail(EXIT_NO_PROGRAM,
			     "cannot use --accel=kvm: /dev/kvm: " ERRNO_FMT
			     "; load kvm_intel or kvm_amd, get access to it, or leave --accel out",
			     ERRNO_ARG(errno));
}

static int run(struct vmtest *vm)
{
	const struct options *opt = &vm->opt;
	int ret = signals__block(vm);

	for (size_t i = 0; i < opt->defaults.count; i++)
		message__detail(vm, "default option %s (%s)", opt->defaults.v[i],
				opt->default_places.v[i]);
	ret = ret ? ret : check_command(vm);
	ret = ret ? ret : check_outputs(vm);
	ret = ret ? ret : check_vms(vm);
	ret = ret ? ret : check_debugging(vm);
	ret = ret ? ret : check_bisect(vm);
	ret = ret ? ret : check_accel(vm);
	ret = ret ? ret : cache__open(vm);
	if (ret)
		return ret;
	if (opt->fetch_package)
		return packages__fetch(vm, opt->fetch_package, opt->suite, false);
	if (opt->fetch_source)
		return packages__fetch(vm, opt->fetch_source, opt->suite, true);
	if (opt->fetch_root)
		return package_root__fetch(vm, opt->fetch_root, opt->suite);
	if (opt->list_kernels)
		return kernel_list__print(vm);
	return run_kernels(vm);
}

static int for_bisect(struct vmtest *vm, int status)
{
	int verdict = verdict__for_bisect(vm, boot__test_program(vm), status);

	message__say(vm, "bisect: %s",
		     !verdict                       ? "good" :
		     verdict == EXIT_BISECT_BAD     ? "bad" :
		     verdict == EXIT_BISECT_UNKNOWN ? "cannot tell" :
						      "stop, the fault is not the kernel's");
	return verdict;
}

int main(int argc, char **argv)
{
	struct vmtest vm = { .start_ms = clock__now_ms(), .scratch_fd = -1, .signal_fd = -1 };
	int status, signal_number;

	if (getpid() == 1 && !strcmp(argv[0], "/init"))
		guest__main();
	standard_output__begin("vmtest", EXIT_HOST_SETUP);
	options__parse(argc, argv, &vm.opt);
	keep_stdin_of_caller(&vm.opt);
	status = run(&vm);
	signal_number = vm.asked_signal ?: vm.ending_signal;
	if (signal_number)
		status = message__fail(EXIT_SIGNAL_BASE + signal_number, "ended by signal %d (%s)",
				       signal_number, strsignal(signal_number));
	if (vm.stdout_error && !status)
		status = message__fail(EXIT_HOST_SETUP, "cannot write to stdout: " ERRNO_FMT,
				       ERRNO_ARG(vm.stdout_error));
	if (vm.opt.bisect)
		status = for_bisect(&vm, status);
	options__free(&vm.opt);
	free(vm.cache);
	return status;
}
