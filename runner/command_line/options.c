// SPDX-License-Identifier: GPL-2.0-only
/* The names of values of options. */
#include "runner/command_line/options.h"

const char *tracer_kind__name(enum tracer_kind kind)
{
	return kind == TRACER_GDB ? "gdb" : "strace";
}
