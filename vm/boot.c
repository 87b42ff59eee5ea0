// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts a guest and watches it. The guest boots, or a saved one is restored, and then gets its
 * disks and its order.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/boot.h"
#include "vm/disk/image.h"
#include "vm/disk/initramfs.h"
#include "vm/disk/staging.h"
#include "vm/disk/results.h"
#include "vm/disk/state.h"
#include "vm/guest/channel.h"
#include "vm/guest/order.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/debug_info.h"
#include "vm/kernel/kernel.h"
#include "vm/machine/acceleration.h"
#include "vm/machine/console.h"
#include "vm/machine/qemu.h"
#include "vm/machine/session.h"
#include "vm/machine/snapshot.h"
#include "vm/machine/terminal.h"
#include "vm/verdict.h"

/*
 * The level of messages on the console while the command runs: warnings and more severe ones. The
 * option "quiet" would hide a WARNING.
 */
#define CONSOLE_LEVEL 5

#define GUEST_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/*
 * The default limit for a guest without a sign of life. It is longer than the kernel's own
 * watchdogs need to find a CPU that hangs, with KVM or TCG (qemu.c).
 */
#define HANG_TIMEOUT_S 60

/* Memory that the kernel needs beside the guest's files. */
#define KERNEL_MIB 256

/* The default command. */
static char *const default_command[] = { "./test_progs", "-j", NULL };
static char *const default_shells[] = { "bash", "sh" };

char *const *boot__command(const struct vmtest *vm)
{
	return vm->opt.command ? vm->opt.command : default_command;
}

const char *boot__test_program(const struct vmtest *vm)
{
	const char *program = boot__command(vm)[0];
	const char *slash = strrchr(program, '/');

	program = slash ? slash + 1 : program;
	return !vm->opt.shell && text__starts_with(program, "test_progs") ? program : NULL;
}

/* Add --results: test_progs must write a report to $RESULTS for the table of several runs. */
static void add_command(struct order *order, char *const *command, bool wants_report)
{
	for (char *const *word = command; *word; word++)
		wants_report = wants_report && !text__starts_with(*word, "--results");
	words__add(&order->argv, "%s", *command);
	if (wants_report)
		words__add(&order->argv, "--results");
	while (*++command)
		words__add(&order->argv, "%s", *command);
}

/* Tell test_progs the descriptors of its sockets to the other guests (docs/machines.md). */
static void add_peers(const struct boot *boot, struct order *order)
{
	autofree char *fds = text__copy("");

	if (boot->guests <= 1)
		return;
	order->peers = boot->peer ? 1 : boot->guests - 1;
	for (unsigned int i = 0; i < order->peers; i++)
		text__append(&fds, "%s%u", i ? "," : "", GUEST_PEER_FD + i);
	words__add(&order->environment, "%s=%s", boot->peer ? "TEST_HEAD" : "TEST_PEERS", fds);
}

/*
 * Tell the command the place of its journal, so that it can continue after a restart. The journal
 * is on the results disk, which is kept.
 */
static void add_journal(struct vmtest *vm, const struct boot *boot, struct order *order)
{
	/* A peer needs none: the head has what its tests did. */
	if (!vm->opt.max_panics || boot->peer)
		return;
	words__add(&order->environment, "TEST_JOURNAL=" GUEST_JOURNAL);
	words__add(&order->environment, "TEST_PANICS_LEFT=%u", vm->opt.max_panics - boot->panics);
	if (boot->last_panic)
		words__add(&order->environment, "TEST_PANIC=%s", boot->last_panic);
	if (boot->last_signal)
		words__add(&order->environment, "TEST_KILLED_BY=SIG%s",
			   sigabbrev_np(boot->last_signal));
}

/* Return: the level for the console, or 0 if --verbose or --append asks for another one. */
static unsigned int console_level(const struct vmtest *vm)
{
	static const char *const parameters[] = { "loglevel=", "quiet", "debug",
						  "ignore_loglevel" };
	autofree char *append = words__join(&vm->opt.append, " ");
	autowords struct words words = {};

	words__split(&words, append, " ");
	for (size_t i = 0; i < words.count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(parameters); j++)
			if (text__starts_with(words.v[i], parameters[j]))
				return 0;
	return vm->opt.verbose ? 0 : CONSOLE_LEVEL;
}

/* If vmtest is a step of a workflow of GitHub, annotations belong to it. The others are about colours. */
static void pass_on(struct order *order)
{
	static const char *const names[] = { "GITHUB_ACTIONS", "NO_COLOR", "CLICOLOR_FORCE" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (getenv(names[i]))
			words__add(&order->environment, "%s=%s", names[i], getenv(names[i]));
}

/* The stdout of the command is a pipe: tell test_progs what is at its other end. */
static void add_terminal(const struct vmtest *vm, const struct boot *boot, struct order *order)
{
	struct winsize size = {};

	if (vm->opt.shell || boot->peer || !isatty(STDOUT_FILENO))
		return;
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	words__add(&order->environment, "TEST_TERMINAL=%ux%u", size.ws_col ? size.ws_col : 80,
		   size.ws_row ? size.ws_row : 24);
}

/* Return: $PATH of the command; the bpftool of the build comes first. */
static char *path_of_command(const struct vmtest *vm)
{
	static const char *const folders[] = { "/build", "" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		autofree char *folder = text__format("%s%s", vm->opt.tree, folders[i]);
		autofree char *bpftool = text__format("%s/bpftool", folder);

		if (path__is_program(bpftool))
			return text__format("%s:" GUEST_PATH, folder);
	}
	return text__copy(GUEST_PATH);
}

static void make_order(struct vmtest *vm, const struct boot *boot, struct order *order)
{
	autofree char *path = path_of_command(vm);
	const char *term = getenv("TERM");
	struct frame_window window = {};

	order->folder = text__copy(vm->opt.tree);
	order->tree = realpath(vm->opt.tree, NULL);
	if (!order->tree)
		order->tree = text__copy(vm->opt.tree);
	order->terminal = vm->opt.shell;
	order->console_level = console_level(vm);
	terminal__size(&window);
	order->rows = window.rows;
	order->columns = window.columns;
	if (vm->opt.shell && !vm->opt.command) {
		for (size_t i = 0; i < ARRAY_SIZE(default_shells) && !order->argv.count; i++) {
			autofree char *shell = text__format("/bin/%s", default_shells[i]);

			if (path__exists(shell))
				words__add(&order->argv, "%s", shell);
		}
	} else {
		add_command(order, boot__command(vm), boot->wants_report);
	}
	words__add(&order->environment, "PATH=%s", path);
	words__add(&order->environment, "HOME=/root");
	words__add(&order->environment, "SHELL=/bin/sh");
	words__add(&order->environment, "LANG=C.UTF-8");
	words__add(&order->environment, "TERM=%s", term && *term ? term : "dumb");
	words__add(&order->environment, "VMTEST=1");
	pass_on(order);
	add_terminal(vm, boot, order);
	words__add(&order->environment, "VMTEST_COMMAND=%s%s%s", vm->opt.repeat,
		   boot->kernel_word ? " -k " : "", boot->kernel_word ?: "");
	words__add(&order->environment, "RESULTS=" GUEST_RESULTS_FOLDER);
	if (boot->session.results && boot->session.results->path)
		words__add(&order->environment, "VMTEST_RESULTS=%s", boot->session.results->path);
	if (boot__test_program(vm))
		words__add(&order->environment, "XDG_STATE_HOME=" GUEST_STATE);
	words__add(&order->environment, "TEST_TIME_SCALE=%u", boot->session.time_scale);
	words__add_all(&order->environment, &vm->opt.env);
}

static int write_order(struct vmtest *vm, struct boot *boot)
{
	struct session *session = &boot->session;
	struct order order = {};
	FILE *out = open_memstream(&session->order, &session->order_bytes);
	int err = out ? 0 : -errno;

	make_order(vm, boot, &order);
	order.sends_results = session->results;
	add_journal(vm, boot, &order);
	add_peers(boot, &order);
	if (out) {
		order__write(out, &order);
		err = fclose(out) ? -errno : 0;
	}
	order__free(&order);
	return err ? message__fail(EXIT_HOST_SETUP, "cannot write the guest's order: " ERRNO_FMT,
				   ERRNO_ARG(-err)) :
		     0;
}

/*
 * Make the initramfs with all files of a guest without disks. QEMU loads it into the guest's memory,
 * and the kernel unpacks it there.
 */
static int make_memory_initramfs(struct vmtest *vm, struct boot *boot)
{
	struct staging files = {};
	uint64_t hash, needed_mib;
	int ret = image__stage_all(vm, boot->kernel, boot__command(vm)[0], &files);

	needed_mib = 2 * files.bytes / (1024 * 1024) + KERNEL_MIB;
	if (!ret && needed_mib > vm->opt.mem_mib)
		ret = message__fail(EXIT_HOST_SETUP,
				    "cannot bring the guest's files into its memory, because there "
				    "are %llu MiB of them: use --mem %lluM, a smaller --tree, or a "
				    "kernel with a driver for disks",
				    files.bytes / (1024 * 1024) + 0ULL, needed_mib + 0ULL);
	ret = ret ? ret : initramfs__make(vm, boot->kernel, &files, &boot->memory_initramfs, &hash);
	staging__free(&files);
	return ret;
}

static struct machine machine_of(struct vmtest *vm, const struct boot *boot)
{
	struct machine machine = {
		.accel = boot->accel,
		.cpus = vm->opt.cpus,
		.mem_mib = vm->opt.mem_mib,
		.kernel = boot->kernel->image,
		.initramfs = boot->initramfs,
		.cold_disks = boot->cold_disks,
		.channel_fd = -1,
		.append = &vm->opt.append,
		.gdb_socket = boot->gdb_socket,
		.waits_for_gdb = vm->opt.gdb_kernel == GDB_WAIT,
		.arguments = &vm->opt.qemu_args,
	};

	if (boot->cold_disks == DISKS_MEMORY) {
		machine.initramfs = boot->memory_initramfs;
		return machine;
	}
	machine.system = boot->system;
	machine.tree = boot->tree;
	machine.overlays = vm->scratch;
	machine.results = boot->results_image;
	return machine;
}

/* Choose the place of gdb's socket: in the temporary folder, which only this user can open. */
static int make_gdb_socket(struct vmtest *vm, struct boot *boot)
{
	if (!vm->opt.gdb_kernel || boot->gdb_socket)
		return 0;
	boot->gdb_socket = text__format("%s/gdb", vm->scratch);
	if (strlen(boot->gdb_socket) < sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return 0;
	return message__fail(
		EXIT_HOST_SETUP,
		"cannot make the socket %s for gdb: its path is too long; name a shorter "
		"folder with TMPDIR",
		boot->gdb_socket);
}

/* Say how gdb gets to the kernel. */
static void say_gdb_command(struct vmtest *vm, const struct boot *boot)
{
	autofree char *vmlinux = debug_info__find(boot->kernel);
	autofree char *quoted = text__quoted(vmlinux ? vmlinux : "");
	autofree char *target = text__format("target remote %s", boot->gdb_socket);
	autofree char *quoted_target = text__quoted(target);

	if (!vmlinux)
		message__warn("no vmlinux with debug information is known for %s, so gdb has no "
			      "symbols: give -k the build tree of a kernel, or install the package "
			      "with the debug information",
			      boot->kernel->release);
	message__say(vm, "%s; in another terminal: gdb %s%s-ex %s",
		     vm->opt.gdb_kernel == GDB_WAIT ? "the guest waits for gdb and its 'continue'" :
						      "the guest runs, and gdb can stop it",
		     vmlinux ? quoted : "", vmlinux ? " " : "", quoted_target);
}

/* Start QEMU, with a new channel. */
static int start_qemu(struct vmtest *vm, struct boot *boot, struct machine *machine)
{
	struct session *session = &boot->session;
	int ends[2];
	int ret;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return message__fail(EXIT_HOST_SETUP, "cannot make the channel: " ERRNO_FMT,
				     ERRNO_ARG(errno));
	if (session->channel.fd >= 0)
		close(session->channel.fd);
	session->channel.fd = ends[0];
	machine->channel_fd = ends[1];
	message__say(vm, "%s %s (%s, %u CPUs, %u MiB)", machine->restores ? "restoring" : "booting",
		     boot->kernel->release, boot->accel == ACCEL_KVM ? "KVM" : "TCG", machine->cpus,
		     machine->mem_mib);
	ret = qemu__start(vm, machine, &session->qemu);
	close(ends[1]);
	if (!ret && boot->gdb_socket)
		say_gdb_command(vm, boot);
	return ret;
}

static void boot_instead(struct vmtest *vm, struct boot *boot, const char *why)
{
	if (!vm->ending_signal)
		message__warn("cannot restore the saved guest (%s): booting instead", why);
	snapshot__discard(vm, &boot->snapshot);
}

/* Restore the guest. If that fails, the caller boots it: is_restored tells. */
static int restore(struct vmtest *vm, struct boot *boot, struct machine *machine)
{
	struct session *session = &boot->session;
	autofree char *error = NULL;
	int ret;

	machine->restores = true;
	ret = start_qemu(vm, boot, machine);
	machine->restores = false;
	if (ret)
		return ret;
	if (qemu__restore(&session->qemu, boot->snapshot.image.path, &error)) {
		boot_instead(vm, boot, error);
		qemu__end(&session->qemu);
	} else {
		session->is_restored = true;
	}
	return 0;
}

static bool wants_snapshot(const struct vmtest *vm, const struct boot *boot)
{
	/* What these add to the machine is not saved with it. */
	if (vm->opt.gdb_kernel || vm->opt.qemu_args.count)
		return false;
	if (boot->cold_disks) {
		message__detail(vm,
				"the guest is neither saved nor restored: its files are there from "
				"the start (%s)",
				disk_ways[boot->cold_disks].name);
		return false;
	}
	if (vm->opt.snapshot == SNAPSHOT_AUTO)
		return boot->accel == ACCEL_TCG && !vm->opt.verbose;
	return vm->opt.snapshot == SNAPSHOT_ALWAYS;
}

static int start(struct vmtest *vm, struct boot *boot)
{
	int ret = boot->cold_disks == DISKS_MEMORY && !boot->memory_initramfs ?
			  make_memory_initramfs(vm, boot) :
			  0;
	struct machine machine;

	ret = ret ? ret : make_gdb_socket(vm, boot);
	machine = machine_of(vm, boot);
	ret = ret ? ret : write_order(vm, boot);
	if (!ret && wants_snapshot(vm, boot) && !boot->snapshot.description)
		ret = snapshot__find(vm, &machine, boot->initramfs_hash, &boot->snapshot);
	if (!ret && snapshot__is_found(&boot->snapshot))
		ret = restore(vm, boot, &machine);
	if (ret || boot->session.is_restored)
		return ret;
	if (boot->snapshot.description)
		boot->session.snapshot = &boot->snapshot;
	return start_qemu(vm, boot, &machine);
}

/* Return: the limit for silence. By default, the kernel's watchdogs fire first: they tell more. */
static unsigned int hang_timeout_s(const struct vmtest *vm, const struct boot *boot)
{
	if (vm->opt.hang_timeout_s != UINT_MAX)
		return vm->opt.hang_timeout_s;
	return vm->opt.shell || vm->opt.gdb_kernel ? 0 : HANG_TIMEOUT_S * boot->session.time_scale;
}

static struct session session_new(struct vmtest *vm)
{
	return (struct session){
		.vm = vm,
		.qemu = QEMU_NONE,
		.channel = { .fd = -1 },
	};
}

/*
 * Return: the signal that ended the command during its run, for example because a test killed all
 * processes; or 0. The signals by which a user ends the runner do not count: the runner handles
 * them, and completes its run.
 */
static int signal_in_mid_run(const struct session *session)
{
	int number = session->exit_status - EXIT_SIGNAL_BASE;

	if (!session->exited || !session->has_journal || session->stopping)
		return 0;
	if (number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT)
		return 0;
	return number > 0 && sigabbrev_np(number) ? number : 0;
}

bool boot__is_to_go_on(const struct vmtest *vm, const struct boot *boot,
		       const struct verdict *verdict)
{
	const struct session *session = &boot->session;

	if (boot->panics >= vm->opt.max_panics || !session->up || vm->ending_signal ||
	    vm->asked_signal)
		return false;
	if (session->end == SESSION_TIMEOUT)
		return !session->done.size_bytes;
	if (!verdict->is_failure)
		return signal_in_mid_run(session) ||
		       (session->exited && session->exit_status == EXIT_RESTART);
	return verdict->status == EXIT_PANIC || verdict->status == EXIT_EMULATOR ||
	       verdict->status == EXIT_NO_REPORT;
}

void boot__note_end(struct boot *boot, const struct verdict *verdict)
{
	const struct session *session = &boot->session;
	const char *panic = session->console.marks[MARK_PANIC];

	free(boot->last_panic);
	boot->last_panic = NULL;
	boot->last_signal = verdict->is_failure ? 0 : signal_in_mid_run(session);
	if (boot->last_signal)
		message__warn("SIG%s ended the command in the middle of its run",
			      sigabbrev_np(boot->last_signal));
	else if (session->was_poked)
		boot->last_panic =
			text__format("the guest hangs: nothing was heard from it for %u s",
				     session->hang_timeout_s);
	else if (panic)
		boot->last_panic = text__copy(panic);
}

void boot__renew(struct vmtest *vm, struct boot *boot)
{
	struct session *session = &boot->session;
	FILE *log = session->console.log;
	unsigned int time_scale = session->time_scale;
	unsigned int hang_timeout_s = session->hang_timeout_s;
	int peer_fds[PEERS_MAX];
	unsigned int peer_count = session->peer_count;
	struct results *results = session->results;

	memcpy(peer_fds, session->peer_fds, sizeof(peer_fds));
	session->console.log = NULL;
	session__free(session);
	*session = session_new(vm);
	session->console.log = log;
	session->results = results;
	session->time_scale = time_scale;
	session->hang_timeout_s = hang_timeout_s;
	memcpy(session->peer_fds, peer_fds, sizeof(peer_fds));
	session->peer_count = peer_count;
	session->is_peer = boot->peer;
}

static int run_session(struct vmtest *vm, struct boot *boot)
{
	int ret = start(vm, boot);

	if (!ret)
		session__run(&boot->session);
	return ret;
}

/* Start the guest again with disks that cannot be plugged, or without disks. */
static int run_with_cold_disks(struct vmtest *vm, struct boot *boot)
{
	struct session *session = &boot->session;
	const char *reason = session->console.marks[MARK_INIT];

	boot->cold_disks = session->cold_disks;
	if (boot->cold_disks != DISKS_MEMORY) {
		message__say(vm,
			     "the guest needs its disks by %s, from the start: booting it again",
			     disk_ways[boot->cold_disks].name);
	} else {
		message__warn(
			"the guest has all files in its memory, and a panic loses its results, because "
			"%s: booting it again",
			reason ? reason : "its kernel has no driver for disks");
	}
	snapshot__free(&boot->snapshot);
	boot__renew(vm, boot);
	return run_session(vm, boot);
}

int boot__run(struct vmtest *vm, struct boot *boot)
{
	int ret = run_session(vm, boot);

	if (!ret && boot->session.is_restored && !boot->session.up && !vm->ending_signal) {
		boot_instead(vm, boot, "it does not come up");
		boot__renew(vm, boot);
		ret = run_session(vm, boot);
	}
	if (!ret && boot->session.end == SESSION_NEEDS_COLD_DISKS)
		ret = run_with_cold_disks(vm, boot);
	return ret;
}

void boot__prepare(struct vmtest *vm, struct boot *boot)
{
	boot->session = session_new(vm);
	boot->session.time_scale = acceleration__time_scale(boot->accel);
	boot->session.hang_timeout_s = hang_timeout_s(vm, boot);
	boot->session.is_peer = boot->peer;
}

void boot__free(struct boot *boot)
{
	if (boot->session.vm)
		session__free(&boot->session);
	snapshot__free(&boot->snapshot);
	free(boot->last_panic);
	boot->last_panic = NULL;
	free(boot->gdb_socket);
	boot->gdb_socket = NULL;
	free(boot->memory_initramfs);
	boot->memory_initramfs = NULL;
}
