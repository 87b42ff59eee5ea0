/* SPDX-License-Identifier: GPL-2.0-only */
/* Warnings that the kernel gives once in a boot (WARN_ONCE() and its kind). */
#ifndef RUNNER_KERNEL_LOG_WARN_ONCE_H
#define RUNNER_KERNEL_LOG_WARN_ONCE_H

/**
 * warn_once__forget() - let the kernel give them again
 *
 * Return: 0 or a negative errno.
 */
int warn_once__forget(void);

#endif
