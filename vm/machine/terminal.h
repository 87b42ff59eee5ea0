/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The launcher's terminal while a shell runs in the guest.
 */
#ifndef VM_MACHINE_TERMINAL_H
#define VM_MACHINE_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

struct frame_window;

/**
 * struct terminal - how the terminal was before
 * @raw: it is in raw mode now
 * @before: its settings before
 */
struct terminal {
	bool raw;
	struct termios before;
};

/**
 * terminal__size() - The size of the launcher's terminal.
 * @window: filled in; 0 by 0 without a terminal
 */
void terminal__size(struct frame_window *window);

/**
 * terminal__make_raw() - Put the terminal into raw mode, if stdin is one.
 * @terminal: remembers how it was
 */
void terminal__make_raw(struct terminal *terminal);

/**
 * terminal__restore() - Put the terminal back, if it was changed.
 * @terminal: how it was
 */
void terminal__restore(struct terminal *terminal);

#endif
