// SPDX-License-Identifier: GPL-2.0-only
/* Prints the launcher's messages. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "vm/host/message.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

/* The name of this process, for its messages. */
static char name[32];

void message__set_name(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
}

/* Uses one write() for a line, because the guest's output goes to the same terminal. */
static void print_line(const char *prefix, const char *fmt, va_list args)
{
	autofree char *text = text__format_v(fmt, args);

	dprintf(STDERR_FILENO, "vmtest: %s%s%s\n", prefix, name, text);
}

static void say(const struct vmtest *vm, const char *fmt, va_list args)
{
	double elapsed_s = (clock__now_ms() - vm->start_ms) / 1000.0;
	autofree char *prefix = text__format("[%5.1fs] ", elapsed_s);

	print_line(prefix, fmt, args);
}

void message__say(const struct vmtest *vm, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(vm, fmt, args);
	va_end(args);
}

void message__detail(const struct vmtest *vm, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	if (vm->opt.verbose)
		say(vm, fmt, args);
	va_end(args);
}

void message__warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_line("warning: ", fmt, args);
	va_end(args);
}

int message__fail(int status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_line("", fmt, args);
	va_end(args);
	return status;
}
