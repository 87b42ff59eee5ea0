// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the launcher says on stderr, and the signals that end it.
 *
 * Signals are blocked and read from a signalfd, so that every wait of the launcher can be
 * cancelled and every clean-up runs on the ordinary way out.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "vm/host/vmtest.h"

static const int handled_signals[] = {
	SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGUSR1, SIGUSR2, SIGQUIT,
};

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* One write a line: the guest's own output goes to the same terminal. */
static void print_line(const char *prefix, const char *fmt, va_list ap)
{
	autofree char *text = NULL;

	if (vasprintf(&text, fmt, ap) >= 0)
		dprintf(STDERR_FILENO, "vmtest: %s%s\n", prefix, text);
}

static void say_v(const struct vmtest *vm, const char *fmt, va_list ap)
{
	autofree char *prefix = text_format("[%5.1fs] ", (now_ms() - vm->start_ms) / 1000.0);

	print_line(prefix, fmt, ap);
}

void say(const struct vmtest *vm, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_v(vm, fmt, ap);
	va_end(ap);
}

void detail(const struct vmtest *vm, const char *fmt, ...)
{
	va_list ap;

	if (!vm->opt.verbose)
		return;
	va_start(ap, fmt);
	say_v(vm, fmt, ap);
	va_end(ap);
}

void warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line("warning: ", fmt, ap);
	va_end(ap);
}

int fail(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line("", fmt, ap);
	va_end(ap);
	return status;
}

int signals_block(struct vmtest *vm)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(handled_signals); i++)
		sigaddset(&set, handled_signals[i]);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return fail(EXIT_HOST_SETUP, "cannot block signals: " ERRNO_FMT, ERRNO_ARG(errno));
	vm->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (vm->signal_fd < 0)
		return fail(EXIT_HOST_SETUP, "cannot open a signalfd: " ERRNO_FMT,
			    ERRNO_ARG(errno));
	return 0;
}

int interrupted(struct vmtest *vm)
{
	struct signalfd_siginfo info;

	while (!vm->ending_signal && read(vm->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		int signal = info.ssi_signo;

		if (signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT)
			vm->ending_signal = signal;
	}
	return vm->ending_signal ? EXIT_SIGNAL_BASE + vm->ending_signal : 0;
}

int pause_ms(struct vmtest *vm, int duration_ms)
{
	struct pollfd pfd = { .fd = vm->signal_fd, .events = POLLIN };
	int64_t end_ms = now_ms() + duration_ms;
	int64_t left_ms;

	while (!interrupted(vm) && (left_ms = end_ms - now_ms()) > 0)
		poll(&pfd, 1, left_ms);
	return interrupted(vm);
}
