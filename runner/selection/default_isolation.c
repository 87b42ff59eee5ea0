// SPDX-License-Identifier: GPL-2.0-only
/*
 * The weak definition of test_default_isolation, which fixtures replace. It has a file of its own,
 * because in a file that uses it the compiler would take its value for a constant.
 */
#include "runner/selection/default_isolation.h"
#include "test_progs.h"

const unsigned int test_default_isolation __attribute__((weak)) = ISOLATE_ALL;
