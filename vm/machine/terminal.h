/* SPDX-License-Identifier: GPL-2.0-only */
/* The launcher's terminal while a shell runs in the guest. */
#ifndef VM_MACHINE_TERMINAL_H
#define VM_MACHINE_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

struct frame_window;

struct terminal {
	bool raw;              /* it is in raw mode now */
	struct termios before; /* its settings before that */
};

/** terminal__size() - the size of the launcher's terminal; 0 by 0 without one */
void terminal__size(struct frame_window *window);

/** terminal__make_raw() - put the terminal into raw mode, if stdin is one */
void terminal__make_raw(struct terminal *terminal);

/** terminal__restore() - undo terminal__make_raw() */
void terminal__restore(struct terminal *terminal);

#endif
