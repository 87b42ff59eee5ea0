// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fixtures replace this weak definition. It is not in a file that uses it, because the compiler
 * would take its value for a constant there.
 */
#include "runner/selection/default_isolation.h"
#include "test_progs.h"

const unsigned int test_default_isolation __attribute__((weak)) = ISOLATE_ALL;
