// SPDX-License-Identifier: GPL-2.0-only

#include <stdarg.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "vm/guest/guest_log.h"
/* Writes lines to the guest's console, where the launcher finds them in console.log. */

void guest_log__say(const char *fmt, ...)
{
	autofree char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0)
		dprintf(STDERR_FILENO, "vmtest-init: %s\n", text);
	/* The launcher must have the line before a frame that comes after it. */
	tcdrain(STDERR_FILENO);
	va_end(ap);
}
