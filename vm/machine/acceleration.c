// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides between KVM and TCG.
 *
 * A /dev/kvm that can be opened is not enough: on some machines no stock kernel boots under it.
 * vmtest therefore boots a guest without any disk once. If KVM works, the guest reaches its "unable
 * to mount root" panic within a second. The cache keeps the outcome for each boot of the host, QEMU
 * version and kernel.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/program.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/machine/acceleration.h"
#include "vm/machine/qemu.h"

/* The time limit for the first line. If KVM works, it comes in a few tenths of a second. */
#define FIRST_LINE_MS 4000
#define TRIAL_MS      15000

static const struct {
	enum acceleration accel;
	const char *name;
	unsigned int time_scale;
} accelerations[] = {
	{ ACCEL_KVM, "kvm", 1 },
	{ ACCEL_TCG, "tcg", 5 },
};

unsigned int acceleration__time_scale(enum acceleration accel)
{
	for (size_t i = 0; i < ARRAY_SIZE(accelerations); i++)
		if (accelerations[i].accel == accel)
			return accelerations[i].time_scale;
	return 1;
}

/* Return: 0 if the guest reaches the panic, 1 if not, or an exit status. */
static int watch_trial(struct vmtest *vm, const struct qemu *qemu)
{
	int64_t start_ms = clock__now_ms();
	char console[65536];
	size_t len = 0;

	for (;;) {
		struct pollfd pfds[] = {
			{ .fd = qemu->console_fd, .events = POLLIN },
			{ .fd = qemu->pidfd, .events = POLLIN },
			{ .fd = vm->signal_fd, .events = POLLIN },
		};
		int64_t left_ms = start_ms + (len ? TRIAL_MS : FIRST_LINE_MS) - clock__now_ms();
		ssize_t n;

		if (left_ms <= 0)
			return 1;
		poll(pfds, ARRAY_SIZE(pfds), left_ms);
		if (signals__interrupted(vm))
			return signals__interrupted(vm);
		while (len < sizeof(console) - 1 &&
		       (n = read(qemu->console_fd, console + len, sizeof(console) - 1 - len)) > 0)
			len += n;
		console[len] = '\0';
		if (strstr(console, "Kernel panic - not syncing: VFS"))
			return 0;
		if (pfds[1].revents || len == sizeof(console) - 1)
			return 1;
	}
}

static int try_kvm(struct vmtest *vm, const char *image, bool *works)
{
	struct machine machine = { .accel = ACCEL_KVM,
				   .cpus = vm->opt.cpus,
				   .mem_mib = 512,
				   .kernel = image,
				   .channel_fd = -1 };
	struct qemu qemu;
	int ret = qemu__start(vm, &machine, &qemu);

	if (!ret)
		ret = watch_trial(vm, &qemu);
	qemu__end(&qemu);
	*works = ret == 0;
	return ret == 1 ? 0 : ret;
}

/* Return: the path of the file with the outcome of the trial, which exists only after a trial. */
static char *record_path(struct vmtest *vm, const char *release, int *status)
{
	autofree char *boot_id = text_file__read("/proc/sys/kernel/random/boot_id");
	autooutcome struct outcome version = {};

	*status = program__run(vm, &(struct program){ .argv = ARGV(QEMU_PROGRAM, "--version") },
			       &version);
	if (*status)
		return NULL;
	version.output[strcspn(version.output, "\n")] = '\0';
	for (char *c = version.output; *c; c++)
		if (*c == '/' || *c == ' ')
			*c = '_';
	return text__format("%s/acceleration/%.36s,%.80s,%.80s", vm->cache, boot_id ? boot_id : "",
			    version.output, release);
}

/* Choose by the record of a trial. The caller has checked that the user may open /dev/kvm. */
static int choose_by_trial(struct vmtest *vm, const char *image, const char *release,
			   enum acceleration *accel)
{
	autofree char *folder = text__format("%s/acceleration", vm->cache);
	autofree char *record = NULL, *text = NULL;
	bool works = false;
	int ret;

	record = record_path(vm, release, &ret);
	if (ret)
		return ret;
	text = text_file__read(record);
	if (text) {
		*accel = text__starts_with(text, "kvm") ? ACCEL_KVM : ACCEL_TCG;
		return 0;
	}
	message__say(vm, "trying whether KVM works here");
	ret = try_kvm(vm, image, &works);
	if (ret)
		return ret;
	*accel = works ? ACCEL_KVM : ACCEL_TCG;
	message__say(vm, "KVM %s",
		     works ? "works" : "does not boot this kernel: using TCG (slower)");
	if (folder__make(folder) || file__write_text(record, works ? "kvm\n" : "tcg\n"))
		message__warn("cannot keep the outcome in %s: " ERRNO_FMT, record,
			      ERRNO_ARG(errno));
	return 0;
}

int acceleration__choose(struct vmtest *vm, const char *image, const char *release,
			 enum acceleration *accel)
{
	*accel = vm->opt.accel;
	if (*accel != ACCEL_AUTO)
		return 0;
	if (access("/dev/kvm", R_OK | W_OK)) {
		message__detail(vm, "no KVM: cannot open /dev/kvm: " ERRNO_FMT, ERRNO_ARG(errno));
		*accel = ACCEL_TCG;
		return 0;
	}
	return choose_by_trial(vm, image, release, accel);
}
