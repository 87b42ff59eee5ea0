// SPDX-License-Identifier: GPL-2.0-only
/*
 * One run, step by step: kernel, results folder, disks, guests, verdict, results.
 *
 * Everything that is created here is removed at the end, except for the results folder and, if the
 * run failed, the console's log.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/boot.h"
#include "vm/disk/filesystem.h"
#include "vm/disk/guest_needs.h"
#include "vm/disk/image.h"
#include "vm/disk/image_cache.h"
#include "vm/disk/initramfs.h"
#include "vm/disk/results.h"
#include "vm/disk/staging.h"
#include "vm/disk/state.h"
#include "vm/guest/channel.h"
#include "vm/guest/guest_disks.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/program.h"
#include "vm/host/scratch.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/kernel/find.h"
#include "vm/kernel/kernel.h"
#include "vm/machine/acceleration.h"
#include "vm/machine/console.h"
#include "vm/machine/qemu.h"
#include "vm/machine/session.h"
#include "vm/peers.h"
#include "vm/run.h"
#include "vm/verdict.h"

/* A disk with less free space than this counts as full. */
#define FULL_BYTES (64 * 1024)

/* The state of one kernel's run. */
struct run_state {
	struct kernel kernel;
	char *word;
	struct results results;
	struct run_facts *facts;
	struct image system, tree;
	char *initramfs;
	char *kind;                          /* the kind of guest, for the history */
	char *results_images[1 + PEERS_MAX]; /* the results disks of all guests, the head's first */
	struct boot boot;                    /* the head */
	struct peers peers;
};

/* Describe the guest by all that may make a test behave in another way, besides the kernel. */
static char *kind_of_guest(const struct vmtest *vm, const struct run_state *run)
{
	char *kind = text__format("%u %u %u %u", run->boot.accel, run->boot.guests, vm->opt.cpus,
				  vm->opt.mem_mib);

	for (size_t i = 0; i < vm->opt.append.count; i++)
		text__append(&kind, " %s", vm->opt.append.v[i]);
	return kind;
}

/* Make the disks once: after a restart, the guest has the same disks, with the results so far. */
static int make_disks(struct vmtest *vm, struct run_state *run)
{
	int ret = image__get_tree(vm, &run->kernel, &run->tree);

	ret = ret ? ret : image__get_system(vm, &run->kernel, boot__command(vm)[0], &run->system);
	ret = ret ? ret :
		    initramfs__make(vm, &run->kernel, NULL, &run->initramfs,
				    &run->boot.initramfs_hash);
	for (unsigned int i = 0; !ret && i < run->boot.guests; i++) {
		autofree char *name = text__format(i ? "results-%u.img" : "results.img", i);

		ret = image__make_results(vm, name, &run->results_images[i]);
	}
	run->kind = kind_of_guest(vm, run);
	if (!ret && boot__test_program(vm))
		ret = state__put(vm, run->kind, run->results_images[0]);
	return ret;
}

static int open_console_log(struct vmtest *vm, struct run_state *run)
{
	autofree char *path = NULL;
	int err = 0;

	if (run->results.path) {
		err = results__create(&run->results, RESULTS_CONSOLE_LOG,
				      &run->boot.session.console.log);
		/*
		 * If the folder is full, run the command without the log: its status is still
		 * needed.
		 */
		run->results.full = err == -ENOSPC || err == -EDQUOT;
		err = run->results.full ? 0 : err;
	} else {
		path = text__format("%s/console.log", vm->scratch);
		run->boot.session.console.log = fopen(path, "we");
		err = run->boot.session.console.log ? 0 : -errno;
	}
	return err ? message__fail(EXIT_HOST_SETUP, "cannot create the console's log: " ERRNO_FMT,
				   ERRNO_ARG(-err)) :
		     0;
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
	console__print_tail(&run->boot.session.console);
	if (!run->results.path)
		keep_console_log(vm);
	else
		fprintf(stderr, "vmtest: the whole console is in %s/" RESULTS_CONSOLE_LOG "\n",
			run->results.path);
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

/* Put the results that a guest without disks has sent onto the results disk that it did not have. */
static int keep_received(struct vmtest *vm, struct run_state *run)
{
	const struct session *session = &run->boot.session;
	struct staging files = {};
	int ret = 0;

	for (size_t i = 0; !ret && i < session->received.count; i++)
		ret = staging__add_file(&files, session->received.v[i],
					session->received_names.v[i]);
	if (!ret && files.count)
		ret = filesystem__fill(vm, &files, run->results_images[0]);
	staging__free(&files);
	return ret;
}

/* The head's files come last: what other guests have at the same place gives way. */
static int extract_results(struct vmtest *vm, struct run_state *run)
{
	int ret = 0;

	for (unsigned int i = run->boot.guests; !ret && i-- > 0;)
		ret = results__extract(vm, &run->results, run->results_images[i],
				       run->boot.session.done.size_bytes);
	return ret;
}

/*
 * The user has named no folder. If there are results, they go to the default one, with the console's
 * log, which is in the scratch folder until now.
 */
static int take_default_folder(struct vmtest *vm, struct run_state *run)
{
	FILE **log = &run->boot.session.console.log;
	autofree char *path = text__format("%s/" RESULTS_CONSOLE_LOG, vm->scratch);
	autofree char *text = NULL;
	int ret = 0;
	FILE *kept;

	if (!run->results.is_default || run->results.has_console_log)
		return 0;
	if (!run->results.path && run->boot.session.done.has_results)
		ret = results__open_default(&run->results);
	if (!run->results.path)
		return ret;
	run->results.has_console_log = true;
	fflush(*log);
	text = text_file__read(path);
	if (!text || results__create(&run->results, RESULTS_CONSOLE_LOG, &kept))
		return 0;
	fputs(text, kept);
	fclose(kept);
	return 0;
}

/* Return: the run's status, or EXIT_RESULTS_FULL if the results did not fit. */
static int bring_results(struct vmtest *vm, struct run_state *run, struct verdict verdict)
{
	int log_error = run->boot.session.console.log_error;
	int ret = 0;

	/*
	 * After a panic, extract the results even if the guest did not come up again: earlier boots
	 * have left some.
	 */
	if (run->boot.session.up || run->boot.panics)
		ret = extract_results(vm, run);
	if (ret)
		return verdict.status ? verdict.status : ret;
	if (log_error == ENOSPC || log_error == EDQUOT)
		run->results.full = true;
	if (run->results.full)
		ret = message__fail(EXIT_RESULTS_FULL,
				    "cannot keep all results: no room left in %s; what "
				    "did fit is there",
				    run->results.path);
	else if (guest_disk_is_full(&run->boot.session.done))
		ret = message__fail(EXIT_RESULTS_FULL,
				    "the guest's results disk (%u MiB) is full; what did "
				    "fit is in %s; raise --results-size",
				    vm->opt.results_mib, run->results.path);
	return ret && !verdict.is_failure ? ret : verdict.status;
}

static int keep_results(struct vmtest *vm, struct run_state *run, struct verdict verdict)
{
	int ret = take_default_folder(vm, run);

	if (!run->results.path)
		return verdict.status ? verdict.status : ret;
	ret = bring_results(vm, run, verdict);
	message__say(vm, "results are in %s", run->results.path);
	return ret;
}

static int finish(struct vmtest *vm, struct run_state *run, struct verdict verdict)
{
	struct session *session = &run->boot.session;
	int ret;

	/*
	 * What the guest has written is kept in any case. From here on, a signal ends only the
	 * programs that read it.
	 */
	if (session->end == SESSION_SIGNAL) {
		vm->asked_signal = vm->asked_signal ?: vm->ending_signal;
		vm->ending_signal = 0;
	}
	ret = keep_received(vm, run);
	if (session->end == SESSION_SIGNAL)
		return keep_results(vm, run, verdict);
	if (ret && !verdict.is_failure)
		verdict = (struct verdict){ ret, true };
	if (session->end == SESSION_DONE && boot__test_program(vm))
		state__take(vm, run->kind, run->results_images[0]);
	take_default_folder(vm, run);
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

/* Start the head and its peers, and wait for their end. */
static int run_guests(struct vmtest *vm, struct run_state *run)
{
	int ret = peers__start(vm, &run->boot, &run->results, run->results_images, &run->peers);

	ret = ret ? ret : boot__run(vm, &run->boot);
	peers__end(vm, &run->boot, &run->peers);
	return ret;
}

/*
 * Start the guests again with the same results disks. The mount replays the journal of the file
 * system. The console's log is continued.
 */
static int run_again(struct vmtest *vm, struct run_state *run)
{
	run->boot.panics++;
	message__say(vm, "starting the guest again to go on (%u of at most %u)", run->boot.panics,
		     vm->opt.max_panics);
	boot__renew(vm, &run->boot);
	return run_guests(vm, run);
}

/* Return: 0 or an exit status. */
static int prepare(struct vmtest *vm, struct run_state *run)
{
	autofree char *qemu = program__path(QEMU_PROGRAM);
	struct boot *boot = &run->boot;
	int ret = guest_needs__check(&run->kernel, &boot->cold_disks);

	ret = ret || vm->scratch ? ret : scratch__make(vm);
	/* Check this before the disks are made, which takes time. */
	if (!ret && !qemu)
		ret = program__missing(QEMU_PROGRAM);
	ret = ret ? ret :
		    acceleration__choose(vm, run->kernel.image, run->kernel.release, &boot->accel);
	if (ret)
		return ret;
	boot->guests = boot->cold_disks == DISKS_MEMORY ? 1 : peers__guests(vm, boot->accel);
	ret = make_disks(vm, run);
	boot->kernel = &run->kernel;
	boot->kernel_word = run->word;
	boot->system = run->system.path;
	boot->tree = run->tree.path;
	boot->initramfs = run->initramfs;
	boot->results_image = run->results_images[0];
	boot->wants_report = run->facts && boot__test_program(vm);
	boot__prepare(vm, boot);
	boot->session.results = &run->results;
	return ret ? ret : open_console_log(vm, run);
}

static int boot_and_watch(struct vmtest *vm, struct run_state *run)
{
	struct verdict verdict;
	int ret = prepare(vm, run);

	ret = ret ? ret : run_guests(vm, run);
	if (ret)
		return ret;
	verdict = verdict__of(&run->boot.session);
	vm->was_up = run->boot.session.up && !run->boot.session.reason;
	while (boot__is_to_go_on(vm, &run->boot, &verdict)) {
		boot__note_end(&run->boot, &verdict);
		ret = run_again(vm, run);
		if (ret)
			return keep_results(vm, run, (struct verdict){ ret, true });
		verdict = verdict__of(&run->boot.session);
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
		.boot = { .snapshot = SNAPSHOT_NONE },
	};
	int ret = vm->opt.fetch_only ? 0 : results__open(vm, results_path, &run.results);

	run.word = word ? text__quoted(word) : NULL;
	ret = ret ? ret : find__kernel(vm, word, &run.kernel);
	if (!ret && facts)
		snprintf(facts->release, sizeof(facts->release), "%s", run.kernel.release);
	if (!ret)
		ret = vm->opt.fetch_only ? print_cache_folder(&run.kernel) :
					   boot_and_watch(vm, &run);
	boot__free(&run.boot);
	results__close(&run.results);
	kernel__free(&run.kernel);
	image_cache__release(&run.system);
	image_cache__release(&run.tree);
	free(run.initramfs);
	free(run.kind);
	free(run.word);
	for (size_t i = 0; i < ARRAY_SIZE(run.results_images); i++)
		free(run.results_images[i]);
	scratch__remove(vm);
	return ret;
}
