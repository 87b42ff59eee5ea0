/* SPDX-License-Identifier: GPL-2.0-only */
/* The modules that PID 1 loads from the initramfs, so that it can talk to the launcher. */
#ifndef VM_GUEST_GUEST_MODULES_H
#define VM_GUEST_GUEST_MODULES_H

/** struct guest_module_ending - how a module's file ends, and the flags of finit_module(2) for it */
struct guest_module_ending {
	const char *suffix;
	int flags;
};

/*
 * Files below /lib/modules/<release>/kernel without their ending, in the order of their
 * dependencies; the last one is NULL. A kernel has each of them built in, or as a module, or not at
 * all.
 */
extern const char *const guest_modules[];

/* The endings that a module's file may have; the last suffix is NULL. */
extern const struct guest_module_ending guest_module_endings[];

/** guest_modules__load() - load those that the initramfs has */
void guest_modules__load(void);

#endif
