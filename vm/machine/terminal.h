/* SPDX-License-Identifier: GPL-2.0-only */
/* The launcher's terminal while a shell runs in the guest. */
#ifndef VM_MACHINE_TERMINAL_H
#define VM_MACHINE_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

struct frame_window;

struct terminal {
	bool raw;              /* the terminal is in raw mode now */
	struct termios before; /* settings of the terminal before raw mode */
};

/** terminal__size() - get the size of the launcher's terminal; 0 by 0 if it has none */
void terminal__size(struct frame_window *window);

/** terminal__make_raw() - if stdin is a terminal, put it into raw mode */
void terminal__make_raw(struct terminal *terminal);

/** terminal__restore() - undo terminal__make_raw() */
void terminal__restore(struct terminal *terminal);

#endif
