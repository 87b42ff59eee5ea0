// SPDX-License-Identifier: GPL-2.0-only
/*
 * One run, step by step: kernel, results folder, disks, QEMU, session, verdict, results.
 *
 * Everything that is created here is removed at the end, except for the results folder and, if the
 * run failed, the console's log.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/disk/image.h"
#include "vm/disk/image_cache.h"
#include "vm/disk/initramfs.h"
#include "vm/disk/results.h"
#include "vm/guest/channel.h"
#include "vm/guest/order.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/scratch.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/find.h"
#include "vm/kernel/kernel.h"
#include "vm/machine/acceleration.h"
#include "vm/machine/console.h"
#include "vm/machine/qemu.h"
#include "vm/machine/session.h"
#include "vm/machine/snapshot.h"
#include "vm/machine/terminal.h"
#include "vm/run.h"
#include "vm/verdict.h"

#define GUEST_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
/* A disk with less free space than this counts as full. */
#define FULL_BYTES (64 * 1024)

/*
 * The default limit for a guest without a sign of life. It is longer than the kernel's own
 * watchdogs need to find a CPU that hangs, with KVM or TCG (qemu.c).
 */
#define HANG_TIMEOUT_S 60

/* The default command. */
static char *const default_command[] = { "./test_progs", "-j", NULL };
static char *const default_shells[] = { "bash", "sh" };

/* The state of one kernel's run. */
struct run_state {
	struct kernel kernel;
	struct results results;
	struct session session;
	struct run_facts *facts;
	enum acceleration accel;
	struct image system, tree;
	struct snapshot snapshot;
	char *initramfs;
	uint64_t initramfs_hash;
	char *results_image;
	unsigned int panics;
	char *last_panic; /* text of the last panic, or NULL */
	int last_signal;  /* signal that ended the command during its run, or 0 */
};

static char *const *command_of(const struct vmtest *vm)
{
	return vm->opt.command ? vm->opt.command : default_command;
}

const char *run__test_program(const struct vmtest *vm)
{
	const char *program = command_of(vm)[0];
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

/*
 * Tell the command the place of its journal, so that it can continue after a restart. The journal
 * is on the results disk, which is kept.
 */
static void add_journal(struct vmtest *vm, const struct run_state *run, struct order *order)
{
	if (!vm->opt.max_panics)
		return;
	words__add(&order->environment, "TEST_JOURNAL=" GUEST_JOURNAL);
	words__add(&order->environment, "TEST_PANICS_LEFT=%u", vm->opt.max_panics - run->panics);
	if (run->last_panic)
		words__add(&order->environment, "TEST_PANIC=%s", run->last_panic);
	if (run->last_signal)
		words__add(&order->environment, "TEST_KILLED_BY=SIG%s",
			   sigabbrev_np(run->last_signal));
}

static void make_order(struct vmtest *vm, const struct run_state *run, struct order *order)
{
	const char *term = getenv("TERM");
	struct frame_window window = {};

	order->folder = text__copy(vm->opt.tree);
	order->tree = realpath(vm->opt.tree, NULL);
	if (!order->tree)
		order->tree = text__copy(vm->opt.tree);
	order->terminal = vm->opt.shell;
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
		add_command(order, command_of(vm), run->facts && run__test_program(vm));
	}
	words__add(&order->environment, "PATH=" GUEST_PATH);
	words__add(&order->environment, "HOME=/root");
	words__add(&order->environment, "SHELL=/bin/sh");
	words__add(&order->environment, "LANG=C.UTF-8");
	words__add(&order->environment, "TERM=%s", term && *term ? term : "dumb");
	words__add(&order->environment, "VMTEST=1");
	/* Pass GITHUB_ACTIONS on: if vmtest is a step of a workflow, annotations belong to it. */
	if (getenv("GITHUB_ACTIONS"))
		words__add(&order->environment, "GITHUB_ACTIONS=%s", getenv("GITHUB_ACTIONS"));
	words__add(&order->environment, "RESULTS=" GUEST_RESULTS_FOLDER);
	words__add(&order->environment, "TEST_TIME_SCALE=%u", run->session.time_scale);
}

/* Make the disks once: after a restart, the guest has the same disks, with the results so far. */
static int make_disks(struct vmtest *vm, struct run_state *run)
{
	int ret = image__get_tree(vm, &run->kernel, &run->tree);

	ret = ret ? ret : image__get_system(vm, &run->kernel, command_of(vm)[0], &run->system);
	ret = ret ? ret : initramfs__make(vm, &run->kernel, &run->initramfs, &run->initramfs_hash);
	return ret ? ret : image__make_results(vm, &run->results_image);
}

static int write_order(struct vmtest *vm, struct run_state *run)
{
	struct session *session = &run->session;
	struct order order = {};
	FILE *out = open_memstream(&session->order, &session->order_bytes);
	int err = out ? 0 : -errno;

	make_order(vm, run, &order);
	add_journal(vm, run, &order);
	if (out) {
		order__write(out, &order);
		err = fclose(out) ? -errno : 0;
	}
	order__free(&order);
	return err ? message__fail(EXIT_HOST_SETUP, "cannot write the guest's order: " ERRNO_FMT,
				   ERRNO_ARG(-err)) :
		     0;
}

static int open_console_log(struct vmtest *vm, struct run_state *run)
{
	autofree char *path = NULL;
	int err = 0;

	if (run->results.path) {
		err = results__create(&run->results, RESULTS_CONSOLE_LOG,
				      &run->session.console.log);
		/*
		 * If the folder is full, run the command without the log: its status is still
		 * needed.
		 */
		run->results.full = err == -ENOSPC || err == -EDQUOT;
		err = run->results.full ? 0 : err;
	} else {
		path = text__format("%s/console.log", vm->scratch);
		run->session.console.log = fopen(path, "we");
		err = run->session.console.log ? 0 : -errno;
	}
	return err ? message__fail(EXIT_HOST_SETUP, "cannot create the console's log: " ERRNO_FMT,
				   ERRNO_ARG(-err)) :
		     0;
}

static struct machine machine_of(struct vmtest *vm, const struct run_state *run)
{
	return (struct machine){
		.accel = run->accel,
		.cpus = vm->opt.cpus,
		.mem_mib = vm->opt.mem_mib,
		.kernel = run->kernel.image,
		.initramfs = run->initramfs,
		.system = run->system.path,
		.tree = run->tree.path,
		.overlays = vm->scratch,
		.results = run->results_image,
		.channel_fd = -1,
		.verbose = vm->opt.verbose,
		.append = &vm->opt.append,
	};
}

/* Start QEMU, with a new channel. */
static int start_qemu(struct vmtest *vm, struct run_state *run, struct machine *machine)
{
	struct session *session = &run->session;
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
		     run->kernel.release, run->accel == ACCEL_KVM ? "KVM" : "TCG", machine->cpus,
		     machine->mem_mib);
	ret = qemu__start(vm, machine, &session->qemu);
	close(ends[1]);
	return ret;
}

static void boot_instead(struct vmtest *vm, struct run_state *run, const char *why)
{
	if (!vm->ending_signal)
		message__warn("cannot restore the saved guest (%s): booting instead", why);
	snapshot__discard(vm, &run->snapshot);
}

/* Restore the guest. If that fails, the caller boots it: is_restored tells. */
static int restore(struct vmtest *vm, struct run_state *run, struct machine *machine)
{
	struct session *session = &run->session;
	autofree char *error = NULL;
	int ret;

	machine->restores = true;
	ret = start_qemu(vm, run, machine);
	machine->restores = false;
	if (ret)
		return ret;
	if (qemu__restore(&session->qemu, run->snapshot.image.path, &error)) {
		boot_instead(vm, run, error);
		qemu__end(&session->qemu);
	} else {
		session->is_restored = true;
	}
	return 0;
}

static bool wants_snapshot(const struct vmtest *vm, const struct run_state *run)
{
	if (vm->opt.snapshot == SNAPSHOT_AUTO)
		return run->accel == ACCEL_TCG && !vm->opt.verbose;
	return vm->opt.snapshot == SNAPSHOT_ALWAYS;
}

static int start(struct vmtest *vm, struct run_state *run)
{
	struct machine machine = machine_of(vm, run);
	int ret = write_order(vm, run);

	if (!ret && wants_snapshot(vm, run) && !run->snapshot.description)
		ret = snapshot__find(vm, &machine, run->initramfs_hash, &run->snapshot);
	if (!ret && snapshot__is_found(&run->snapshot))
		ret = restore(vm, run, &machine);
	if (ret || run->session.is_restored)
		return ret;
	if (run->snapshot.description)
		run->session.snapshot = &run->snapshot;
	return start_qemu(vm, run, &machine);
}

/* Keep the console's log: without a results folder, only this log can show why a run failed. */
static void keep_console_log(struct vmtest *vm)
{
	autofree char *from = text__format("%s/console.log", vm->scratch);
	autofree char *to = text__format("%s/vmtest-console-XXXXXX.log", scratch__parent());
	int fd = mkostemps(to, strlen(".log"), O_CLOEXEC);

	if (fd < 0)
		return;
	close(fd);
	if (rename(from, to))
		unlink(to);
	else
		fprintf(stderr, "vmtest: the whole console is in %s\n", to);
}

static void show_console(struct vmtest *vm, const struct run_state *run)
{
	fputs("vmtest: the console's last lines:\n", stderr);
	console__print_tail(&run->session.console);
	if (!run->results.path)
		keep_console_log(vm);
	else
		fprintf(stderr, "vmtest: the whole console is in %s/" RESULTS_CONSOLE_LOG "\n",
			run->results.path);
}

static struct session session_new(struct vmtest *vm)
{
	return (struct session){
		.vm = vm,
		.qemu = QEMU_NONE,
		.channel = { .fd = -1 },
	};
}

static bool disk_is_full(const char *path)
{
	struct statvfs st;

	return !statvfs(path, &st) && st.f_bavail * st.f_frsize < FULL_BYTES;
}

static bool guest_disk_is_full(const struct frame_done *done)
{
	return done->size_bytes && (done->free_bytes < FULL_BYTES || !done->free_files);
}

/* Return: the run's status, or EXIT_RESULTS_FULL if the results did not fit. */
static int keep_results(struct vmtest *vm, struct run_state *run, struct verdict verdict)
{
	int log_error = run->session.console.log_error;
	int ret = 0;

	if (!run->results.path)
		return verdict.status;
	/*
	 * After a panic, extract the results even if the guest did not come up again: earlier boots
	 * have left some.
	 */
	if (run->session.up || run->panics)
		ret = results__extract(vm, &run->results, run->results_image);
	if (ret)
		return verdict.status ? verdict.status : ret;
	if (log_error == ENOSPC || log_error == EDQUOT)
		run->results.full = true;
	if (run->results.full)
		ret = message__fail(EXIT_RESULTS_FULL,
				    "cannot keep all results: no room left in %s; what "
				    "did fit is there",
				    run->results.path);
	else if (guest_disk_is_full(&run->session.done))
		ret = message__fail(EXIT_RESULTS_FULL,
				    "the guest's results disk (%u MiB) is full; what did "
				    "fit is in %s; raise --results-size",
				    vm->opt.results_mib, run->results.path);
	return ret && !verdict.is_failure ? ret : verdict.status;
}

static int finish(struct vmtest *vm, struct run_state *run, struct verdict verdict)
{
	struct session *session = &run->session;

	if (session->end == SESSION_SIGNAL)
		return verdict.status;
	if (verdict.is_failure)
		show_console(vm, run);
	else
		message__say(vm, "command ended with status %d after %.1f s", verdict.status,
			     (clock__now_ms() - session->up_ms) / 1000.0);
	if (disk_is_full(vm->scratch) && !verdict.is_failure)
		verdict = (struct verdict){
			message__fail(EXIT_HOST_SETUP,
				      "the disk below %s became full: the guest's disks "
				      "could not grow; name a roomier place with TMPDIR",
				      scratch__parent()),
			true
		};
	return keep_results(vm, run, verdict);
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

/*
 * Return: true to boot again and continue, because the kernel crashed or hangs, or the command was
 * killed or asks for a new boot. A command that is only slow is not a reason.
 */
static bool is_to_go_on(const struct vmtest *vm, const struct run_state *run,
			const struct verdict *verdict)
{
	const struct session *session = &run->session;

	if (run->panics >= vm->opt.max_panics || !session->up || vm->ending_signal)
		return false;
	if (session->end == SESSION_TIMEOUT)
		return !session->done.size_bytes;
	if (!verdict->is_failure)
		return signal_in_mid_run(session) ||
		       (session->exited && session->exit_status == EXIT_RESTART);
	return verdict->status == EXIT_PANIC || verdict->status == EXIT_EMULATOR ||
	       verdict->status == EXIT_NO_REPORT;
}

/* Record why the boot ended, for the environment of the command after the restart. */
static void note_end(struct run_state *run, const struct verdict *verdict)
{
	const struct session *session = &run->session;
	const char *panic = session->console.marks[MARK_PANIC];

	free(run->last_panic);
	run->last_panic = NULL;
	run->last_signal = verdict->is_failure ? 0 : signal_in_mid_run(session);
	if (run->last_signal)
		message__warn("SIG%s ended the command in the middle of its run",
			      sigabbrev_np(run->last_signal));
	else if (session->was_poked)
		run->last_panic =
			text__format("the guest hangs: nothing was heard from it for %u s",
				     session->hang_timeout_s);
	else if (panic)
		run->last_panic = text__copy(panic);
}

/* Begin a new session, which continues the console's log. */
static void renew_session(struct vmtest *vm, struct run_state *run)
{
	struct session *session = &run->session;
	FILE *log = session->console.log;
	unsigned int time_scale = session->time_scale;
	unsigned int hang_timeout_s = session->hang_timeout_s;

	session->console.log = NULL;
	session__free(session);
	*session = session_new(vm);
	session->console.log = log;
	session->time_scale = time_scale;
	session->hang_timeout_s = hang_timeout_s;
}

/* Run a session. If a restored guest does not come up, run another one with a guest that boots. */
static int run_session(struct vmtest *vm, struct run_state *run)
{
	int ret = start(vm, run);

	if (ret)
		return ret;
	session__run(&run->session);
	if (!run->session.is_restored || run->session.up || vm->ending_signal)
		return 0;
	boot_instead(vm, run, "it does not come up");
	renew_session(vm, run);
	ret = start(vm, run);
	if (!ret)
		session__run(&run->session);
	return ret;
}

/*
 * Boot again with the same results disk. The mount replays the journal of its file system. The
 * console's log is continued.
 */
static int boot_again(struct vmtest *vm, struct run_state *run)
{
	run->panics++;
	message__say(vm, "starting the guest again to go on (%u of at most %u)", run->panics,
		     vm->opt.max_panics);
	renew_session(vm, run);
	return run_session(vm, run);
}

/* Return: the limit for silence. By default, the kernel's watchdogs fire first: they tell more. */
static unsigned int hang_timeout_s(const struct vmtest *vm, const struct run_state *run)
{
	if (vm->opt.hang_timeout_s != UINT_MAX)
		return vm->opt.hang_timeout_s;
	return vm->opt.shell ? 0 : HANG_TIMEOUT_S * run->session.time_scale;
}

static int boot_and_watch(struct vmtest *vm, struct run_state *run)
{
	autofree char *qemu = program__path(QEMU_PROGRAM);
	struct verdict verdict;
	int ret = vm->scratch ? 0 : scratch__make(vm);

	/* Check this before the disks are made, which takes time. */
	if (!ret && !qemu)
		ret = program__missing(QEMU_PROGRAM);
	ret = ret ? ret :
		    acceleration__choose(vm, run->kernel.image, run->kernel.release, &run->accel);
	if (ret)
		return ret;
	run->session.time_scale = acceleration__time_scale(run->accel);
	run->session.hang_timeout_s = hang_timeout_s(vm, run);
	ret = make_disks(vm, run);
	ret = ret ? ret : open_console_log(vm, run);
	ret = ret ? ret : run_session(vm, run);
	if (ret)
		return ret;
	verdict = verdict__of(&run->session);
	while (is_to_go_on(vm, run, &verdict)) {
		note_end(run, &verdict);
		ret = boot_again(vm, run);
		if (ret)
			return keep_results(vm, run, (struct verdict){ ret, true });
		verdict = verdict__of(&run->session);
	}
	return finish(vm, run, verdict);
}

static int print_cache_folder(const struct kernel *kernel)
{
	if (!kernel->folder)
		return message__fail(EXIT_USAGE_ERROR,
				     "cannot print the cache folder of %s: it is a file, "
				     "nothing is fetched for it",
				     kernel->image);
	printf("%s\n", kernel->folder);
	return 0;
}

int run__kernel(struct vmtest *vm, const char *word, const char *results_path,
		struct run_facts *facts)
{
	struct run_state run = {
		.facts = facts,
		.results = { .fd = -1 },
		.system = IMAGE_NONE,
		.tree = IMAGE_NONE,
		.snapshot = SNAPSHOT_NONE,
		.session = session_new(vm),
	};
	int ret = vm->opt.fetch_only ? 0 : results__open(vm, results_path, &run.results);

	ret = ret ? ret : find__kernel(vm, word, &run.kernel);
	if (!ret && facts)
		snprintf(facts->release, sizeof(facts->release), "%s", run.kernel.release);
	if (!ret)
		ret = vm->opt.fetch_only ? print_cache_folder(&run.kernel) :
					   boot_and_watch(vm, &run);
	session__free(&run.session);
	results__close(&run.results);
	kernel__free(&run.kernel);
	image_cache__release(&run.system);
	image_cache__release(&run.tree);
	snapshot__free(&run.snapshot);
	free(run.initramfs);
	free(run.results_image);
	free(run.last_panic);
	scratch__remove(vm);
	return ret;
}
