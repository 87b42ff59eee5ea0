/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's taint (/proc/sys/kernel/tainted). Each bit stands for an event that makes the kernel
 * less trustworthy.
 */
#ifndef RUNNER_KERNEL_LOG_TAINT_H
#define RUNNER_KERNEL_LOG_TAINT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** taint__read() - read the taint bits that are set now; 0 if they cannot be read */
uint64_t taint__read(void);

/**
 * taint__print() - print the letters of @bits, separated by commas; a bit without a letter by its
 *	number
 */
void taint__print(FILE *out, uint64_t bits);

/** taint__is_trouble() - whether one of @bits means that something went wrong in the kernel */
bool taint__is_trouble(uint64_t bits);

#endif
