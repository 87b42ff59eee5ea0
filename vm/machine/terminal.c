// SPDX-License-Identifier: GPL-2.0-only
/*
 * Switches the launcher's terminal to raw mode and back. Signals are read from a signalfd, so the
 * terminal is restored on every exit except by SIGKILL.
 */
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vm/guest/channel.h"
#include "vm/machine/terminal.h"

void terminal__size(struct frame_window *window)
{
	struct winsize size = {};

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size))
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	*window = (struct frame_window){ .rows = size.ws_row, .columns = size.ws_col };
}

void terminal__make_raw(struct terminal *terminal)
{
	struct termios raw;

	if (terminal->raw || tcgetattr(STDIN_FILENO, &terminal->before))
		return;
	raw = terminal->before;
	cfmakeraw(&raw);
	terminal->raw = !tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

void terminal__restore(struct terminal *terminal)
{
	if (terminal->raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
	terminal->raw = false;
}
