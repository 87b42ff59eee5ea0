/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of PID 1 in the guest before the command, in the order of the calls. */
#ifndef VM_GUEST_GUEST_SETUP_H
#define VM_GUEST_GUEST_SETUP_H

struct order;

/**
 * guest_setup__mount_all() - mount the usual file systems and open the console
 *
 * Return: 0, or -errno if a required file system cannot be mounted.
 */
int guest_setup__mount_all(void);

/**
 * guest_setup__load_modules() - load the modules that the channel needs, if they are not built in
 */
void guest_setup__load_modules(void);

/** guest_setup__settle() - set the host name, the loopback device and the limits */
void guest_setup__settle(void);

/** guest_setup__mount_results() - wait for the results disk and mount it; 0 or -errno */
int guest_setup__mount_results(void);

/**
 * guest_setup__mount_tree() - wait for the disk with the tree and mount it at the path that the
 *	tree has on the host
 *
 * Return: 0 or -errno.
 */
int guest_setup__mount_tree(const struct order *order);

#endif
