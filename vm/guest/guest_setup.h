/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_GUEST_GUEST_SETUP_H
#define VM_GUEST_GUEST_SETUP_H

/**
 * guest_setup__mount_all() - Mount the table of file systems and open the console.
 *
 * Return: 0 or -errno of a required one.
 */
int guest_setup__mount_all(void);

/**
 * guest_setup__load_modules() - Load the modules that the channel needs; built-in ones are no error.
 */
void guest_setup__load_modules(void);

/**
 * guest_setup__settle() - Host name, loopback device, limits.
 */
void guest_setup__settle(void);

/**
 * guest_setup__mount_results() - Mount the results disk.
 * @wait_ms: how long to wait for the disk
 *
 * Return: 0 or -errno.
 */
int guest_setup__mount_results(int wait_ms);

#endif
