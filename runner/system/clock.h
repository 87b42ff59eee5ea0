/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock for all deadlines and durations. */
#ifndef RUNNER_SYSTEM_CLOCK_H
#define RUNNER_SYSTEM_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_S  1000000000ULL
#define NS_PER_MS 1000000ULL
#define NS_PER_US 1000ULL

/** clock__now_ns() - monotonic time in nanoseconds, which stops while the machine is suspended */
uint64_t clock__now_ns(void);

/** clock__now_ms() - monotonic time in milliseconds, signed because differences may be negative */
int64_t clock__now_ms(void);

/** clock__read_ns() - read another clock of the kernel (clock_gettime(2)), in nanoseconds */
uint64_t clock__read_ns(clockid_t clock);

#endif
