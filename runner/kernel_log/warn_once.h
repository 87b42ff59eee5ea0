/* SPDX-License-Identifier: GPL-2.0-only */
/* Warnings that the kernel prints once in a boot (WARN_ONCE() and similar). */
#ifndef RUNNER_KERNEL_LOG_WARN_ONCE_H
#define RUNNER_KERNEL_LOG_WARN_ONCE_H

/**
 * warn_once__forget() - let the kernel print again the warnings that it has printed
 *
 * Return: 0 or a negative errno.
 */
int warn_once__forget(void);

#endif
