/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of PID 1 in the guest before the command, in the order of the calls. */
#ifndef VM_GUEST_GUEST_SETUP_H
#define VM_GUEST_GUEST_SETUP_H

struct frame_fresh;
struct order;

/**
 * guest_setup__mount_all() - mount the usual file systems and open the console
 *
 * Return: 0, or -errno if a required file system cannot be mounted.
 */
int guest_setup__mount_all(void);

/** guest_setup__settle() - set the host name, the loopback device and the limits */
void guest_setup__settle(void);

/**
 * guest_setup__freshen() - set the clock, and add to the kernel's randomness
 *
 * A restored guest has the time and the random numbers of the moment when it was saved.
 *
 * Return: 0 or -errno.
 */
int guest_setup__freshen(const struct frame_fresh *fresh);

/** guest_setup__find_plugged() - let the kernel look for PCI devices that were plugged */
void guest_setup__find_plugged(void);

/**
 * guest_setup__enter_system() - wait for the system's disk, and make it the root of PID 1
 *
 * Return: 0 or -errno.
 */
int guest_setup__enter_system(void);

/** guest_setup__set_console_level() - set the level of kernel messages that the console shows */
void guest_setup__set_console_level(const struct order *order);

/** guest_setup__mount_results() - wait for the results disk and mount it; 0 or -errno */
int guest_setup__mount_results(void);

/**
 * guest_setup__mount_tree() - wait for the disk with the tree and mount it at the path that the
 *	tree has on the host
 *
 * Return: 0 or -errno.
 */
int guest_setup__mount_tree(const struct order *order);

/**
 * guest_setup__use_memory() - prepare the folders of the command and of the results, if all files of
 *	the guest are in the initramfs; 0 or -errno
 */
int guest_setup__use_memory(const struct order *order);

#endif
