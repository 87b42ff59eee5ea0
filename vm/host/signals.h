/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The signals that vmtest handles. They are blocked and read from vm->signal_fd, so that a signal
 * can interrupt every wait of the launcher, and vmtest then cleans up as in a normal exit. SIGINT,
 * SIGTERM, SIGHUP and SIGQUIT end vmtest; SIGWINCH, SIGUSR1 and SIGUSR2 are for the guest
 * (session.c).
 */
#ifndef VM_HOST_SIGNALS_H
#define VM_HOST_SIGNALS_H

#include <stdbool.h>

struct vmtest;

/** signals__block() - open vm->signal_fd; returns 0 or an exit status */
int signals__block(struct vmtest *vm);

/**
 * signals__interrupted() - check for a signal that ends vmtest, without waiting; drop all others
 *
 * Return: 0 or the exit status for that signal; later calls return the same status.
 */
int signals__interrupted(struct vmtest *vm);

/** signals__again() - true if one more signal that ends vmtest has come; does not wait */
bool signals__again(struct vmtest *vm);

/**
 * signals__pause() - wait until the time is over or a signal ends vmtest; returns
 *	signals__interrupted()
 */
int signals__pause(struct vmtest *vm, int duration_ms);

#endif
