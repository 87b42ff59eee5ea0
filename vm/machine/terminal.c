// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raw mode of the launcher's terminal, and back. Signals arrive through a signalfd, so the way back
 * is taken on every way out but SIGKILL.
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
