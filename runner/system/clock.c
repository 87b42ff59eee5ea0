// SPDX-License-Identifier: GPL-2.0-only
/* Reads the kernel's clocks. */
#include "runner/system/clock.h"

uint64_t clock__read_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

uint64_t clock__now_ns(void)
{
	return clock__read_ns(CLOCK_MONOTONIC);
}

int64_t clock__now_ms(void)
{
	return clock__now_ns() / NS_PER_MS;
}
