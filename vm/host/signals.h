/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The signals that vmtest takes. They are blocked and read from vm->signal_fd, so that every wait
 * of the launcher can be cancelled and every clean-up runs on the ordinary way out. SIGINT,
 * SIGTERM, SIGHUP and SIGQUIT end vmtest; SIGWINCH, SIGUSR1 and SIGUSR2 are for the guest
 * (session.c).
 */
#ifndef VM_HOST_SIGNALS_H
#define VM_HOST_SIGNALS_H

struct vmtest;

/** signals__block() - open vm->signal_fd; returns 0 or an exit status */
int signals__block(struct vmtest *vm);

/**
 * signals__interrupted() - look for a signal that ends vmtest, without waiting; drop all others
 *
 * Return: 0 or the exit status for that signal, also when asked again.
 */
int signals__interrupted(struct vmtest *vm);

/** signals__pause() - wait, unless a signal ends vmtest; returns as signals__interrupted() */
int signals__pause(struct vmtest *vm, int duration_ms);

#endif
