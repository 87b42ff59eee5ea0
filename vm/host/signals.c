// SPDX-License-Identifier: GPL-2.0-only
/* Reads the launcher's signals from a signalfd. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/error.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

static const int handled_signals[] = {
	SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGUSR1, SIGUSR2, SIGQUIT,
};

int signals__block(struct vmtest *vm)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(handled_signals); i++)
		sigaddset(&set, handled_signals[i]);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return message__fail(EXIT_HOST_SETUP, "cannot block signals: " ERRNO_FMT,
				     ERRNO_ARG(errno));
	vm->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (vm->signal_fd < 0)
		return message__fail(EXIT_HOST_SETUP, "cannot open a signalfd: " ERRNO_FMT,
				     ERRNO_ARG(errno));
	return 0;
}

/* Return: the next signal that ends vmtest, or 0 if none has come. */
static int next_ending_signal(struct vmtest *vm)
{
	struct signalfd_siginfo info;

	while (read(vm->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		int signal = info.ssi_signo;

		if (signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT)
			return signal;
	}
	return 0;
}

int signals__interrupted(struct vmtest *vm)
{
	if (!vm->ending_signal)
		vm->ending_signal = next_ending_signal(vm);
	return vm->ending_signal ? EXIT_SIGNAL_BASE + vm->ending_signal : 0;
}

bool signals__again(struct vmtest *vm)
{
	return next_ending_signal(vm);
}

int signals__pause(struct vmtest *vm, int duration_ms)
{
	struct pollfd pfd = { .fd = vm->signal_fd, .events = POLLIN };
	int64_t end_ms = clock__now_ms() + duration_ms;
	int64_t left_ms;

	while (!signals__interrupted(vm) && (left_ms = end_ms - clock__now_ms()) > 0)
		poll(&pfd, 1, left_ms);
	return signals__interrupted(vm);
}
